"""The servers that come with us: in any folder, for one owner at a time, and nothing left behind however it ends."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import redis
import sqlalchemy
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoRedis
from redis.retry import Retry

import storage
from storage.embedded import CannotStart, Servers, embedded_servers

_WITHIN = 30  # seconds that anything here may take at most
_SERVERS = {"postgres", "valkey-server"}

# Holds the servers until a signal or the end of its input, then says whether they still answered.
_HOLDER = """
import signal, sys
from pathlib import Path
import redis, sqlalchemy
from storage.embedded import embedded_servers

class Interrupted(Exception):
    pass

def interrupted(number, frame):
    raise Interrupted

signal.signal(signal.SIGINT, interrupted)
with embedded_servers(Path(sys.argv[1]), keep=True) as servers:
    try:
        print("ready", flush=True)
        sys.stdin.read()
    except Interrupted:
        with sqlalchemy.create_engine(servers.database_url).connect() as connection:
            connection.execute(sqlalchemy.text("SELECT 1"))
        redis.Redis.from_url(servers.redis_url).ping()
        print("both answer", flush=True)
"""


@pytest.fixture
def empty_folder() -> Iterator[Path]:
    """Not pytest's own, which is closed to the system user that PostgreSQL runs as under root."""
    with tempfile.TemporaryDirectory(prefix="travelhub-tests-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def started_once() -> Iterator[Path]:
    """A folder in which a database was made: making one takes longer than most of these tests."""
    with tempfile.TemporaryDirectory(prefix="travelhub-tests-") as name:
        with embedded_servers(Path(name), keep=True):
            pass
        yield Path(name)


@pytest.fixture
def folder(started_once: Path, empty_folder: Path) -> Path:
    subprocess.run(["cp", "-a", started_once / "postgres", empty_folder], check=True, timeout=_WITHIN)
    return empty_folder


@contextmanager
def holder(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """A process of its own, with its own group as from a terminal, that holds the servers."""
    environment = os.environ | {"PYTHONPATH": str(Path(storage.__file__).parents[1])}
    command = [sys.executable, "-c", _HOLDER, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, start_new_session=True, **pipes) as process:  # type: ignore[call-overload]  # the pipes are a dictionary
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()
        process.wait(_WITHIN)


def inhabitants(folder: Path) -> list[psutil.Process]:
    """The server processes whose files are below the folder."""
    seen = psutil.process_iter(["name", "cwd"], ad_value=None)
    return [
        one
        for one in seen
        if one.info["name"] in _SERVERS and one.info["cwd"] and folder in Path(one.info["cwd"]).parents
    ]


def leashes_of(folder: Path) -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if str(folder) in " ".join(child.cmdline())]


def ask(servers: Servers, question: str) -> object:
    engine = sqlalchemy.create_engine(servers.database_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            answer = connection.execute(sqlalchemy.text(question))
            return answer.scalar_one() if answer.returns_rows else None
    finally:
        engine.dispose()


def cache(servers: Servers) -> "redis.Redis":
    return redis.Redis.from_url(servers.redis_url, socket_timeout=60, retry=Retry(NoBackoff(), 0))


def note(servers: Servers) -> None:
    """Leave something in both."""
    ask(servers, "CREATE TABLE note AS SELECT 'London' AS city")
    with cache(servers) as client:
        client.set("city", "Zürich")


def noted(servers: Servers) -> tuple[object, object]:
    with cache(servers) as client:
        return ask(servers, "SELECT city FROM note"), client.get("city")


BOTH = ("London", "Zürich".encode())


def test_what_is_kept_is_there_after_the_next_start(folder: Path) -> None:
    with embedded_servers(folder, keep=True) as servers:
        note(servers)
        assert ask(servers, "SHOW fsync") == "on"
        with cache(servers) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-lru"}
        urls = servers.database_url, servers.redis_url
    assert inhabitants(folder) == []
    with embedded_servers(folder, keep=True) as servers:
        assert noted(servers) == BOTH
        assert (servers.database_url, servers.redis_url) == urls
    assert not list(folder.rglob("*.sock")) + list(folder.rglob(".s.PGSQL*"))


def test_what_is_not_kept_is_fast(empty_folder: Path) -> None:
    with embedded_servers(empty_folder, keep=False) as servers:
        assert ask(servers, "SHOW fsync") == "off"
        with cache(servers) as client:
            assert client.config_get("appendonly") == {"appendonly": "no"}


def test_nobody_else_on_the_machine_can_reach_the_servers(folder: Path) -> None:
    with embedded_servers(folder, keep=False) as servers:
        assert ask(servers, "SHOW listen_addresses") == ""
        with cache(servers) as client:
            assert client.config_get("port") == {"port": "0"}
        assert (folder / "sockets").stat().st_mode & 0o077 == 0


def test_a_deep_folder_with_spaces_and_accents_is_as_good_as_any(empty_folder: Path) -> None:
    deep = empty_folder / "my travels, été 100%" / ("deep" * 30) / "'quoted'"
    with embedded_servers(deep, keep=True) as servers:
        note(servers)
        sockets = Path(servers.redis_url.removeprefix("unix://").partition("?")[0]).parent
        assert len(str(sockets)) < 80
    assert not sockets.exists()
    with embedded_servers(deep, keep=True) as servers:
        assert noted(servers) == BOTH


def test_a_shell_that_points_elsewhere_does_not_lead_us_astray(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "PGUSER": "nobody", "PGOPTIONS": "-c nonsense=1"}.items():
        monkeypatch.setenv(name, value)
    with embedded_servers(folder, keep=False) as servers:
        monkeypatch.delenv("PGOPTIONS")
        assert ask(servers, "SHOW port") == "5432"


def test_no_secret_of_ours_reaches_the_servers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALBATROSS_KEY", "c0nfidential")
    with embedded_servers(folder, keep=False):
        seen = [*inhabitants(folder), *leashes_of(folder)]
        assert len(seen) > 3
        assert not [each for each in seen if "c0nfidential" in f"{each.cmdline()} {each.environ()}"]


def test_each_server_can_be_stopped_and_started_on_the_same_address(folder: Path) -> None:
    with embedded_servers(folder, keep=True) as servers:
        note(servers)
        servers.postgres.stop()
        assert not servers.postgres.running
        with pytest.raises(sqlalchemy.exc.OperationalError):
            ask(servers, "SELECT 1")
        servers.valkey.stop()
        with cache(servers) as client, pytest.raises(NoRedis):
            client.ping()
        servers.postgres.start()
        servers.valkey.start()
        assert noted(servers) == BOTH
        servers.valkey.stop()
        servers.valkey.start(empty=True)
        assert noted(servers) == ("London", None)


def test_a_power_cut_costs_nothing_that_was_committed(folder: Path) -> None:
    with embedded_servers(folder, keep=True) as servers:
        note(servers)
        servers.postgres.kill()
        servers.valkey.kill()
        assert inhabitants(folder) == []
        servers.postgres.start()
        servers.valkey.start()
        assert noted(servers) == BOTH


def test_a_server_that_ended_by_itself_can_be_started_again(folder: Path) -> None:
    with embedded_servers(folder, keep=True) as servers:
        note(servers)
        crashed, leashes = inhabitants(folder), leashes_of(folder)
        for each in crashed:
            each.kill()
        psutil.wait_procs([*crashed, *leashes], timeout=_WITHIN)
        assert not servers.postgres.running
        assert not servers.valkey.running
        servers.postgres.start()
        servers.valkey.start()
        assert noted(servers) == BOTH


def test_ctrl_c_leaves_the_servers_running_until_whoever_holds_them_is_done(folder: Path) -> None:
    with holder(folder) as process:
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.readline() == "both answer\n"
    assert process.returncode == 0
    assert inhabitants(folder) == []


def test_when_the_holder_is_killed_the_servers_end_by_themselves_and_the_next_start_finds_the_data(
    folder: Path,
) -> None:
    with embedded_servers(folder, keep=True) as servers:
        note(servers)
    with holder(folder) as process:
        left = inhabitants(folder)
        assert len(left) > 1
        process.kill()
        _, alive = psutil.wait_procs(left, timeout=_WITHIN)
        assert alive == []
    with embedded_servers(folder, keep=True) as servers:
        assert noted(servers) == BOTH


def test_when_everything_that_could_stop_them_is_killed_the_next_start_replaces_them(folder: Path) -> None:
    with embedded_servers(folder, keep=True) as servers:
        note(servers)
    with holder(folder) as process:
        orphans = inhabitants(folder)
        for each in [*psutil.Process(process.pid).children(), process]:
            each.kill()
        process.wait(_WITHIN)
        assert all(each.is_running() for each in orphans)
        with embedded_servers(folder, keep=True) as servers:
            assert not any(each.is_running() for each in orphans)
            assert noted(servers) == BOTH


def test_a_dead_servers_process_id_may_be_somebody_elses_by_now(folder: Path) -> None:
    with embedded_servers(folder, keep=True) as servers:
        note(servers)
        lines = (folder / "postgres" / "postmaster.pid").read_text().splitlines()
    (folder / "postgres" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
    with embedded_servers(folder, keep=True) as servers:
        assert noted(servers) == BOTH


def test_a_first_start_that_was_cut_off_is_made_again(empty_folder: Path) -> None:
    (empty_folder / "postgres.unfinished").mkdir()
    (empty_folder / "postgres.unfinished" / "PG_VERSION").write_text("18\n")
    with embedded_servers(empty_folder, keep=False) as servers:
        assert ask(servers, "SELECT 1") == 1


def cannot_start(folder: Path) -> str:
    with pytest.raises(CannotStart) as refusal, embedded_servers(folder, keep=False):
        pass
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_folder_has_one_owner_at_a_time(folder: Path) -> None:
    with embedded_servers(folder, keep=False) as servers:
        assert "Another TravelHub" in cannot_start(folder)
        assert ask(servers, "SELECT 1") == 1


def test_a_folder_that_cannot_be_made_is_said_so_in_one_sentence(empty_folder: Path) -> None:
    (empty_folder / "file").write_text("in the way")
    assert str(empty_folder / "file") in cannot_start(empty_folder / "file" / "data")


def test_data_of_another_postgresql_is_left_alone(empty_folder: Path) -> None:
    (empty_folder / "postgres").mkdir()
    (empty_folder / "postgres" / "PG_VERSION").write_text("12\n")
    assert "PostgreSQL 12" in cannot_start(empty_folder)
    assert (empty_folder / "postgres" / "PG_VERSION").read_text() == "12\n"


def test_sockets_are_never_put_where_somebody_else_may_reach_them(empty_folder: Path) -> None:
    (empty_folder / "elsewhere").mkdir()
    (empty_folder / "sockets").symlink_to(empty_folder / "elsewhere")
    assert "belongs to somebody else" in cannot_start(empty_folder)


def test_a_server_that_ends_at_once_leaves_its_last_words(folder: Path) -> None:
    with embedded_servers(folder, keep=True):
        pass
    (folder / "postgres" / "global" / "pg_control").unlink()
    assert "pg_control" in cannot_start(folder)
    assert inhabitants(folder) == []
