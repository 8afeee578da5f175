"""Prices in another money than a client asked for: told as they are charged, compared by what they are worth."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from domain.money import Money
from domain.offers import Conversion, Offer
from tests.api.hub import Hub, json
from tests.builders import ALBATROSS, BLUEBIRD, direction, itinerary, money, rental_offer, segment

FRIDAY = date(2027, 1, 15)


def worth(offer: Any, amount: Money, rate: str = "0.5") -> Any:
    """The offer as a worker leaves it, where the search has another money than the supplier."""
    conversion = Conversion(amount=amount, rate=Decimal(rate), rate_on=FRIDAY)
    return msgspec.structs.replace(offer, converted=conversion)


def another_flight(api: Hub, number: str, price: Money, supplier: str = ALBATROSS) -> Offer:
    way = itinerary(direction(segment(number=number)))
    return api.offer(reference=number, supplier=supplier, product=way, price=price)


async def found(api: Hub) -> None:
    """Three flights in a search for euros: 420 EUR, 1,000 USD worth 500 EUR, 600 CHF worth 300 EUR."""
    await api.found(
        another_flight(api, "1", money("420.00")),
        worth(another_flight(api, "2", money("1000.00", "USD")), money("500.00")),
        worth(another_flight(api, "3", money("600.00", "CHF")), money("300.00")),
    )


def numbers(answer: Any) -> list[str]:
    return [result["product"]["slices"][0]["segments"][0]["number"] for result in json(answer)["results"]]


async def test_what_is_charged_is_told_as_it_is_and_what_it_is_worth_beside_it(api: Hub) -> None:
    await found(api)
    francs, euros, _ = [result["offers"][0] for result in json(await api.get(api.search_path()))["results"]]
    assert francs["price"] == {"amount": "600.00", "currency": "CHF"}
    assert francs["converted"] == {
        "amount": {"amount": "300.00", "currency": "EUR"}, "rate": "0.5", "rate_on": "2027-01-15",
    }  # fmt: skip
    assert (euros["price"], euros["converted"]) == ({"amount": "420.00", "currency": "EUR"}, None)


async def test_flights_are_sorted_and_filtered_by_what_they_are_worth(api: Hub) -> None:
    await found(api)
    assert numbers(await api.get(api.search_path())) == ["3", "1", "2"]
    assert numbers(await api.get(api.search_path(max_price="499.99"))) == ["3", "1"]
    assert numbers(await api.get(api.search_path(max_price="500.00", limit=2))) == ["3", "1"]


async def test_facets_count_in_the_money_that_was_asked_for(api: Hub) -> None:
    await found(api)
    facets = json(await api.get(api.search_path()))["facets"]
    assert facets["price"] == {
        "min": {"amount": "300.00", "currency": "EUR"}, "max": {"amount": "500.00", "currency": "EUR"},
    }  # fmt: skip
    assert facets["stops"][0]["cheapest"] == {"amount": "300.00", "currency": "EUR"}


async def test_one_journey_from_two_sellers_in_two_moneys_shows_the_cheaper_one_first(api: Hub) -> None:
    search = await api.arrive(api.begun(), ALBATROSS, another_flight(api, "1", money("420.00")))
    dollars = worth(another_flight(api, "1", money("500.00", "USD"), BLUEBIRD), money("250.00"))
    await api.arrive(search, BLUEBIRD, dollars)
    (result,) = json(await api.get(api.search_path()))["results"]
    assert [offer["price"]["currency"] for offer in result["offers"]] == ["USD", "EUR"]


async def test_an_offer_that_is_looked_at_alone_still_says_what_it_is_worth(api: Hub) -> None:
    offer = worth(another_flight(api, "2", money("1000.00", "USD")), money("500.00"))
    await api.found(offer)
    await api.get(api.search_path())  # this process has seen it now
    shown = json(await api.get(f"/v1/offers/{offer.id}"))
    assert shown["price"] == {"amount": "1000.00", "currency": "USD"}
    assert shown["converted"]["amount"] == {"amount": "500.00", "currency": "EUR"}


async def test_a_small_rate_is_written_without_an_exponent(api: Hub) -> None:
    offer = worth(another_flight(api, "2", money("20000000.00", "IDR")), money("1170.60"), "0.0000000000585300")
    await api.found(offer)
    (shown,) = json(await api.get(api.search_path()))["results"][0]["offers"]
    assert shown["converted"]["rate"] == "0.0000000000585300"


async def test_a_car_is_asked_for_in_the_money_of_its_counter_unless_another_is_wished(api: Hub) -> None:
    (pounds,) = api.rentals(rental_offer(price=money("200.00", "GBP")))
    await api.found(pounds, query=api.rental())
    (shown,) = json(await api.get(api.rental_path()))["results"][0]["offers"]
    assert shown["converted"] is None
    await api.found(worth(pounds, money("234.40"), "1.172"), query=api.rental(currency="EUR"))
    (shown,) = json(await api.get(api.rental_path(currency="EUR")))["results"][0]["offers"]
    assert (shown["price"]["currency"], shown["converted"]["amount"]["currency"]) == ("GBP", "EUR")
