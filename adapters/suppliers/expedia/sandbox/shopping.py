"""GET /properties/availability and the price check behind each of its links."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

import falcon.asgi
import orjson

from adapters.suppliers.expedia.sandbox.asked import Asked
from adapters.suppliers.expedia.sandbox.errors import bad_link
from adapters.suppliers.expedia.sandbox.plays import Plays
from adapters.suppliers.expedia.sandbox.pricing import fully_refundable
from adapters.suppliers.expedia.sandbox.selling import LINKS_LAST, Question, Sale, again, on_sale, rate_told
from adapters.suppliers.expedia.sandbox.tokens import Tokens
from adapters.suppliers.expedia.sandbox.world import SELLER, World

_CHANNELS: Final = frozenset({"website", "agent_tool", "mobile_app", "mobile_web", "meta", "cache"})
_ENVIRONMENTS: Final = frozenset({"hotel_package", "hotel_only", "loyalty"})
_INCLUDES: Final = frozenset(
    {
        "unavailable_reason",
        "sale_scenario.mobile_promotion",
        "rooms.rates.marketing_fee_incentives",
        "rooms.rates.current_refundability",
    }
)
_FARTHEST_DAYS, _MOST_NIGHTS = 365, 28

# What a filter lets through.
_FILTERS: Final[dict[str, Callable[[Sale], bool]]] = {
    "refundable": lambda sale: fully_refundable(sale.rate),
    "expedia_collect": lambda sale: sale.collected_by == "expedia",
    "property_collect": lambda sale: sale.collected_by == "property",
    "loyalty": lambda sale: False,  # noqa: ARG005 - nothing here earns points
}


class Availability:
    def __init__(self, world: World, tokens: Tokens, plays: Plays) -> None:
        self._world, self._tokens, self._plays = world, tokens, plays

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        asked = Asked(request.query_string)
        question = self._question(asked)
        ids = asked.property_ids()
        if not ids:
            asked.wrong("property_id.required", "A property_id is required.", "property_id")
        rates = asked.count("rate_plan_count", 250)
        filters = asked.choices("filter", frozenset(_FILTERS), "not_supported")
        includes = asked.choices("include", _INCLUDES, "not_supported")
        asked.choice("sales_channel", _CHANNELS)
        asked.choice("sales_environment", _ENVIRONMENTS)
        asked.wanted("country_code")
        asked.language()
        asked.settled()
        played = self._plays.played("availability", request)
        found: Iterable[dict[str, Any] | None] = ()
        if played != "no_availability":
            found = (self._told(told, question, rates, filters, includes) for told in dict.fromkeys(ids))
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps([told for told in found if told])

    def _question(self, asked: Asked) -> Question:
        check_in, check_out = asked.day("checkin"), asked.day("checkout")
        currency = asked.wanted("currency")
        if currency and self._world.rate(currency) is None:
            asked.wrong("currency.not_supported", "Currency is not supported.", "currency", currency)
        question = Question(check_in or date.min, check_out or date.max, asked.occupancies(), currency)
        if check_in and check_out:
            _check_dates(asked, check_in, check_out, self._world.now())
        return question

    def _told(
        self, property_id: int, question: Question, most: int, filters: list[str], includes: list[str]
    ) -> dict[str, Any] | None:
        """None for a property that has nothing, or that is none."""
        listing = self._world.hotels.listed(SELLER, property_id)
        if listing is None:
            return None
        sales = [
            sale for sale in on_sale(self._world, listing, question) if all(_FILTERS[name](sale) for name in filters)
        ][:most]
        if not sales:
            reason = {"unavailable_reason": {"code": "no_inventory_available"}}
            return {"property_id": str(property_id), **reason} if "unavailable_reason" in includes else None
        sales.sort(key=lambda sale: (sale.room.id, sale.id))  # the best are there, in no order of price
        return {
            "property_id": str(property_id),
            "status": "available",
            "rooms": [
                {
                    "id": str(room_id),
                    "room_name": name,
                    "rates": [self._rate(sale, includes) for sale in of_room],
                }
                for (room_id, name), of_room in groupby(sales, key=lambda sale: (sale.room.id, sale.room.name))
            ],
            "links": {},
            "score": property_id % 10_000,
        }

    def _rate(self, sale: Sale, includes: list[str]) -> dict[str, Any]:
        told = rate_told(sale, self._tokens)
        if "rooms.rates.current_refundability" in includes:
            refundability = {"free_cancellation": "refundable"}
            told["current_refundability"] = refundability.get(sale.rate.refundable, sale.rate.refundable)
        return told


def _check_dates(asked: Asked, check_in: date, check_out: date, now: datetime) -> None:
    today = now.date()
    if check_in < today - timedelta(days=1):
        asked.wrong(
            "checkin.invalid_date_in_the_past", "Checkin cannot be in the past.", "checkin", check_in.isoformat()
        )
    if (check_in - today).days > _FARTHEST_DAYS:
        asked.wrong(
            "checkin.invalid_date_too_far_out",
            f"Checkin too far in the future. Checkin cannot be more than {_FARTHEST_DAYS} days away.",
            "checkin",
            check_in.isoformat(),
        )
    if check_out <= check_in:
        asked.wrong(
            "checkout.invalid_checkout_before_checkin", "Checkout must be after checkin.", "checkout",
            check_out.isoformat(),
        )  # fmt: skip
    if (check_out - check_in).days > _MOST_NIGHTS:
        asked.wrong(
            "checkout.invalid_length_of_stay_too_long",
            f"Checkin and checkout dates cannot differ by more than {_MOST_NIGHTS} days.",
            "checkout",
            check_out.isoformat(),
        )


class PriceCheck:
    """200 whatever came of it."""

    def __init__(self, world: World, tokens: Tokens, plays: Plays) -> None:
        self._world, self._tokens, self._plays = world, tokens, plays

    async def on_get(
        self, request: falcon.asgi.Request, response: falcon.asgi.Response, property_id: str, room_id: str, rate_id: str
    ) -> None:
        about = self._tokens.opened(Asked(request.query_string).one("token"), "price_check")
        if str(about["listing"]) != property_id:
            raise bad_link()
        played = self._plays.played("price_check", request)
        sale = None if played == "sold_out" else again(self._world, about)
        if sale is not None and (str(sale.room.id), sale.id) != (room_id, rate_id):
            raise bad_link()
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps(self._told(sale, about, changed=played == "price_changed"))

    def _told(self, sale: Sale | None, about: dict[str, Any], *, changed: bool) -> dict[str, Any]:
        if sale is None:
            shop = f"/v3/properties/{about['listing']}/availability"
            return {
                "status": "sold_out",
                "links": {"shop": self._tokens.link("GET", shop, "shop", about, lasts=LINKS_LAST)},
            }
        if changed:
            sale = self._dearer(sale)
        booking = sale.about(about["beds"]) | ({"dearer": True} if changed or about.get("dearer") else {})
        links = {"book": self._tokens.link("POST", "/v3/itineraries", "book", booking, lasts=LINKS_LAST)}
        same = str(sale.total) == about["price"]
        return {
            "status": "available" if same else "price_changed",
            "occupancy_pricing": sale.pricing(),
            "links": links,
        }

    def _dearer(self, sale: Sale) -> Sale:
        """A tenth more on the first night of each room: on request, since the world's own prices take their time."""
        raise_first_nights(sale)
        return sale


def raise_first_nights(sale: Sale) -> None:
    for bill in sale.bills:
        kind, value = bill.nights[0][0]
        bill.nights[0][0] = (kind, value + max(type(value)(1), value // 10))
