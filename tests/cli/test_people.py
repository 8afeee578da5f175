"""What operators decide about people and keys at the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.main import main
from domain.people import Role, address
from settings import from_environment
from storage import people, sessions
from storage.engine import create_engine, transaction
from storage.vault import Vault, new_key

NOW = datetime.now(UTC)


async def an_account(engine: AsyncEngine) -> None:
    told = address("Amelia@Example.org")
    async with transaction(engine) as connection:
        await people.register(connection, "amelia", told, password="-", name=None, language="en", now=NOW)
        await sessions.begin(connection, "monday", "amelia", "a token", now=NOW)


def in_the_books(url: str, work: Callable[[AsyncEngine], Awaitable[None]]) -> None:
    async def worked() -> None:
        engine = create_engine(url, connections=1, name="travelhub tests")
        await work(engine)
        await engine.dispose()

    asyncio.run(worked())


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code in (0, None)
    return capsys.readouterr().out


@pytest.fixture
def here(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ENCRYPTION_KEYS", new_key())


def test_somebody_becomes_an_operator_and_has_to_sign_in_again(
    here: None, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    in_the_books(database_url, an_account)
    told = said(capsys, "people", "role", "AMELIA@example.org", "operator")
    assert told.startswith("Amelia@Example.org is operator from the next sign-in on")

    async def after(engine: AsyncEngine) -> None:
        async with transaction(engine) as connection:
            person = await people.get(connection, "amelia")
            assert person is not None
            assert person.role is Role.OPERATOR
            assert await sessions.of_person(connection, "amelia") == ()
            assert await people.revoked(connection, since=NOW) == {"monday"}

    in_the_books(database_url, after)


def test_nobody_is_said_to_be_nobody(here: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["people", "role", "nobody@example.org", "admin"])
    assert end.value.code == 1
    assert "Nobody has an account as nobody@example.org." in capsys.readouterr().err


def test_a_new_key_is_one_that_can_be_set(capsys: pytest.CaptureFixture[str]) -> None:
    key = said(capsys, "keys", "new").strip()
    told = from_environment({"ENCRYPTION_KEYS": f"{key}, {new_key()}", "TOKEN_KEYS": key})
    assert Vault(told.encryption_keys).opened(Vault([key]).seal(1), int) == 1
    assert told.token_keys == (key,)


def test_turning_keys_tells_how_much_was_sealed_anew(here: None, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "keys", "turn")
    assert "bookings: 0" in told
    assert "letters: 0" in told


def test_without_keys_nothing_is_turned(
    here: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCRYPTION_KEYS", "")
    monkeypatch.setenv("TRAVELHUB_DATA", "/nonexistent")
    with pytest.raises(SystemExit) as end:
        main(["keys", "turn"])
    assert end.value.code == 1
    assert "ENCRYPTION_KEYS is not set" in capsys.readouterr().err
