"""What somebody is to us and what they want kept: the account, favourites, preferences."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from api import answers
from api.calls import Asked, Reply, reply
from api.params import Nothing, Reading
from api.people.accounts import letter_to, new_id
from api.people.answers import FavoriteList, FavoriteOfMine, Me, NewFavorite, PreferencesOfMine, Profile
from api.people.lists import ListWishes, paged
from api.problems import Flaw, Kind, Problem, conflict, invalid, not_there
from api.sealing import vault_of
from api.services import Services
from domain.money import EXPONENTS
from domain.people import ADMINISTRATOR, Favorite, Person, Preferences, Purpose, Role, Shown, address
from domain.queries import Fault
from storage import favorites, forgetting, people
from storage.engine import transaction

_log: Final = structlog.get_logger(__name__)
MOST_FAVORITES: Final = 500
NEWEST: Final = "newest"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


async def me(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Whose credential it is. A verified address is nowhere asked for: it is told so that an app may ask for it."""
    person = await _person(services, asked)
    return reply(services, asked, _shown(person, asked))


async def change(services: Services, asked: Asked[Nothing, Profile]) -> Reply:
    """All of it is replaced at once, but for the address, which is yours when it is proven."""
    person, wished = await _person(services, asked), asked.body
    async with transaction(services.engine) as connection:
        await people.change(connection, person.id, name=wished.name, language=wished.language)
        after = await people.get(connection, person.id)
    if wished.email is not None and wished.email != person.email:
        vault = vault_of(services)
        new = address(wished.email)
        await services.queue.put(letter_to(services, vault, Purpose.VERIFY_EMAIL, new, person_id=person.id))
    return reply(services, asked, _shown(after or person, asked))


async def close(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Everything goes but what the law wants kept of bookings: amounts, dates and references, and nobody's name.

    Bookings that are under way have to end first. Of a journey that lies ahead the travellers are kept until it is over,
    because suppliers need them, and then forgotten.
    """
    owner = owner_of(asked)
    async with transaction(services.engine) as connection:
        if references := await forgetting.under_way_of(connection, owner):
            raise conflict(
                f"These bookings are under way: {', '.join(references)}. Cancel them, or wait for their end."
            )
        await forgetting.forget(connection, owner, now=asked.now)
    services.credentials.revoked([owner])
    services.notebook.leave_out(owner)
    _log.info("people.closed", person=owner)
    return Reply(status=204)


async def preferences(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    async with transaction(services.engine) as connection:
        held = await people.preferences(connection, owner_of(asked))
    return reply(services, asked, _preferred(held))


async def prefer(services: Services, asked: Asked[Nothing, PreferencesOfMine]) -> Reply:
    wished = asked.body
    held = Preferences(
        currency=wished.currency,
        language=wished.language,
        market=wished.market,
        home_airport=wished.home_airport,
        cabin=wished.cabin,
        adults=wished.adults,
    )
    async with transaction(services.engine) as connection:
        await people.prefer(connection, owner_of(asked), held, now=asked.now)
    return reply(services, asked, _preferred(held))


async def list_favorites(services: Services, asked: Asked[ListWishes, Nothing]) -> Reply:
    async with transaction(services.engine) as connection:
        held = await favorites.of_owner(connection, owner_of(asked))
    page, headers = paged(asked, ((-micros(one.created_at), one.id, one) for one in held))
    answer = FavoriteList(data=tuple(map(_favorite, page.items)), page=answers.Page(next=page.next, total=page.total))
    return reply(services, asked, answer, headers=headers)


async def add_favorite(services: Services, asked: Asked[Nothing, NewFavorite]) -> Reply:
    """200 where it was one already; its note is the new one then."""
    wished, owner = asked.body, owner_of(asked)
    new = Favorite(id=new_id(), kind=wished.kind, about=wished.about, note=wished.note, created_at=asked.now)
    async with transaction(services.engine) as connection:
        held, fresh = await favorites.add(connection, owner, new)
        if fresh and await favorites.count(connection, owner) > MOST_FAVORITES:
            raise invalid([Flaw(pointer="", detail=f"you have {MOST_FAVORITES} favorites, and no more fit")])
    headers = (("Location", f"/v1/users/me/favorites/{held.id}"),)
    return reply(services, asked, _favorite(held), status=201 if fresh else 200, headers=headers)


async def remove_favorite(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    async with transaction(services.engine) as connection:
        if not await favorites.remove(connection, owner_of(asked), asked.place["favorite_id"]):
            raise not_there("There is no such favorite of yours.")
    return Reply(status=204)


def preference_faults(read: "Reading[Any]", services: Services) -> Iterable[Fault]:
    """Codes that we know: of money, and of airports once they are loaded."""
    currency, airport = read.values.get("currency"), read.values.get("home_airport")
    if currency is not None and currency not in EXPONENTS:
        yield Fault(field="currency", detail="is no currency that we know")
    contents = services.catalogue.contents
    if airport is not None and contents is not None and airport not in contents.by_iata:
        yield Fault(field="home_airport", detail="is no airport that we know")


def owner_of(asked: Asked[Any, Any]) -> str:
    """Only of calls that want a credential."""
    assert asked.caller is not None
    return asked.caller


def micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


async def _person(services: Services, asked: Asked[Any, Any]) -> Person:
    """Raises Problem: 403 for the administrator's token, which is nobody's, and 404 for who has gone."""
    owner = owner_of(asked)
    if owner == ADMINISTRATOR:
        raise Problem(Kind.FORBIDDEN, "The administrator's token is nobody's account: sign in for this.")
    async with transaction(services.engine) as connection:
        person = await people.get(connection, owner)
    if person is None:
        raise not_there("There is no such account any more.")
    return person


def _shown(person: Person, asked: Asked[Any, Any]) -> Me:
    return Me(
        id=person.id,
        email=person.email,
        email_verified=person.verified_at is not None,
        name=person.name,
        language=person.language,
        role=person.role if asked.identity is None or asked.identity.shown is not Shown.API_KEY else Role.TRAVELLER,
        shown=Shown.TOKEN if asked.identity is None else asked.identity.shown,
        created_at=person.created_at,
    )


def _preferred(held: Preferences) -> PreferencesOfMine:
    return PreferencesOfMine(
        currency=held.currency,
        language=held.language,
        market=held.market,
        home_airport=held.home_airport,
        cabin=held.cabin,
        adults=held.adults,
    )


def _favorite(held: Favorite) -> FavoriteOfMine:
    return FavoriteOfMine(id=held.id, kind=held.kind, about=held.about, note=held.note, created_at=held.created_at)
