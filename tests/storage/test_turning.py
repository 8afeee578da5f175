"""Keys that turn: what an old key sealed opens, a new one seals, and then the old one can leave."""

import pytest
from sqlalchemy import LargeBinary, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import transaction
from storage.letter_tables import LETTERS
from storage.tables import METADATA
from storage.turning import SEALED, turn
from storage.vault import Unreadable, Vault, new_key

OLD, NEW, STRANGE = new_key(), new_key(), new_key()

# Bytes that nobody has to be kept from: digests, compressed replies.
OPEN = {
    "api_keys.digest", "fetches.document", "idempotency_keys.digest", "mail_tokens.digest",
    "price_observations.rate", "price_observations.subject", "refresh_tokens.digest", "refresh_tokens.followed_by",
    "replies.body", "replies.head",
}  # fmt: skip


def test_everything_that_is_written_in_bytes_is_either_sealed_or_open_to_all() -> None:
    kept = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert kept == OPEN | {f"{table.name}.{column}" for table, column in SEALED.items()}


async def sealed(engine: AsyncEngine, *letters: bytes | None) -> None:
    async with transaction(engine) as connection:
        for number, body in enumerate(letters):
            await connection.execute(
                text(
                    "INSERT INTO letters (id, kind, language, facts, sealed, status, attempts, created_at)"
                    " VALUES (:id, 'verify_email', 'en', '{}', :sealed, 'waiting', 0, now())"
                ),
                {"id": f"{number:05}", "sealed": body},
            )


async def held(engine: AsyncEngine) -> list[bytes | None]:
    async with transaction(engine) as connection:
        return list((await connection.execute(select(LETTERS.c.sealed).order_by(LETTERS.c.id))).scalars())


async def test_after_turning_the_old_key_can_leave(engine: AsyncEngine) -> None:
    old = Vault([OLD])
    await sealed(engine, *(old.seal(number) for number in range(1_100)), None)
    assert (await turn(engine, Vault([NEW, OLD])))["letters"] == 1_100
    new, kept = Vault([NEW]), await held(engine)
    assert [new.opened(body, int) for body in kept if body is not None] == list(range(1_100))
    assert kept[-1] is None
    with pytest.raises(Unreadable):
        old.opened(kept[0] or b"", int)


async def test_what_no_key_opens_is_named_and_stays(engine: AsyncEngine) -> None:
    bodies = (Vault([OLD]).seal("mine"), Vault([STRANGE]).seal("whose?"))
    await sealed(engine, *bodies)
    with pytest.raises(Unreadable, match=r"letters 00001: .* ENCRYPTION_KEYS"):
        await turn(engine, Vault([NEW, OLD]))
    assert await held(engine) == list(bodies)


def test_the_first_key_seals_and_every_key_opens() -> None:
    both = Vault([NEW, OLD])
    assert both.opened(Vault([OLD]).seal("amelia"), str) == "amelia"
    assert Vault([NEW]).opened(both.seal("amelia"), str) == "amelia"
    with pytest.raises(Unreadable, match="ENCRYPTION_KEYS"):
        Vault([OLD]).opened(both.seal("amelia"), str)
    with pytest.raises(Unreadable):
        both.opened(b"never sealed", str)
    with pytest.raises(ValueError, match="key"):
        Vault([])
