"""Writing to people about their accounts, once for each wish, and forgetting those who have gone."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.jobs import ForgetPeople, WriteToAccount
from domain.people import Address, Purpose, address
from storage import mail_tokens, people, sessions
from storage.engine import transaction
from storage.letter_tables import LETTERS
from storage.mail_tokens import Proof
from storage.people_tables import MAIL_TOKENS, REVOCATIONS, SESSIONS
from storage.vault import Unreadable, Vault, new_key
from tests.builders import NOW
from tests.workers.conftest import MakeTools
from workers.accounts import forget_people, write_to_account
from workers.tools import Tools

AMELIA = address("Amelia@Example.org")


async def an_account(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        await people.register(connection, "amelia", AMELIA, password="-", name=None, language="de", now=NOW)


def wish(tools: Tools, to: Address = AMELIA, *, number: str = "1", person_id: str | None = None) -> WriteToAccount:
    assert tools.vault is not None
    return WriteToAccount(
        number=number,
        purpose=Purpose.VERIFY_EMAIL,
        sealed=tools.vault.seal(to).decode(),
        app_url="https://app.example",
        person_id=person_id,
    )


async def count(engine: AsyncEngine, table: object) -> int:
    async with transaction(engine) as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()  # type: ignore[arg-type]  # a table of ours


async def test_a_wish_that_comes_twice_is_one_letter(tools: MakeTools, engine: AsyncEngine) -> None:
    ours = tools(now=NOW)
    await an_account(engine)
    for _ in range(3):
        await write_to_account(wish(ours), ours)
    assert (await count(engine, LETTERS), await count(engine, MAIL_TOKENS)) == (1, 1)


async def test_nobody_is_written_to_where_nobody_has_the_address(tools: MakeTools, engine: AsyncEngine) -> None:
    ours = tools(now=NOW)
    await an_account(engine)
    await write_to_account(wish(ours, address("bessie@example.org")), ours)
    await write_to_account(wish(ours, person_id="gone"), ours)
    assert await count(engine, LETTERS) == 0


async def test_a_wish_that_was_sealed_elsewhere_is_nobodys(tools: MakeTools, engine: AsyncEngine) -> None:
    ours = tools(now=NOW)
    await an_account(engine)
    strange = msgspec.structs.replace(wish(ours), sealed=Vault([new_key()]).seal(AMELIA).decode())
    with pytest.raises(Unreadable):
        await write_to_account(strange, ours)
    with pytest.raises(ValueError, match="ENCRYPTION_KEYS"):
        await write_to_account(wish(ours), msgspec.structs.replace(ours, vault=None))


async def test_what_nobody_can_use_any_more_is_forgotten(tools: MakeTools, engine: AsyncEngine) -> None:
    await an_account(engine)
    async with transaction(engine) as connection:
        for session in ("ended", "open"):
            await sessions.begin(connection, session, "amelia", f"token {session}", now=NOW)
        await sessions.end(connection, ["ended"], now=NOW)
        proof = Proof(person_id="amelia", address=AMELIA)
        await mail_tokens.give(connection, "token", proof, Purpose.RESET_PASSWORD, asked_as="1", now=NOW)
    for later, left in ((timedelta(minutes=30), (2, 1, 1)), (timedelta(days=2), (1, 0, 0))):
        await forget_people(ForgetPeople(), tools(now=NOW + later))
        assert tuple([await count(engine, table) for table in (SESSIONS, MAIL_TOKENS, REVOCATIONS)]) == left
    async with transaction(engine) as connection:
        assert await sessions.of_person(connection, "amelia") == ("open",)
