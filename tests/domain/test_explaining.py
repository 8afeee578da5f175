"""What is kept of a search, and whether what is read again is the same."""

from datetime import timedelta
from decimal import Decimal

import msgspec

from domain.explaining import LONGEST_CONVERSATION, Verdict, compared, conversation, difference, first_difference
from domain.fetches import Fetch, fetch, kept_offer
from domain.matching.verticals import MERGED
from domain.offers import Conversion, FlightConditions, Offer
from domain.queries import Query
from domain.searches import Search, arrived, begun
from tests.builders import (
    ALBATROSS,
    BLUEBIRD,
    NOW,
    car_query,
    flight_query,
    hotel_query,
    money,
    offer,
    rental_offer,
    report,
    stay_offer,
)

HOUR = timedelta(hours=1)


def search(*offers: Offer, query: Query | None = None) -> Search:
    question = query or flight_query()
    merge = MERGED[question.vertical]
    first = arrived(begun(question, [ALBATROSS, BLUEBIRD], NOW), report(), offers, merge=merge, now=NOW)
    return arrived(first, report(supplier=BLUEBIRD), (), merge=merge, now=NOW)


def shown(told: Offer, amount: str) -> Offer:
    converted = Conversion(amount=money(amount), rate=Decimal("1.2"), rate_on=NOW.date())
    return msgspec.structs.replace(told, converted=converted)


def test_what_is_kept_comes_back_as_it_was() -> None:
    for one in (
        search(shown(offer(price=money("100.00", "GBP")), "120.00")),
        search(stay_offer(), query=hotel_query()),
        search(rental_offer(), query=car_query()),
        search(),
    ):
        kept = fetch(one)
        assert msgspec.json.decode(msgspec.json.encode(kept), type=Fetch) == kept


def test_the_limits_of_an_answer_are_kept_and_the_strictest_is_what_decided() -> None:
    kept = fetch(search(offer(expires_at=NOW + HOUR)))
    assert [ruling.why for ruling in kept.rulings] == ["flights, any time ahead", "a supplier takes an offer back"]
    assert kept.rulings[1].life.expires_at == kept.expires_at == NOW + HOUR


def test_the_rates_that_prices_were_shown_at_are_kept_with_how_many_were() -> None:
    pounds = [shown(offer(reference=name, price=money("100.00", "GBP")), "120.00") for name in "ab"]
    (rate,) = fetch(search(*pounds, offer(reference="c"))).rates
    assert (rate.currency, rate.into, rate.rate, rate.offers) == ("GBP", "EUR", Decimal("1.2"), 2)


def test_what_a_price_was_converted_into_is_not_what_the_supplier_told() -> None:
    plain = offer(price=money("100.00", "GBP"))
    assert kept_offer(shown(plain, "120.00")).print == kept_offer(plain).print


def test_a_part_that_was_carried_over_has_the_replies_of_its_own_time() -> None:
    kept = fetch(search(offer()))
    earlier = report(fetched_at=NOW - HOUR)
    assert conversation(kept, earlier) == (NOW - HOUR, NOW - HOUR + LONGEST_CONVERSATION)
    assert conversation(kept, report(fetched_at=None))[0] == kept.started_at


def test_the_same_offers_in_any_order_are_equal() -> None:
    offers = [offer(reference=name) for name in "abc"]
    told = compared(map(kept_offer, offers), reversed(offers))
    assert (told.verdict, told.kept, told.read_again, told.why) == (Verdict.EQUAL, 3, 3, None)


def test_the_first_offer_that_differs_is_named_with_the_place() -> None:
    before, after = (
        offer(conditions=FlightConditions(checked_bags=1)),
        offer(conditions=FlightConditions(checked_bags=2)),
    )
    told = compared([kept_offer(before)], [after])
    assert (told.verdict, told.offer) == (Verdict.DIFFERS, before.id)
    assert difference(before, after) == "conditions.checked_bags: 1, now 2"


def test_an_offer_too_many_or_too_few_is_a_difference() -> None:
    one, other = offer(reference="a"), offer(reference="b")
    assert compared([kept_offer(one)], [one, other]).why == f"{other.id} was not there before"
    assert compared([kept_offer(one), kept_offer(other)], [one]).why == f"{other.id} is not among what was read again"


def test_documents_part_at_the_first_place_in_which_they_are_not_the_same() -> None:
    before = {"a": [{"b": 1}, {"b": 2}], "c": None}
    assert first_difference(before, {"a": [{"b": 1}, {"b": 3}], "c": 1}) == "a[1].b: 2, now 3"
    assert first_difference(before, {"a": [{"b": 1}], "c": None}) == 'a: [{"b":1},{"b":2}], now [{"b":1}]'
    assert first_difference(before, dict(before)) is None
    assert first_difference({"a": 1}, {}) == "a: 1, now null"
