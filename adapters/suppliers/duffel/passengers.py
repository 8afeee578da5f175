"""Who travels: which traveller is which passenger of an offer, and what an order wants to know of each."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from adapters.suppliers.duffel import wire
from domain.orders import OrderRequest
from domain.queries import Query
from domain.travellers import Contact, Gender, Title, Traveller

_OF_AGE: Final = 18
_INFANT_BEFORE: Final = 2
_PASSPORT: Final = "passport"
_GENDERS: Final = MappingProxyType({Gender.FEMALE: "f", Gender.MALE: "m"})
# mx is not among their titles.
_TITLES: Final = MappingProxyType({Title.MR: "mr", Title.MS: "ms", Title.MRS: "mrs"})
_TITLE_BY_GENDER: Final = MappingProxyType({Gender.FEMALE: "ms", Gender.MALE: "mr"})

Seating = tuple[tuple[str, Traveller], ...]
"""The id of each passenger of an offer, and who it is."""


def spoken(passengers: Iterable[wire.Passenger]) -> str:
    """For a quote's handle: `pas_1=adult pas_2=8`."""
    return " ".join(f"{one.id}={one.type or 'adult' if one.age is None else one.age}" for one in passengers)


def seated(handle: str, travellers: Iterable[Traveller], last_day: date) -> Seating | None:
    """Each passenger of the handle with a traveller of that age; None where they don't fit each other.

    Ages count on the last day of travel, as Duffel counts them.
    """
    waiting = list(travellers)
    found = []
    for words in handle.split():
        passenger, _, kind = words.partition("=")
        fitting = next((one for one in waiting if _fits(kind, age_on(one.born_on, last_day))), None)
        if fitting is None:
            return None
        waiting.remove(fitting)
        found.append((passenger, fitting))
    return None if waiting else tuple(found)


def _fits(kind: str, age: int) -> bool:
    if kind.isdecimal():
        return age == int(kind)
    ranges = {
        "adult": age >= _OF_AGE,
        "child": _INFANT_BEFORE <= age < _OF_AGE,
        "infant_without_seat": age < _INFANT_BEFORE,
    }
    return ranges.get(kind, True)


def ages(travellers: Iterable[Traveller], last_day: date) -> tuple[int | None, ...]:
    """As a search wants to know them: None for who is of age."""
    counted = (age_on(one.born_on, last_day) for one in travellers)
    return tuple(None if age >= _OF_AGE else age for age in counted)


def age_on(born_on: date, day: date) -> int:
    """Whole years, below zero for who is not born yet."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def last_day(query: Query) -> date:
    """When the last slice leaves."""
    return getattr(query, "return_date", None) or query.begins_on


def written(seating: Seating, request: OrderRequest, documents: str) -> Iterator[Mapping[str, Any]]:
    """Each passenger as an order names it. `documents` are the kinds that the offer takes, in one text.

    Each infant is carried by an adult of its own.
    """
    day = last_day(request.query)
    infants = [name for name, one in seating if age_on(one.born_on, day) < _INFANT_BEFORE]
    for name, one in seating:
        told = _written(name, one, request.contact)
        if infants and age_on(one.born_on, day) >= _OF_AGE:
            told["infant_passenger_id"] = infants.pop(0)
        if one.document and _PASSPORT in documents:
            told["identity_documents"] = [
                {
                    "type": _PASSPORT,
                    "unique_identifier": one.document.number,
                    "issuing_country_code": one.document.issued_by,
                    "expires_on": one.document.expires_on.isoformat(),
                }
            ]
        yield told


def _written(name: str, one: Traveller, contact: Contact) -> dict[str, Any]:
    return {
        "id": name,
        "title": _TITLES.get(one.title) or _TITLE_BY_GENDER[one.gender],
        "gender": _GENDERS[one.gender],
        "given_name": one.given_name,
        "family_name": one.surname,
        "born_on": one.born_on.isoformat(),
        "email": contact.email,
        "phone_number": contact.phone,
    }
