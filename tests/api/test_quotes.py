"""A quote as a client meets it: the same, dearer, gone, still to come, or nobody's to know."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.cancellation import CancellationStep, Ladder
from domain.enquiries import QuoteEnquiry
from domain.offers import ComponentKind, FlightConditions, Offer, PriceComponent
from domain.orders import OfferGone, Quote, QuotedOffer, Reason
from storage import offers, quotes
from storage.engine import transaction
from tests.api.answering import TROUBLE, enquiries, misdescribed, tell
from tests.api.hub import Hub, json, until
from tests.builders import ALBATROSS, money, rental_offer, stay_offer

QUOTE_ID = "q" * 26


async def booked_in(api: Hub, engine: AsyncEngine, offer: Offer, query: Any = None) -> Offer:
    """An offer in the books."""
    async with transaction(engine) as connection:
        await offers.keep(connection, [offer], query=query or api.query())
    return offer


def quote(api: Hub, offer: Offer, **told: Any) -> QuotedOffer:
    """What its supplier says now, the same as before where nothing else is told."""
    facts: dict[str, Any] = {
        "price": offer.price,
        "price_components": offer.price_components,
        "conditions": offer.conditions,
    } | told
    now = api.clock.now
    said = Quote(supplier=offer.supplier, quoted_at=now, expires_at=now + timedelta(minutes=30), **facts)
    return QuotedOffer(id=QUOTE_ID, offer=offer, query=api.query(), quote=said)


async def asked(api: Hub, offer: Offer, *said: object, **trouble: Any) -> Any:
    """The answer to a client that waits while a worker says this."""
    posting = asyncio.create_task(api.post(f"/v1/offers/{offer.id}/quote?wait=15"))
    await until(lambda: bool(enquiries(api)))
    await tell(api, QuoteEnquiry(offer_id=offer.id), *said, **trouble)
    return await posting


async def test_the_same_price_is_the_same(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    answer = await asked(api, offer, quote(api, offer))
    told = json(answer)
    assert (answer.status_code, told["status"], told["id"], told["offer_id"]) == (200, "same", QUOTE_ID, offer.id)
    assert told["price"] == told["offered_price"] == {"amount": "420.00", "currency": "EUR"}
    assert told["difference"] == {"amount": "0.00", "currency": "EUR"}
    assert enquiries(api) == [QuoteEnquiry(offer_id=offer.id)]


async def test_another_price_is_told_beside_the_one_that_was_offered(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    ladder = Ladder(steps=(CancellationStep(since=None, fee=money("50.00")),))
    parts = (
        PriceComponent(kind=ComponentKind.BASE_FARE, amount=money("440.00")),
        PriceComponent(kind=ComponentKind.TAX, amount=money("10.00")),
    )
    dearer = quote(
        api, offer, price=money("450.00"), price_components=parts, conditions=FlightConditions(cancellation=ladder)
    )
    told = json(await asked(api, offer, dearer))
    assert told["status"] == "changed"
    amounts = {name: told[name]["amount"] for name in ("offered_price", "price", "difference")}
    assert amounts == {"offered_price": "420.00", "price": "450.00", "difference": "30.00"}
    assert [part["amount"]["amount"] for part in told["offer"]["price_components"]] == ["440.00", "10.00"]
    assert told["offer"]["conditions"]["cancellation"]["steps"][0]["fee"]["amount"] == "50.00"


async def test_prices_of_two_currencies_have_no_difference(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    told = json(await asked(api, offer, quote(api, offer, price=money("450.00", "USD"))))
    assert (told["status"], told["difference"]) == ("changed", None)


async def test_what_is_gone_has_a_reason_and_no_price(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    gone = OfferGone(offer=offer, reason=Reason.SOLD_OUT, detail="no seats", told_at=api.clock.now)
    told = json(await asked(api, offer, gone))
    assert (told["status"], told["reason"], told["detail"]) == ("gone", "sold_out", "no seats")
    assert (told["id"], told["price"], told["offer"], told["expires_at"]) == (None, None, None, None)
    assert told["offered_price"]["amount"] == "420.00"


async def test_no_quote_is_good_for_longer_than_ten_minutes(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    said = quote(api, offer)
    assert said.expires_at - said.quote.quoted_at == timedelta(minutes=10)
    shorter = msgspec.structs.replace(
        said, quote=msgspec.structs.replace(said.quote, expires_at=api.clock.now + timedelta(minutes=1))
    )
    told = json(await asked(api, offer, shorter))
    assert told["expires_at"] == told["offer"]["expires_at"]
    assert shorter.expires_at == api.clock.now + timedelta(minutes=1)


async def test_a_supplier_that_says_nothing_is_named(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    answer = await asked(api, offer, reports=(TROUBLE,))
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "application/problem+json")
    problem = json(answer)
    assert (problem["code"], problem["suppliers"]) == (
        "supplier_failed",
        [{"supplier": ALBATROSS, "status": "timeout", "detail": "no reply within 15 s"}],
    )


async def test_whoever_does_not_wait_is_told_where_to_look(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    place = f"/v1/offers/{offer.id}/quote"
    for answer in (await api.post(f"{place}?wait=0"), await api.get(f"{place}?wait=0")):
        assert (answer.status_code, json(answer)["status"]) == (202, "pending")
        assert (answer.headers["Location"], answer.headers["Retry-After"]) == (place, "1")
    await tell(api, QuoteEnquiry(offer_id=offer.id), quote(api, offer))
    answer = await api.get(place)
    assert (answer.status_code, json(answer)["status"]) == (200, "same")
    assert len(enquiries(api)) == 1


async def test_an_offer_that_was_never_quoted_has_no_quote_to_look_at(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    assert (await api.get(f"/v1/offers/{offer.id}/quote")).status_code == 404
    assert enquiries(api) == []


async def test_a_quote_is_found_in_the_books_where_redis_has_forgotten_it(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    async with transaction(engine) as connection:
        await quotes.keep(connection, quote(api, offer))
    by_offer, by_id = await api.get(f"/v1/offers/{offer.id}/quote"), await api.get(f"/v1/quotes/{QUOTE_ID}")
    assert (by_offer.status_code, by_id.status_code) == (200, 200)
    assert json(by_offer) == json(by_id)
    api.clock.forward(minutes=11)
    assert (await api.get(f"/v1/offers/{offer.id}/quote")).status_code == 404
    assert (await api.get(f"/v1/quotes/{QUOTE_ID}")).status_code == 200


async def test_an_offer_that_only_this_process_has_seen_is_written_down_for_the_worker(
    api: Hub, engine: AsyncEngine
) -> None:
    offer = api.offer()
    await api.found(offer)
    await api.get(api.search_path())
    assert (await api.post(f"/v1/offers/{offer.id}/quote?wait=0")).status_code == 202
    async with transaction(engine) as connection:
        assert await offers.kept(connection, offer.id) == offers.KeptOffer(offer=offer, query=api.query())


@pytest.mark.parametrize("name", ["a" * 26, "nonsense", "A" * 26])
async def test_an_unknown_offer_or_quote_is_not_there(api: Hub, name: str) -> None:
    assert (await api.post(f"/v1/offers/{name}/quote")).status_code == 404
    assert (await api.get(f"/v1/offers/{name}/quote")).status_code == 404
    assert (await api.get(f"/v1/quotes/{name}")).status_code == 404
    assert enquiries(api) == []


async def test_an_expired_offer_is_not_quoted(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer())
    api.clock.forward(hours=30)
    assert (await api.post(f"/v1/offers/{offer.id}/quote")).status_code == 404


async def test_what_a_supplier_does_not_sell_through_us_is_not_quoted(api: Hub, engine: AsyncEngine) -> None:
    offer = await booked_in(api, engine, api.offer(bookable=False))
    answer = await api.post(f"/v1/offers/{offer.id}/quote")
    assert (answer.status_code, json(answer)["code"]) == (422, "invalid")
    assert enquiries(api) == []


@pytest.mark.parametrize("wait", ["21", "-1", "long"])
async def test_a_wait_without_sense_is_refused_by_name(api: Hub, engine: AsyncEngine, wait: str) -> None:
    offer = await booked_in(api, engine, api.offer())
    answer = await api.post(f"/v1/offers/{offer.id}/quote?wait={wait}&colour=red")
    assert answer.status_code == 422
    assert [error["parameter"] for error in json(answer)["errors"]] == ["wait", "colour"]


async def test_answers_look_as_described(api: Hub, engine: AsyncEngine) -> None:
    (stay,), (rental,) = api.stays(stay_offer()), api.rentals(rental_offer())
    path = "/v1/offers/{offer_id}/quote"
    for offer in (api.offer(), stay, rental):
        await booked_in(api, engine, offer)
        place, enquiry = f"/v1/offers/{offer.id}/quote", QuoteEnquiry(offer_id=offer.id)
        assert misdescribed(await api.post(f"{place}?wait=0"), "POST", path) == []
        gone = OfferGone(offer=offer, reason=Reason.EXPIRED, detail="too late", told_at=api.clock.now)
        for said in ((quote(api, offer),), (gone,), ()):
            await tell(api, enquiry, *said, reports=() if said else (TROUBLE,))
            assert misdescribed(await api.get(place), "GET", path) == []
