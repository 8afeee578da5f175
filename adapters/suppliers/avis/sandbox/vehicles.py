"""GET vehicles: what is for rent, with both ways to pay; POST rates: one of them, exactly, with all that may be added."""

from datetime import datetime
from typing import Any, Final

import falcon.asgi
import msgspec

from adapters.suppliers.avis.sandbox import counters, papers
from adapters.suppliers.avis.sandbox.envelope import Told, body, brand, tell
from adapters.suppliers.avis.sandbox.refusals import missing, refused
from adapters.suppliers.avis.sandbox.rentals import Market, Rental, age_told
from adapters.suppliers.avis.sandbox.worlds import World

_YOUNG: Final = 25
_WANTED: Final = (*("brand", "pickup_date", "pickup_location", "dropoff_date", "dropoff_location", "country_code"),)
_SURCHARGE: Final = {
    "type": "Underage Surcharge",
    "description": "Under Age restrictions and fees apply. Please review the location's terms.",
}


class Vehicles:
    def __init__(self, world: World, market: Market) -> None:
        self._world: Final = world
        self._market: Final = market
        self._papers: Final = papers.Papers(world)

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        """Nothing found is an error: 500708 where nothing fits, 223 where all is gone. Unknown parameters are ignored."""
        asked = {name: request.get_param(name) or "" for name in _WANTED}
        for name, value in asked.items():
            if not value:
                raise missing(name)
        rental = self._market.rental(
            brand(asked["brand"]),
            asked["pickup_location"],
            asked["dropoff_location"],
            (asked["pickup_date"], asked["dropoff_date"]),
            age=age_told(request.get_param("age"), request.get_param("date_of_birth"), self._world.now()),
            country=asked["country_code"],
        )
        wish = request.context.wish
        if wish is not None:
            raise refused("500708" if wish.name == "nothing_there" else "223")
        if not (quotes := self._market.all(rental)):
            raise refused("223")
        sipps, groups = _words(request, "vehicle_sipp_codes"), _words(request, "vehicle_class_codes")
        wanted = request.get_param("requested_rate_currency")
        vehicles = [
            told
            for quote in quotes
            if (told := self._vehicle(quote, rental, wanted))
            and (not sipps or quote.acriss in sipps)
            and (not groups or told["category"]["vehicle_class_code"] in groups)
        ]
        if not vehicles:
            raise refused("500708")
        disclaimers = {"disclaimers": [_SURCHARGE]} if rental.age < _YOUNG else {}
        tell(
            response,
            self._world.now(),
            "The vehicle availability was successfully retrieved.",
            {
                "product": {"brand": rental.brand},
                "vehicles": vehicles,
                "reservation": {**counters.both(self._world, rental), **disclaimers},
            },
            transaction_id=request.get_param("transaction_id"),
        )

    def _vehicle(self, quote: Any, rental: Rental, wanted: str | None) -> dict[str, Any]:
        convert = self._papers.converting(quote.currency, wanted)
        quote_id, young = self._market.keep(quote), rental.age < _YOUNG
        told = {
            "category": papers.category(quote, on_request=self._market.on_request(quote)),
            "features": papers.features(quote),
            "capacity": papers.capacity(quote),
            "rate_totals": papers.search_totals(quote, quote_id, quote.currency, papers.as_it_is, young=young),
            "distance": papers.distance(quote),
        }
        if convert is not None and wanted is not None and wanted != quote.currency:
            told["secondary_rate_totals"] = papers.search_totals(quote, quote_id, wanted, convert, young=young)
        return told


def _words(request: falcon.asgi.Request, name: str) -> frozenset[str]:
    return frozenset((request.get_param(name) or "").split(",")) - {""}


# ---- one car at one rate ----


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """A car with its price and what was chosen; `timing` is pay_later or pay_now."""

    rental: Rental
    quote: Any
    timing: str
    picked: papers.Chosen
    wanted: str | None

    @property
    def price(self) -> Any:
        return getattr(self.quote, self.timing)


class Desk:
    """Reads what a rate or a reservation is asked for with, and writes it down priced."""

    def __init__(self, world: World, market: Market) -> None:
        self.world: Final = world
        self.market: Final = market
        self._papers: Final = papers.Papers(world)

    def sale(self, told: Told, played: str | None) -> Sale:
        """Raises Refused for what is gone, and for rate codes and additions that are none of this car's."""
        rental = self.market.rental(
            told.brand(),
            told.wanted("reservation.pickup_location"),
            told.wanted("reservation.dropoff_location"),
            (told.wanted("reservation.pickup_date"), told.wanted("reservation.dropoff_date")),
            age=_age(told, self.world.now()),
            country=told.wanted("rate_totals.rate.country_code"),
        )
        sipp, code = told.wanted("reservation.vehicle_sipp_code"), told.wanted("rate_totals.rate.rate_code")
        if played == "sold_out":
            raise refused("223")
        quote = self.market.one(rental, sipp, told.text("rate_totals.rate.quote_id"))
        if played == "price_changed":
            quote = papers.dearer(quote)
        timings = {
            price.rate_code: timing
            for timing in ("pay_now", "pay_later")
            if (price := getattr(quote, timing)) is not None
        }
        if code not in timings or played == "expired":
            raise refused("14528")
        return Sale(
            rental=rental,
            quote=quote,
            timing=timings[code],
            picked=papers.chosen(told.objects("insurance"), told.objects("extras"), quote),
            wanted=told.text("rate_totals.requested_rate_currency"),
        )

    def priced(self, sale: Sale, wanted: str | None = None) -> dict[str, Any]:
        """`wanted` is another currency than the one that the sale was asked for in."""
        quote, currency = sale.quote, wanted or sale.wanted
        convert = self._papers.converting(quote.currency, currency)
        secondary = (currency, convert) if currency and convert and currency != quote.currency else None
        rate = {
            "rate_code": sale.price.rate_code,
            "country_code": sale.rental.country,
            "rate_type": "LEISURE",
            "quote_id": self.market.keep(quote),
        }
        told = {
            **counters.both(self.world, sale.rental),
            "distance": papers.distance(quote),
            "rate_totals": self._totals(sale, {**rate, "currency": quote.currency}, papers.as_it_is),
            "insurance": papers.insurance(quote, sale.picked, secondary),
            "extras": papers.extras(quote, sale.price, sale.picked, secondary),
            "disclaimers": papers.disclaimers(quote, sale.price),
        }
        if secondary is not None:
            told["secondary_rate_totals"] = self._totals(sale, {**rate, "currency": secondary[0]}, secondary[1])
        return told

    @staticmethod
    def _totals(sale: Sale, rate: dict[str, Any], convert: papers.Convert) -> dict[str, Any]:
        return papers.exact_totals(sale.quote, sale.price, sale.picked, rate, convert)


def _age(told: Told, now: datetime) -> int | None:
    return age_told(told.any("customer.contact.age"), told.any("customer.contact.date_of_birth"), now)


class Rates:
    def __init__(self, desk: Desk) -> None:
        self._desk: Final = desk

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        told = await body(request)
        wish = request.context.wish
        sale = self._desk.sale(told, wish and wish.name)
        tell(
            response,
            self._desk.world.now(),
            "The vehicle rate was successfully retrieved.",
            {"product": {"brand": sale.rental.brand}, "reservation": self._desk.priced(sale)},
            transaction_id=told.text("transaction.transaction_id"),
        )
