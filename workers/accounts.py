"""Writing to people about their accounts, and forgetting those who have gone."""

import secrets
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.ids import short_id
from domain.jobs import ForgetPeople, WriteToAccount
from domain.letters import Letter, LetterKind
from domain.people import Address, Person, Purpose
from storage import forgetting, letters, mail_tokens, people, sessions
from storage.engine import transaction
from storage.mail_tokens import Proof
from storage.vault import Vault
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_LETTERS: Final = {Purpose.VERIFY_EMAIL: LetterKind.VERIFY_EMAIL, Purpose.RESET_PASSWORD: LetterKind.RESET_PASSWORD}
_PAGES: Final = {Purpose.VERIFY_EMAIL: "verify-email", Purpose.RESET_PASSWORD: "reset-password"}
_KEPT_AFTER_ITS_END: Final = timedelta(days=1)
_REVOKED_FOR: Final = timedelta(hours=1)  # longer than any process believes what it has looked up


async def write_to_account(job: WriteToAccount, tools: Tools) -> None:
    """A wish that comes twice is answered once; one about nobody is not. Raises Unreadable, ValueError without a vault."""
    if tools.vault is None:
        raise ValueError("ENCRYPTION_KEYS is not set, so nobody knows to whom to write")
    written = await write(job, engine=tools.engine, vault=tools.vault, now=tools.now())
    _log.info("account.written_to" if written else "account.nobody_written_to", purpose=job.purpose)


async def write(job: WriteToAccount, *, engine: AsyncEngine, vault: Vault, now: datetime) -> bool:
    """Post the letter, where there is somebody to write to and not too much was written to them of late."""
    to = vault.opened(job.sealed.encode(), Address)
    async with transaction(engine) as connection:
        if job.person_id is not None:
            person = await people.get(connection, job.person_id)
        else:
            account = await people.by_address(connection, to.compared)
            person = None if account is None else account.person
        if person is None or _needless(job, person):
            return False
        token, proof = secrets.token_urlsafe(32), Proof(person_id=person.id, address=to)
        if not await mail_tokens.give(connection, token, proof, job.purpose, asked_as=job.number, now=now):
            return False
        await letters.post(connection, _letter(job, to, person, token), now=now, vault=vault)
    return True


def _needless(job: WriteToAccount, person: Person) -> bool:
    """Whoever has proven the address need not do it again."""
    return job.purpose is Purpose.VERIFY_EMAIL and job.person_id is None and person.verified_at is not None


def _letter(job: WriteToAccount, to: Address, person: Person, token: str) -> Letter:
    return Letter(
        id=short_id(f"account {job.purpose} {job.number}"),
        kind=_LETTERS[job.purpose],
        to=to.typed,
        language=person.language,
        data={"link": f"{job.app_url}/{_PAGES[job.purpose]}?token={quote(token)}"},
    )


async def forget_people(_: ForgetPeople, tools: Tools) -> None:
    """People who have gone leave what the law wants and nothing else, as soon as their journeys are over."""
    now, travellers = tools.now(), 0
    for owner in await _gone(tools):
        async with transaction(tools.engine) as connection:
            travellers += await forgetting.forget_travellers(connection, owner, now=now)
    async with transaction(tools.engine) as connection:
        ended = await sessions.drop_old(connection, before=now - _KEPT_AFTER_ITS_END)
        await mail_tokens.drop_old(connection, before=now - _KEPT_AFTER_ITS_END)
        await people.forget_revocations(connection, before=now - _REVOKED_FOR)
    _log.info("people.forgotten", bookings=travellers, sessions=ended)


async def _gone(tools: Tools) -> tuple[str, ...]:
    async with transaction(tools.engine) as connection:
        return await forgetting.with_travellers_left(connection)
