"""What operators decide about people and keys, written straight into the books."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.stops import Stop
from domain.people import Person, Role, address
from storage import people, sessions, turning
from storage.engine import create_engine, transaction
from storage.failures import StorageDown
from storage.vault import Unreadable, Vault

Told = TypeVar("Told")


def with_role(url: str, who: str, role: Role) -> Person:
    """By mail address or id. Their sessions end, because a token says for ten minutes what somebody may do. Raises Stop."""
    return _in_the_books(url, lambda engine: _with_role(engine, who, role))


def turned(url: str, keys: str) -> dict[str, int]:
    """How many of each table were sealed anew. Raises Stop."""
    told = [key.strip() for key in keys.split(",") if key.strip()]
    try:
        vault = Vault(told)
    except ValueError as error:
        raise Stop("ENCRYPTION_KEYS is not set, or holds what is no key: `travelhub keys new` prints one.") from error
    try:
        return _in_the_books(url, lambda engine: turning.turn(engine, vault))
    except Unreadable as error:
        raise Stop(f"{error}. Put the key that sealed it behind the others, and turn again.") from error


async def _with_role(engine: AsyncEngine, who: str, role: Role) -> Person:
    async with transaction(engine) as connection:
        person = await people.found(connection, _compared(who))
        if person is None:
            raise Stop(f"Nobody has an account as {who}.")
        await people.set_role(connection, person.id, role)
        await sessions.end(connection, await sessions.of_person(connection, person.id), now=datetime.now(UTC))
        after = await people.get(connection, person.id)
    assert after is not None
    return after


def _compared(who: str) -> str:
    try:
        return address(who).compared
    except ValueError:
        return who


def _in_the_books(url: str, work: Callable[[AsyncEngine], Awaitable[Told]]) -> Told:
    async def worked() -> Told:
        engine = create_engine(url, connections=1, name="travelhub people")
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(worked())
    except StorageDown as error:
        raise Stop(f"{str(error).strip().rstrip('.')}.") from error
