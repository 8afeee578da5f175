"""Customers: they search, book what they find, pay, change their minds, and come back when nobody answers."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

import httpx
import msgspec

from bench.stack import Stack
from tests.chaos.ledger import Accepted

Json = dict[str, Any]

_DAYS_AHEAD: Final = 40
_LETTERS: Final = "bcdfghjklmnpqrstvwxz"
_ROUTES: Final = (
    *(("LHR", "JFK"), ("ZRH", "VIE"), ("LIS", "OPO"), ("OSL", "BGO"), ("ARN", "GOT"), ("EDI", "LHR"), ("FRA", "MUC")),
    *(("MAD", "BCN"), ("FCO", "LIN"), ("CDG", "NCE"), ("AMS", "LHR"), ("DUB", "EDI"), ("WAW", "KRK"), ("ATH", "SKG")),
)
_PLACES: Final = ("PAR", "LON", "BER", "MAD", "ROM", "AMS", "VIE", "LIS", "DUB", "PRG")
_COUNTERS: Final = ("LHR", "CDG", "FRA", "MAD", "FCO", "AMS", "VIE", "LIS", "DUB", "MUC")
# What is in a basket, and how often.
BASKETS: Final[Mapping[tuple[str, ...], int]] = {
    ("flights",): 30,
    ("hotels",): 30,
    ("cars",): 20,
    ("hotels", "cars"): 10,
    ("flights", "hotels", "cars"): 10,
}
CARDS: Final[Mapping[str, int]] = {"pm_card_visa": 94, "pm_card_chargeDeclined": 6}
_PATIENCE: Final = 300.0  # seconds, in which whatever was killed is back
_TRIES: Final = 8  # baskets, before a customer gives up finding anything


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What customers do, each as a share of one."""

    cancels: float = 0.2
    consents: float = 0.5
    pays_by_link: float = 0.1


class Shop:
    """All customers of one run. `accepted` grows with every 202; what a customer sees twice is written once."""

    def __init__(self, running: Stack, chance: Random, plan: Plan) -> None:
        self.accepted: Final[list[Accepted]] = []
        self.gone_home = 0
        self._stack: Final = running
        self._chance: Final = chance
        self._plan: Final = plan
        self._numbers: Final = itertools.count(1)
        self._shelves: Final[dict[str, list[tuple[datetime, Json]]]] = {"hotels": [], "cars": []}
        self._questions: Final[dict[str, Iterator[dict[str, str]]]] = {
            "flights": _flights(),
            "hotels": _hotels(),
            "cars": _cars(),
        }
        self._searching: Final = {vertical: asyncio.Lock() for vertical in self._shelves}

    async def customer(self) -> None:
        """One booking from the first look to its end, or home again where there is nothing to buy."""
        surname = _surname(next(self._numbers))
        async with self._line() as api:
            for _ in range(_TRIES):
                basket = self._drawn(BASKETS)
                offers = [await self._offer(api, vertical) for vertical in basket]
                if all(offers) and (booking := await self._book(api, [str(one) for one in offers], surname)):
                    self.accepted.append(Accepted(id=booking, surname=surname))
                    with suppress(TimeoutError):  # who hears nothing for so long looks again another day
                        await self._see_to(api, booking)
                    return
        self.gone_home += 1

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(
            base_url=self._stack.api, headers=self._stack.admin(), timeout=30, trust_env=False
        ) as api:
            yield api

    # ---- looking for something ----

    async def _offer(self, api: httpx.AsyncClient, vertical: str) -> str | None:
        """A flight of a search of its own, because some sellers sell once from each; else what nobody has taken."""
        if vertical == "flights":
            found = await self._found(api, vertical)
            return str(self._chance.choice(found)["id"]) if found else None
        async with self._searching[vertical]:
            now, shelf = datetime.now(UTC), self._shelves[vertical]
            shelf[:] = [(until, offer) for until, offer in shelf if until > now]
            if not shelf:
                found = await self._found(api, vertical)
                self._chance.shuffle(found)
                shelf += [(now + timedelta(minutes=3), offer) for offer in found[:60]]
            return str(shelf.pop()[1]["id"]) if shelf else None

    async def _found(self, api: httpx.AsyncClient, vertical: str) -> list[Json]:
        params = {**next(self._questions[vertical]), "wait": "15", "limit": "100"}
        answered = await _patiently(api, "GET", f"/v1/{vertical}/search", params=params)
        results = answered.json()["results"] if answered.status_code == 200 else []
        return [
            offer for result in results for offer in result["offers"] if offer["bookable"] and not _for_people(offer)
        ]

    # ---- booking ----

    async def _book(self, api: httpx.AsyncClient, offers: list[str], surname: str) -> str | None:
        """Whoever hears nothing asks again with the same key. None: refused, or there is no room for it."""
        link = len(offers) == 1 and self._chance.random() < self._plan.pays_by_link
        payment = {"method": "link"} if link else {"method": "card", "token": self._drawn(CARDS)}
        order = {
            "items": [{"offer_id": offer} for offer in offers],
            "travellers": [_traveller(surname)],
            "contact": _CONTACT,
            "payment": payment,
            "max_price_increase_percent": self._chance.choice((0, 5, 50)),
        }
        key = UUID(int=self._chance.getrandbits(128), version=4).hex
        answered = await _patiently(api, "POST", "/v1/bookings", json=order, headers={"Idempotency-Key": key})
        return str(answered.json()["id"]) if answered.status_code == 202 else None

    async def _see_to(self, api: httpx.AsyncClient, booking: str) -> None:
        """What the customer does until it is over: pay, consent, change their mind."""
        cancels, path = self._chance.random() < self._plan.cancels, f"/v1/bookings/{booking}"
        while True:
            looked = await _patiently(api, "GET", path, params={"wait": "10"})
            if looked.status_code == 404:  # the ledger will name it
                return
            shown = looked.json()
            match shown["status"]:
                case "needs_consent":
                    accept = self._chance.random() < self._plan.consents
                    await _patiently(api, "PUT", path, json={"accept_price": accept})
                case "pending":
                    await self._pay(api, shown)
                case "failed" | "expired" | "cancelled":
                    return
                case "confirmed" if not cancels:
                    return
                case "confirmed":
                    await _patiently(api, "DELETE", path)
                    cancels = False
            if cancels and self._chance.random() < 0.02:  # in the middle of everything
                await _patiently(api, "DELETE", path)
                cancels = False

    async def _pay(self, api: httpx.AsyncClient, shown: Json) -> None:
        for payment in shown["payments"]:
            if payment.get("action_url") and payment["status"] == "waiting":
                await _patiently(
                    api, "POST", "/v1/payments", json={"booking_id": shown["id"], "token": "pm_card_visa"},
                    headers={"Idempotency-Key": f"pay-{payment['id']}"},
                )  # fmt: skip

    def _drawn(self, weights: Mapping[Any, int]) -> Any:
        return self._chance.choices(list(weights), weights=list(weights.values()))[0]


