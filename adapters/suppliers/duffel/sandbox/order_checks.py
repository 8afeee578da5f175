"""What an order has to say to be taken: offer, passengers, services and payment."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from adapters.suppliers.duffel.sandbox.checks import chosen
from adapters.suppliers.duffel.sandbox.desk import Desk, Offered, Request
from adapters.suppliers.duffel.sandbox.market import on_a_lap
from adapters.suppliers.duffel.sandbox.offer_papers import OfferPapers
from adapters.suppliers.duffel.sandbox.papers import Paper
from adapters.suppliers.duffel.sandbox.refusals import (
    Refused,
    invalid,
    required,
    unsupported,
    wrong_amount,
    wrong_state,
)

_TITLES: Final = ("mr", "ms", "mrs", "miss", "dr")
_GENDERS: Final = ("m", "f")
_NAME: Final = re.compile(r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f' -]{1,20}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"\+[1-9]\d{6,14}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MOST_METADATA, _LONGEST_METADATA = 50, 500
_OF_AGE: Final = 18
_PAYMENTS: Final = ("balance", "arc_bsp_cash", "card")
_HELD: Final = ("hold", "pay_later")


def checked_offer(asked: dict[str, Any], desk: Desk) -> Offered:
    """The one that is to be booked. Raises Refused for one that can't be."""
    selected = asked.get("selected_offers")
    if not isinstance(selected, list) or len(selected) != 1:
        raise invalid("/selected_offers", "exactly one offer is booked", "validation_inclusion")
    offer = desk.offer(selected[0])
    if offer.request.booked:
        raise wrong_state("offer_request_already_booked", "An offer of this search was booked already")
    if desk.world.now() >= offer.expires:
        raise wrong_state("offer_expired", "The offer has expired: search again")
    return offer


def checked_type(asked: dict[str, Any], *, holds: bool) -> bool:
    """Whether it is to be held. Whatever is held is paid later, and nothing else is."""
    kind = asked.get("type", "instant")
    if kind not in ("instant", *_HELD):
        raise invalid("/type", "type is instant or hold", "validation_inclusion")
    held = kind in _HELD
    if held and asked.get("payments"):
        raise invalid("/payments", "an order that is held is not paid yet", "validation_inclusion")
    if not held and not asked.get("payments"):
        raise required("/payments")
    if held and not holds:
        raise unsupported("The airline wants its money at once")
    return held


def checked_services(asked: dict[str, Any], offer: Offered, write: OfferPapers) -> list[Paper]:
    return chosen(asked.get("services") or [], write.services(offer), "/services")


def check_passengers(asked: dict[str, Any], request: Request, *, documents: bool) -> None:
    """Exactly those of the search, of the ages that were searched for, with everything that the airline wants."""
    told = asked.get("passengers")
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise required("/passengers")
    known = {one["id"]: age for one, age in zip(request.passengers, request.party.ages, strict=True)}
    if sorted(str(one.get("id")) for one in told) != sorted(known):
        raise invalid("/passengers", "the passengers are not those of the offer", "validation_inclusion")
    for place, one in enumerate(told):
        _check_passenger(one, known[one["id"]], request.ways[-1].day, f"/passengers/{place}")
        if documents:
            _check_document(one, f"/passengers/{place}/identity_documents")
    _check_laps(told, known)


def _check_passenger(one: dict[str, Any], searched: int | None, last_day: date, pointer: str) -> None:
    for name in ("title", "gender", "given_name", "family_name", "born_on", "email", "phone_number"):
        if not isinstance(one.get(name), str) or not one[name]:
            raise required(f"{pointer}/{name}")
    for name, choices in (("title", _TITLES), ("gender", _GENDERS)):
        if one[name] not in choices:
            raise invalid(f"{pointer}/{name}", f"{name} is one of {', '.join(choices)}", "validation_inclusion")
    for name in ("given_name", "family_name"):
        if not _NAME.fullmatch(one[name]):
            raise invalid(f"{pointer}/{name}", f"{name} holds letters, spaces, - and ', no more than 20")
    if not _EMAIL.fullmatch(one["email"]):
        raise invalid(f"{pointer}/email", "email is none")
    if not _PHONE.fullmatch(one["phone_number"]):
        raise Refused(422, "validation_error", "invalid_phone_number", "The phone number is none")
    _check_age(one["born_on"], searched, last_day, f"{pointer}/born_on")


def _check_age(born_on: str, searched: int | None, last_day: date, pointer: str) -> None:
    try:
        born = date.fromisoformat(born_on)
    except ValueError as error:
        raise invalid(pointer, "born_on is YYYY-MM-DD") from error
    age = last_day.year - born.year - ((last_day.month, last_day.day) < (born.month, born.day))
    if (age < _OF_AGE) if searched is None else (age != searched):
        raise invalid(pointer, f"born_on does not fit the {'adult' if searched is None else searched} searched for")


def _check_document(one: dict[str, Any], pointer: str) -> None:
    papers = one.get("identity_documents")
    if not isinstance(papers, list) or not papers:
        raise required(pointer)
    paper = papers[0]
    if paper.get("type") != "passport" or not paper.get("unique_identifier"):
        raise invalid(f"{pointer}/0", "a passport with its number is wanted", "validation_inclusion")
    if not _COUNTRY.fullmatch(paper.get("issuing_country_code") or ""):
        raise invalid(f"{pointer}/0/issuing_country_code", "is a country's code of two letters")
    if not paper.get("expires_on"):
        raise required(f"{pointer}/0/expires_on")


def _check_laps(told: list[dict[str, Any]], known: dict[str, int | None]) -> None:
    """Each infant sits on the lap of an adult of its own."""
    infants = sorted(name for name, age in known.items() if on_a_lap(age))
    carried = sorted(str(one["infant_passenger_id"]) for one in told if one.get("infant_passenger_id"))
    carriers = [known[one["id"]] for one in told if one.get("infant_passenger_id")]
    if carried != infants or any(age is not None and age < _OF_AGE for age in carriers):
        raise invalid("/passengers", "infant_passenger_id: every infant is carried by one adult")


def check_metadata(asked: dict[str, Any]) -> None:
    told = asked.get("metadata") or {}
    if not isinstance(told, dict) or len(told) > _MOST_METADATA:
        raise invalid("/metadata", f"metadata holds no more than {_MOST_METADATA} pairs")
    for key, value in told.items():
        if not _KEY.fullmatch(key) or not isinstance(value, str) or len(value) > _LONGEST_METADATA:
            raise invalid(f"/metadata/{key}", "a key of 40 letters and a value of 500 at most")


def check_payment(payment: Any, total: Decimal, currency: str, pointer: str) -> None:
    """To the cent, in the currency of the order."""
    if not isinstance(payment, dict) or payment.get("type") not in _PAYMENTS:
        raise invalid(f"{pointer}/type", "type is balance or card", "validation_inclusion")
    if payment["type"] == "card":
        raise Refused(403, "invalid_request_error", "unavailable_feature", "Cards are not enabled for this account")
    try:
        amount = Decimal(str(payment.get("amount")))
    except InvalidOperation as error:
        raise invalid(f"{pointer}/amount", "amount is a decimal number") from error
    if (amount, payment.get("currency")) != (total, currency):
        raise wrong_amount()
