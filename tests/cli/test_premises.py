"""What is checked before anything starts."""

import os
import socket
import stat
from pathlib import Path

import pytest

from cli.premises import Door, admin_token, data_folder, kept_admin_token, kept_keys, keys, need_free
from cli.stops import Stop


def test_a_data_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    with data_folder(tmp_path / "deep" / "data"):
        assert list((tmp_path / "deep" / "data").iterdir()) == []


def test_a_file_where_the_data_folder_should_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(
        Stop, match=r"Cannot write to the data folder .*data \(.+\): make it yours, or set TRAVELHUB_DATA\."
    ):
        data_folder(tmp_path / "data").__enter__()


def test_two_cannot_have_the_same_data_folder_at_once_but_one_after_the_other(tmp_path: Path) -> None:
    for _ in range(2):
        with data_folder(tmp_path), pytest.raises(Stop, match="already running with its data in"):
            data_folder(tmp_path).__enter__()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_busy_port_is_named_with_its_setting(address: str) -> None:
    with socket.create_server((address, 0)) as taken:
        door = _door(port=taken.getsockname()[1])
        with pytest.raises(Stop, match=f"Port {door.port} is in use: stop what listens there or set PORT"):
            need_free([door])
    need_free([door])


def test_two_settings_cannot_name_one_port() -> None:
    with pytest.raises(Stop, match="PORT and SANDBOX_PORT are both 0"):
        need_free([_door(port=0), _door(port=0, setting="SANDBOX_PORT")])


def test_ports_end() -> None:
    with pytest.raises(Stop, match="PORT is 70000, and ports end at 65535"):
        need_free([_door(port=70000)])


def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(Stop, match=r"Cannot listen at 192\.0\.2\.1:8000 \(.+\): set PORT"):
        need_free([_door(host="192.0.2.1", port=8000)])


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("[::]", "[::1]"), ("10.1.2.3", "10.1.2.3")],
)
def test_a_door_is_reached_from_this_machine(host: str, near: str) -> None:
    assert _door(host=host, port=8000).url == f"http://{near}:8000"


def _door(*, host: str = "127.0.0.1", port: int, setting: str = "PORT") -> Door:
    return Door(setting=setting, host=host, port=port)


def test_the_admin_token_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    assert kept_admin_token(tmp_path) is None
    token = admin_token(tmp_path, {})
    assert len(token) >= 43
    assert admin_token(tmp_path, {}) == token == kept_admin_token(tmp_path)
    (kept,) = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.stat().st_uid == os.geteuid()


def test_an_admin_token_that_is_set_goes_before_the_kept_one_and_is_not_kept(tmp_path: Path) -> None:
    assert admin_token(tmp_path, {"ADMIN_TOKEN": "mine"}) == "mine"
    assert kept_admin_token(tmp_path) is None


def test_what_signs_and_what_seals_is_made_once_and_what_is_set_goes_before_it(tmp_path: Path) -> None:
    made = keys(tmp_path, {})
    assert set(made) == {"TOKEN_KEYS", "ENCRYPTION_KEYS"}
    assert len(set(made.values())) == 2
    assert keys(tmp_path, {}) == made == kept_keys(tmp_path, {})
    assert {stat.S_IMODE(kept.stat().st_mode) for kept in tmp_path.iterdir()} == {0o600}
    assert keys(tmp_path, {"TOKEN_KEYS": "mine"}) == made | {"TOKEN_KEYS": "mine"}


def test_where_no_keys_were_made_there_are_none(tmp_path: Path) -> None:
    assert kept_keys(tmp_path, {}) == {"TOKEN_KEYS": "", "ENCRYPTION_KEYS": ""}
    assert list(tmp_path.iterdir()) == []
