"""Who flies, in Kiwi's words: adults, children and infants as the carriers of the journey count them."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from adapters.kit.failures import Answered
from domain.orders import OrderRequest, Reason
from domain.queries import FlightQuery, Query
from domain.searches import Outcome
from domain.travellers import Gender, Title, Traveller

_GROUPS: Final = (("adult", "adults"), ("child", "children"), ("infant", "infants"))
_ADULT_FROM, _CHILD_FROM = 12, 2  # where a check does not say
_WANTED_AT_ONCE, _NEVER_WANTED = "2", "0"
_LONGEST_DOCUMENT: Final = 20
_PHONE: Final = re.compile(r"\+[1-9][0-9]{7,13}")
_TITLES: Final = MappingProxyType({Title.MR: "mr", Title.MS: "ms", Title.MRS: "ms"})  # there are no others
_TITLE_BY_GENDER: Final = MappingProxyType({Gender.FEMALE: "ms", Gender.MALE: "mr"})


def flight_query(query: Query) -> FlightQuery:
    """Raises TypeError for another question: only a wrong caller comes here."""
    if not isinstance(query, FlightQuery):
        raise TypeError(f"{query.id} is no question about flights")
    return query


def groups(query: FlightQuery) -> tuple[str, ...]:
    """The categories that there is anybody in."""
    return tuple(category for category, field in _GROUPS if getattr(query, field))


def thresholds(adult: int | None, child: int | None) -> dict[str, str]:
    """For a quote's handle: carriers differ in whom they hold to be grown up."""
    return {
        "adult_from": str(_ADULT_FROM if adult is None else adult),
        "child_from": str(_CHILD_FROM if child is None else child),
    }


def categories(request: OrderRequest) -> tuple[str, ...]:
    """Of each traveller, by age on the last day of travel.

    Raises Answered where they are not as many of each as were searched for: the price is for those.
    """
    handle, query = request.quote.handle, flight_query(request.query)
    day = query.return_date or query.departure_date
    found = tuple(_category(_age(one.born_on, day), handle) for one in request.travellers)
    for category, field in _GROUPS:
        if (count := found.count(category)) != (asked := getattr(query, field)):
            raise _unfit(f"{count} {field} travel, {asked} were searched for")
    return found


def _category(age: int, handle: Mapping[str, str]) -> str:
    if age >= int(handle["adult_from"]):
        return "adult"
    return "child" if age >= int(handle["child_from"]) else "infant"


def _age(born_on: date, day: date) -> int:
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def written(request: OrderRequest, told: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Each passenger as a booking names it. Raises Answered for one that can't be booked.

    Adults bring the way in which the agency is reached.
    """
    need = request.quote.handle["document_need"]
    for one, category in zip(request.travellers, told, strict=True):
        yield {
            "name": _given_name(one),
            "surname": one.surname,
            "title": _TITLES.get(one.title) or _TITLE_BY_GENDER[one.gender],
            "birthday": one.born_on.isoformat(),
            "nationality": _nationality(one),
            "category": category,
            **_document(one, need),
            **(_contact(request) if category == "adult" else {}),
        }


def _given_name(one: Traveller) -> str:
    """A middle name stands behind a bar."""
    return "|".join(one.given_name.split(maxsplit=1))


def _nationality(one: Traveller) -> str:
    told = one.nationality or (one.document.issued_by if one.document else None)
    if told is None:
        raise _unfit(f"{one.given_name} {one.surname} has no nationality")
    return told


def _document(one: Traveller, need: str) -> dict[str, str | None]:
    if one.document is None or need == _NEVER_WANTED:
        if need == _WANTED_AT_ONCE:
            raise _unfit(f"{one.given_name} {one.surname} has no document, and the carrier wants one")
        return {"cardno": None, "expiration": None}
    if len(one.document.number) > _LONGEST_DOCUMENT:
        raise _unfit(f"the document of {one.given_name} {one.surname} has a number of more than 20 letters")
    return {"cardno": one.document.number, "expiration": one.document.expires_on.isoformat()}


def _contact(request: OrderRequest) -> dict[str, str]:
    phone = re.sub(r"[\s().-]", "", request.contact.phone)
    if not _PHONE.fullmatch(phone):
        raise _unfit("the phone number is none that Kiwi takes: +, and 8 to 14 digits of which the first is no zero")
    return {"email": request.contact.email, "phone": phone}


def _unfit(detail: str) -> Answered:
    return Answered(detail, outcome=Outcome.REFUSED, reason=Reason.INVALID_TRAVELLER)
