"""Having an account and proving an address; no answer tells whether somebody has one."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import structlog

from api.calls import Asked, Reply, reply
from api.params import Nothing, Reading
from api.people.answers import (
    WRITTEN,
    Login,
    Logout,
    MailedToken,
    PasswordReset,
    Refresh,
    Registration,
    SignedIn,
    WhoseMail,
)
from api.people.tokens import GOOD_FOR
from api.problems import Flaw, Kind, Problem, invalid, unauthorized
from api.sealing import vault_of
from api.services import Services
from domain.ids import short_id
from domain.jobs import WriteToAccount
from domain.letters import Letter, LetterKind
from domain.people import Person, Purpose, address
from domain.queries import Fault
from storage import letters, mail_tokens, people, sessions
from storage.engine import transaction
from storage.login_attempts import WINDOW
from storage.vault import Vault

_log: Final = structlog.get_logger(__name__)
_WRONG: Final = "The address or the password is wrong."
_NO_SUCH_LINK: Final = "is unknown, was used, or is too old: ask for another letter"


async def register(services: Services, asked: Asked[Nothing, Registration]) -> Reply:
    """A link to prove the address is mailed; whoever has an account already gets a link for a new password instead.

    The answer is the same. Nobody has to wait for the letter to sign in.
    """
    wished, vault = asked.body, vault_of(services)
    told = address(wished.email)
    password = await services.passwords.hashed(wished.password)
    person_id = new_id()
    async with transaction(services.engine) as connection:
        new = await people.register(
            connection, person_id, told, password=password, name=wished.name, language=wished.language, now=asked.now
        )
    if new:
        _log.info("people.registered", person=person_id)
    purpose = Purpose.VERIFY_EMAIL if new else Purpose.RESET_PASSWORD
    await services.queue.put(letter_to(services, vault, purpose, told))
    return reply(services, asked, WRITTEN, status=202)


async def login(services: Services, asked: Asked[Nothing, Login]) -> Reply:
    """Ten attempts in fifteen minutes for one account from one address."""
    told = address(asked.body.email).compared
    if not await services.login_attempts.another(told, asked.address):
        wait = str(int(WINDOW.total_seconds()))
        raise Problem(
            Kind.TOO_MANY_REQUESTS, "That was tried too often: wait, or ask for a new password.",
            headers=(("Retry-After", wait),),
        )  # fmt: skip
    async with transaction(services.engine) as connection:
        account = await people.by_address(connection, told)
    held = None if account is None else account.password
    if not await services.passwords.matches(held, asked.body.password) or account is None or held is None:
        raise unauthorized(_WRONG)
    anew = await services.passwords.hashed(asked.body.password) if services.passwords.outdated(held) else None
    async with transaction(services.engine) as connection:
        if anew is not None:
            await people.set_password(connection, account.person.id, anew)
        answer = await signed_in(connection, services, account.person, now=asked.now)
    await services.login_attempts.succeeded(told, asked.address)
    return reply(services, asked, answer)


async def refresh(services: Services, asked: Asked[Nothing, Refresh]) -> Reply:
    """Each refresh token is good once. One that comes back later than ten seconds after its use ends the session: somebody
    else has it, or had it.
    """
    follower = new_secret()
    async with transaction(services.engine) as connection:
        came = await sessions.refresh(connection, asked.body.refresh_token, follower, now=asked.now)
    if came.outcome is sessions.Used.STOLEN and came.session is not None:
        services.credentials.revoked({came.session})
        _log.warning("session.reused", session=came.session)
    if came.person is None or came.session is None or came.expires_at is None:
        raise unauthorized("The refresh token is good no more: sign in again.")
    answer = _tokens(services, came.person, came.session, follower, came.expires_at, now=asked.now)
    return reply(services, asked, answer)


async def logout(services: Services, asked: Asked[Nothing, Logout]) -> Reply:
    """The session ends, and with it the access tokens that were made in it: here at once, elsewhere within seconds."""
    ending: tuple[str, ...] = ()
    async with transaction(services.engine) as connection:
        session = await sessions.session_of(connection, asked.body.refresh_token)
        if session is not None:
            ending = (session,)
            if asked.body.everywhere:
                ending = await sessions.beside(connection, session)
            await sessions.end(connection, ending, now=asked.now)
    services.credentials.revoked(ending)
    return Reply(status=204)


async def verify_email(services: Services, asked: Asked[Nothing, MailedToken]) -> Reply:
    """Follows the link that was mailed."""
    async with transaction(services.engine) as connection:
        proof = await mail_tokens.take(connection, asked.body.token, Purpose.VERIFY_EMAIL, now=asked.now)
        good = proof is not None and await people.proven(connection, proof.person_id, proof.address, now=asked.now)
    if not good:
        raise invalid([Flaw(pointer="/token", detail=_NO_SUCH_LINK)])
    return Reply(status=204)


async def resend_verification(services: Services, asked: Asked[Nothing, WhoseMail]) -> Reply:
    """At most five letters an hour."""
    return await _written(services, asked, Purpose.VERIFY_EMAIL)


async def forgot_password(services: Services, asked: Asked[Nothing, WhoseMail]) -> Reply:
    """At most five letters an hour. The link is good for an hour."""
    return await _written(services, asked, Purpose.RESET_PASSWORD)


async def reset_password(services: Services, asked: Asked[Nothing, PasswordReset]) -> Reply:
    """All sessions end, wherever somebody is signed in, and the address is proven by it."""
    vault = vault_of(services)
    password = await services.passwords.hashed(asked.body.password)
    async with transaction(services.engine) as connection:
        proof = await mail_tokens.take(connection, asked.body.token, Purpose.RESET_PASSWORD, now=asked.now)
        person = None if proof is None else await people.get(connection, proof.person_id)
        if proof is None or person is None:
            raise invalid([Flaw(pointer="/token", detail=_NO_SUCH_LINK)])
        await people.set_password(connection, person.id, password)
        await people.proven(connection, person.id, proof.address, now=asked.now)
        await mail_tokens.drop_others(connection, person.id, Purpose.RESET_PASSWORD, now=asked.now)
        ending = await sessions.of_person(connection, person.id)
        await sessions.end(connection, ending, now=asked.now)
        letter = Letter(
            id=short_id(f"password changed {asked.body.token}"),
            kind=LetterKind.PASSWORD_CHANGED,
            to=proof.address.typed,
            language=person.language,
        )
        await letters.post(connection, letter, now=asked.now, vault=vault)
    services.credentials.revoked(ending)
    return Reply(status=204)


def address_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    if (typed := read.values.get("email")) is not None:
        try:
            address(typed)
        except ValueError as error:
            yield Fault(field="email", detail=str(error))


async def signed_in(connection: Any, services: Services, person: Person, *, now: datetime) -> SignedIn:
    """A new session."""
    session, token = new_id(), new_secret()
    expires_at = await sessions.begin(connection, session, person.id, token, now=now)
    return _tokens(services, person, session, token, expires_at, now=now)


def new_id() -> str:
    return short_id(secrets.token_hex(32))


def new_secret() -> str:
    """256 bits of chance."""
    return secrets.token_urlsafe(32)


async def _written(services: Services, asked: Asked[Nothing, WhoseMail], purpose: Purpose) -> Reply:
    """A worker finds out whether there is somebody to write to, so that nothing here takes longer for those who are known."""
    await services.queue.put(letter_to(services, vault_of(services), purpose, address(asked.body.email)))
    return reply(services, asked, WRITTEN, status=202)


def letter_to(
    services: Services, vault: Vault, purpose: Purpose, to: Any, person_id: str | None = None
) -> WriteToAccount:
    return WriteToAccount(
        number=new_id(), purpose=purpose, sealed=vault.seal(to).decode(), app_url=services.app_url, person_id=person_id
    )


def _tokens(
    services: Services, person: Person, session: str, refresh_token: str, expires_at: datetime, *, now: datetime
) -> SignedIn:
    access = services.credentials.ring.signed(
        owner=person.id, role=person.role, session=session, number=new_id(), now=now
    )
    return SignedIn(
        access_token=access,
        expires_in=int(GOOD_FOR.total_seconds()),
        refresh_token=refresh_token,
        refresh_expires_at=expires_at,
    )