async def _patiently(api: httpx.AsyncClient, method: str, path: str, **asked: Any) -> httpx.Response:
    """The answer of whoever is there again: broken lines and 5xx are asked once more, and so is what is in flight."""
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while True:
        try:
            answered = await api.request(method, path, **asked)
        except httpx.TransportError:
            answered = None
        again = answered is None or answered.status_code >= 500 or _in_flight(answered)
        if answered is not None and not again:
            return answered
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"{method} {path}: nobody answers, at last {answered and answered.text}")
        await asyncio.sleep(0.3)


def _for_people(offer: Json) -> bool:
    """A car on request is confirmed by somebody at the counter, who takes hours."""
    return bool(offer["conditions"].get("on_request"))


def _in_flight(answered: httpx.Response) -> bool:
    return answered.status_code == 409 and "Retry-After" in answered.headers


def _flights() -> Iterator[dict[str, str]]:
    """No two alike."""
    for ahead in itertools.count(_DAYS_AHEAD):
        day = datetime.now(UTC).date() + timedelta(days=ahead % 250 + 10)
        for origin, destination in _ROUTES:
            yield {"origin": origin, "destination": destination, "departure_date": day.isoformat()}


def _hotels() -> Iterator[dict[str, str]]:
    for number, place in enumerate(itertools.cycle(_PLACES)):
        day = datetime.now(UTC).date() + timedelta(days=_DAYS_AHEAD + number % 200)
        until = day + timedelta(days=1 + number % 5)
        yield {"destination": place, "check_in": f"{day}", "check_out": f"{until}", "adults": "1", "radius_km": "3"}


def _cars() -> Iterator[dict[str, str]]:
    for number, place in enumerate(itertools.cycle(_COUNTERS)):
        day = datetime.now(UTC).date() + timedelta(days=_DAYS_AHEAD + number % 200)
        until = day + timedelta(days=2 + number % 5)
        yield {"pick_up": place, "pick_up_at": f"{day}T11:00", "drop_off_at": f"{until}T11:00", "driver_age": "35"}


def _surname(number: int) -> str:
    """Letters only, and nobody else's."""
    word = ""
    while number:
        number, place = divmod(number, len(_LETTERS))
        word += _LETTERS[place]
    return f"Storm{word}"


def _traveller(surname: str) -> Json:
    return {
        "given_name": "Amelia",
        "surname": surname,
        "born_on": f"{datetime.now(UTC).year - 36}-07-24",
        "title": "ms",
        "gender": "female",
        "nationality": "US",
        "document": {"number": "X1234567", "issued_by": "US", "expires_on": f"{datetime.now(UTC).year + 5}-01-01"},
    }


_CONTACT: Final = {
    "email": "amelia@example.com",
    "phone": "+442080160509",
    "country": "GB",
    "address_line": "1 Aviator Road",
    "city": "London",
    "postal_code": "W1A 1AA",
}
