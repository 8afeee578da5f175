"""People: who has an account, how they are found, and what they have told about themselves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Address, Person, Preferences, Role
from storage.people_tables import PEOPLE, PEOPLE_ELSEWHERE, PREFERENCES, REVOCATIONS

_OF: Final = PEOPLE.c


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, with the hash of the password; None for who signs in elsewhere."""

    person: Person
    password: str | None


async def register(
    connection: AsyncConnection, person_id: str, address: Address, *, password: str, name: str | None, language: str,
    now: datetime,
) -> bool:  # fmt: skip
    """False where the address has an account; nothing is changed then."""
    row = {
        "id": person_id,
        "email": address.compared,
        "email_typed": address.typed,
        "password": password,
        "name": name,
        "language": language,
        "role": Role.TRAVELLER,
        "created_at": now,
    }
    made = await connection.execute(insert(PEOPLE).values(row).on_conflict_do_nothing().returning(_OF.id))
    return made.first() is not None


async def get(connection: AsyncConnection, person_id: str) -> Person | None:
    """None for who is unknown or has gone."""
    found = await connection.execute(select(PEOPLE).where(_OF.id == person_id, _OF.closed_at.is_(None)))
    row = found.one_or_none()
    return None if row is None else _person(row)


async def by_address(connection: AsyncConnection, compared: str) -> Account | None:
    found = await connection.execute(select(PEOPLE).where(_OF.email == compared, _OF.closed_at.is_(None)))
    row = found.one_or_none()
    return None if row is None else Account(person=_person(row), password=row.password)


async def elsewhere(
    connection: AsyncConnection, issuer: str, subject: str, fresh: Person, address: Address | None
) -> Person | None:
    """Whoever the issuer means; `fresh` where the subject is seen for the first time. None for who has gone.

    An address that belongs to somebody here is not given to somebody else, nor is its account: an issuer's word opens
    no account that was not made by it.
    """
    who = select(PEOPLE_ELSEWHERE.c.person_id).where(
        PEOPLE_ELSEWHERE.c.issuer == issuer, PEOPLE_ELSEWHERE.c.subject == subject
    )
    known = (await connection.execute(who)).scalar_one_or_none()
    if known is None:
        await _enter(connection, fresh, address)
        claim = insert(PEOPLE_ELSEWHERE).values(
            issuer=issuer, subject=subject, person_id=fresh.id, created_at=fresh.created_at
        )
        await connection.execute(claim.on_conflict_do_nothing())
        known = (await connection.execute(who)).scalar_one()
        if known != fresh.id:  # two first requests at once
            await connection.execute(delete(PEOPLE).where(_OF.id == fresh.id))
    return await get(connection, known)


async def _enter(connection: AsyncConnection, fresh: Person, address: Address | None) -> None:
    row: dict[str, Any] = {
        "id": fresh.id,
        "name": fresh.name,
        "language": fresh.language,
        "role": fresh.role,
        "created_at": fresh.created_at,
    }
    told = None
    if address is not None:
        told = {"email": address.compared, "email_typed": address.typed, "verified_at": fresh.created_at}
        made = await connection.execute(insert(PEOPLE).values(row | told).on_conflict_do_nothing().returning(_OF.id))
        if made.first() is not None:
            return
    await connection.execute(insert(PEOPLE).values(row))


async def change(connection: AsyncConnection, person_id: str, *, name: str | None, language: str) -> None:
    await connection.execute(update(PEOPLE).where(_OF.id == person_id).values(name=name, language=language))


async def set_password(connection: AsyncConnection, person_id: str, password: str) -> None:
    """The hash of it."""
    await connection.execute(update(PEOPLE).where(_OF.id == person_id).values(password=password))


async def proven(connection: AsyncConnection, person_id: str, address: Address, *, now: datetime) -> bool:
    """Letters to this address are read by this person, and it is theirs from now on. False where it is somebody else's."""
    taken = select(_OF.id).where(_OF.email == address.compared, _OF.id != person_id).with_for_update()
    if (await connection.execute(taken)).first() is not None:
        return False
    await connection.execute(
        update(PEOPLE)
        .where(_OF.id == person_id, _OF.closed_at.is_(None))
        .values(email=address.compared, email_typed=address.typed, verified_at=now)
    )
    return True


async def set_role(connection: AsyncConnection, person_id: str, role: Role) -> None:
    await connection.execute(update(PEOPLE).where(_OF.id == person_id).values(role=role))


async def preferences(connection: AsyncConnection, owner: str) -> Preferences:
    found = await connection.execute(select(PREFERENCES.c.document).where(PREFERENCES.c.owner == owner))
    document = found.scalar_one_or_none()
    return Preferences() if document is None else msgspec.convert(document, Preferences)


async def prefer(connection: AsyncConnection, owner: str, wished: Preferences, *, now: datetime) -> None:
    row = {"owner": owner, "document": wished, "changed_at": now}
    new = insert(PREFERENCES).values(row)
    changed = {name: new.excluded[name] for name in ("document", "changed_at")}
    await connection.execute(new.on_conflict_do_update(index_elements=["owner"], set_=changed))


async def revoke(connection: AsyncConnection, ids: Iterable[str], *, now: datetime) -> None:
    """Credentials of these sessions, keys and people are good no more, in any process."""
    rows = [{"id": one, "at": now} for one in ids]
    if rows:
        new = insert(REVOCATIONS).values(rows)
        await connection.execute(new.on_conflict_do_update(index_elements=["id"], set_={"at": new.excluded.at}))


async def revoked(connection: AsyncConnection, *, since: datetime) -> frozenset[str]:
    found = await connection.execute(select(REVOCATIONS.c.id).where(REVOCATIONS.c.at >= since))
    return frozenset(found.scalars())


async def forget_revocations(connection: AsyncConnection, *, before: datetime) -> int:
    gone = await connection.execute(delete(REVOCATIONS).where(REVOCATIONS.c.at < before))
    return gone.rowcount


async def found(connection: AsyncConnection, named: str) -> Person | None:
    """By id or by address as it is compared."""
    rows = await connection.execute(
        select(PEOPLE).where(or_(_OF.id == named, _OF.email == named), _OF.closed_at.is_(None))
    )
    row = rows.one_or_none()
    return None if row is None else _person(row)


def _person(row: "Row[Any]") -> Person:
    return Person(
        id=row.id,
        email=row.email_typed,
        verified_at=row.verified_at,
        name=row.name,
        language=row.language,
        role=Role(row.role),
        created_at=row.created_at,
    )
