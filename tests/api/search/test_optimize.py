"""All results of a search as columns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
import pytest

from api.params import fields_of
from api.search.columns import OfferColumns
from api.search.optimize import _OF_ANY_OFFER, TABLES
from api.verticals import VERTICALS
from domain.flights import Itinerary
from domain.offers import FlightConditions, Offer
from domain.queries import Query
from tests.api.hub import Hub, json
from tests.api.test_car_search import OFFERS as RENTALS
from tests.api.test_hotel_search import OFFERS as STAYS
from tests.builders import direction, itinerary, money, segment

Row = Mapping[str, Any]


def rows(table: Mapping[str, Any]) -> list[Row]:
    """What a client makes of columns."""
    unpacked = {name: column if isinstance(column, list) else list(_told(column)) for name, column in table.items()}
    (length,) = {len(column) for column in unpacked.values()}
    return [{name: column[number] for name, column in unpacked.items()} for number in range(length)]


def _told(column: Mapping[str, Any]) -> Any:
    words = column["words"]
    for at in column["at"]:
        if isinstance(at, list):
            yield [words[one] for one in at]
        else:
            yield None if at is None else words[at]


async def unpacked(api: Hub, body: Mapping[str, object]) -> tuple[list[Row], list[Row]]:
    shown = await api.post("/v1/search/optimize", {"wait": 0} | dict(body))
    assert shown.status_code == 200, shown.text
    table = json(shown)
    return rows(table["results"]), rows(table["offers"])


def question(api: Hub, name: str) -> dict[str, object]:
    asked: dict[str, dict[str, object]] = {
        "flights": {"origin": "LHR", "destination": "JFK", "departure_date": api.soon()},
        "hotels": {"vertical": "hotels", "destination": "PAR", "check_in": api.soon(), "check_out": api.soon(days=63)},
        "cars": {
            "vertical": "cars", "pick_up": "LHR", "currency": "GBP",
            "pick_up_at": f"{api.soon()}T10:00", "drop_off_at": f"{api.soon(days=65)}T10:00",
        },
    }  # fmt: skip
    return asked[name]


def journey(carrier: str, number: str, *, leaves: str = "10:30") -> Itinerary:
    return itinerary(direction(segment(carrier=carrier, number=number, departs=f"2027-03-01T{leaves}")))


def sold(api: Hub, name: str) -> tuple[Sequence[Offer], Query]:
    flexible, strict = FlightConditions(refundable=True, checked_bags=2), FlightConditions(refundable=False)
    seats = [
        api.offer(reference="a", product=journey("BA", "1"), price=money("500.00"), conditions=flexible),
        api.offer(reference="b", product=journey("BA", "1"), price=money("400.00"), conditions=strict),
        api.offer(reference="c", product=journey("AA", "2", leaves="08:00"), price=money("450.00")),
    ]
    offers: dict[str, tuple[Sequence[Offer], Query]] = {
        "flights": (seats, api.query()),
        "hotels": (api.stays(*STAYS), api.stay()),
        "cars": (api.rentals(*RENTALS), api.rental()),
    }
    return offers[name]


# A wish, and the same said by a client of the rows of a result and of an offer.
Said = Callable[[Row, Row], bool]
FILTERS: Final[Mapping[str, Mapping[str, tuple[object, Said]]]] = {
    "flights": {
        "max_price": ("450.00", lambda _, offer: float(offer["price"]) <= 450),
        "max_stops": (0, lambda result, _: result["stops"] <= 0),
        "airlines": (["BA"], lambda _, offer: set(offer["airlines"]) <= {"BA"}),
        "depart_after": ("09:00", lambda result, _: result["departs_at"][11:16] >= "09:00"),
        "depart_before": ("09:00", lambda result, _: result["departs_at"][11:16] <= "09:00"),
        "refundable": (True, lambda _, offer: offer["refundable"] is True),
        "bags": (1, lambda _, offer: (offer["checked_bags"] or 0) >= 1),
    },
    "hotels": {
        "max_price": ("250.00", lambda _, offer: float(offer["price"]) <= 250),
        "stars": ([4], lambda result, _: result["stars"] is not None and int(result["stars"]) == 4),
        "amenities": (["pool"], lambda result, _: "pool" in result["amenities"]),
        "board": (["breakfast"], lambda _, offer: offer["board"] == "breakfast"),
        "refundable": (True, lambda _, offer: offer["refundable"] is True),
        "max_distance_km": (1, lambda result, _: result["distance_km"] is not None and result["distance_km"] <= 1),
    },
    "cars": {
        "max_price": ("200.00", lambda _, offer: float(offer["price"]) <= 200),
        "categories": (["economy"], lambda result, _: result["category"] == "economy"),
        "transmission": ("automatic", lambda result, _: result["transmission"] == "automatic"),
        "unlimited_mileage": (True, lambda _, offer: offer["unlimited_mileage"] is True),
        "air_conditioning": (True, lambda result, _: result["air_conditioning"] is True),
    },
}
LAST: Final = 10**9
ORDERS: Final[Mapping[str, Mapping[str, Callable[[Row], Any]]]] = {
    "flights": {
        "duration": lambda result: result["duration_minutes"],
        "departure": lambda result: result["departs_at"],
    },
    "hotels": {
        "rating": lambda result: LAST if result["rating"] is None else -result["rating"],
        "distance": lambda result: LAST if result["distance_km"] is None else result["distance_km"],
    },
    "cars": {},
}


@pytest.mark.parametrize("name", VERTICALS)
async def test_a_client_can_filter_by_itself_as_we_do(api: Hub, name: str) -> None:
    offers, query = sold(api, name)
    await api.found(*offers, query=query)
    results, every = await unpacked(api, question(api, name))
    assert len(every) == len(offers)
    for wish, (value, said) in FILTERS[name].items():
        own = {offer["id"] for offer in every if said(results[offer["result"]], offer)}
        ours = {offer["id"] for offer in (await unpacked(api, question(api, name) | {wish: value}))[1]}
        assert own == ours, wish
        assert 0 < len(own) < len(every) or wish == "max_stops", wish


@pytest.mark.parametrize("name", VERTICALS)
async def test_a_client_can_sort_by_itself_as_we_do(api: Hub, name: str) -> None:
    offers, query = sold(api, name)
    await api.found(*offers, query=query)
    results, every = await unpacked(api, question(api, name))
    cheapest: dict[int, float] = {}
    for offer in every:
        cheapest.setdefault(offer["result"], float(offer["price"]))
    assert [cheapest[number] for number in range(len(results))] == sorted(cheapest.values())
    for sort, key in ORDERS[name].items():
        ours = (await unpacked(api, question(api, name) | {"sort": sort}))[0]
        assert [one["id"] for one in sorted(results, key=lambda one: (key(one), one["id"]))] == [
            one["id"] for one in ours
        ]


@pytest.mark.parametrize("name", VERTICALS)
def test_every_filter_and_order_has_its_columns(name: str) -> None:
    vertical = VERTICALS[name]
    wishes = set(fields_of(vertical.wishes)) - {"wait", "limit", "cursor", "sort"}
    assert set(FILTERS[name]) == wishes
    assert set(ORDERS[name]) | {"price"} == set(vertical.lens.orders)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_explained_and_filled(name: str) -> None:
    table = TABLES[name]
    assert set(fields_of(table.results)) == set(table.result_cells)
    assert set(fields_of(table.offers)) == set(table.offer_cells) | set(_OF_ANY_OFFER)
    assert set(fields_of(OfferColumns)) == set(_OF_ANY_OFFER)
    for shape in (table.results, table.offers):
        for field in fields_of(shape).values():
            assert msgspec.json.schema(field.type).get("description"), field.name


async def test_a_search_that_is_held_is_asked_for_by_its_id(api: Hub) -> None:
    await api.found(api.offer())
    shown = await api.post("/v1/search/optimize", {"search_id": api.query().id})
    assert (shown.status_code, json(shown)["search"]["id"], json(shown)["currency"]) == (200, api.query().id, "EUR")
    assert (await api.post("/v1/search/optimize", {"search_id": "a" * 26})).status_code == 404
    assert (await api.post("/v1/search/optimize", {"search_id": "nonsense"})).status_code == 422
    twice = await api.post("/v1/search/optimize", {"search_id": api.query().id, "origin": "LHR"})
    assert [flaw["pointer"] for flaw in json(twice)["errors"]] == ["/origin"]


async def test_where_nothing_is_known_suppliers_are_asked(api: Hub) -> None:
    shown = await api.post("/v1/search/optimize", question(api, "flights") | {"wait": 0})
    assert (shown.status_code, shown.headers["Location"]) == (202, f"/v1/searches/{api.query().id}")
    assert json(shown)["offers"]["id"] == []
    assert api.asked_for() == [api.query()]


async def test_columns_take_a_fraction_of_the_bytes(api: Hub) -> None:
    offers = [
        api.offer(
            reference=f"fare-{number}",
            product=journey("BA", str(number // 3)),
            price=money(f"{300 + number}.00"),
            conditions=FlightConditions(refundable=False, checked_bags=1, fare_family="Light"),
        )
        for number in range(150)
    ]
    await api.found(*offers)
    columns = await api.post("/v1/search/optimize", question(api, "flights"))
    usual = await api.get(api.search_path(limit=200))
    assert len(json(columns)["offers"]["id"]) == sum(len(result["offers"]) for result in json(usual)["results"]) == 150
    assert 5 * len(columns.content) < len(usual.content)
