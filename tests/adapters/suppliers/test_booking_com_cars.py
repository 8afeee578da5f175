"""Cars of the Demand API, from literal replies."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.kit.calls import Readout
from adapters.suppliers.booking_com import (
    cars,
)
from adapters.suppliers.booking_com.cars import duration
from domain.offers import ComponentKind, RentalOffer
from domain.payment import PaymentTime
from domain.queries import CarQuery
from tests.adapters.suppliers.test_booking_com import body_of, reply
from tests.builders import ATLAS, car_query

# ---- cars ----


def car_product(**changed: Any) -> dict[str, Any]:
    return {
        "car": 37715,
        "supplier": 62,
        "price": {
            "total": "121.90",
            "currency": "GBP",
            "extra_charges": [{"charge": "age_fee", "total_amount": Decimal("21.90")}],
        },
        "policies": {
            "cancellation": {"type": "free_cancellation", "details": {"context": "before_pickup", "duration": "PT48H"}},
            "damage_excess": 3000,
            "theft_excess": None,
            "deposit": 1500,
            "insurance_package": "inclusive",
            "fuel": "return_same",
            "mileage": {"type": "limited", "distance": 200, "distance_unit": "miles", "fee": Decimal("0.54")},
            "payment": {"timing": "pay_now"},
        },
        "route": {"pickup": {"depot": 112314}, "dropoff": {"depot": 112314}},
        "url": {"web": "https://cars.booking.example/1", "app": None},
        **changed,
    }


def car(**changed: Any) -> dict[str, Any]:
    return {
        "id": 37715,
        "make": "Hyundai",
        "model": "Elantra",
        "capacity": {"bags": {"large": 1, "small": 2}, "seats": "5", "doors": "4"},
        "features": ["air_conditioning"],
        "specification": {"code": "ECAR", "fuel": "petrol"},
        **changed,
    }


def rented(
    products: list[dict[str, Any]], *pages: list[dict[str, Any]], query: CarQuery | None = None
) -> Readout[RentalOffer]:
    """A search with its brands and these pages of cars; what was skipped on the way is in the last readout too."""
    query = query or car_query()
    readout = cars.read(reply(products, metadata={"next_page": None}), cars.ask(query), query, ATLAS)
    offers, skipped = list(readout.records), list(readout.skipped)
    answers = [reply([{"id": 62, "name": "Budget"}])]
    answers += [
        reply(page, metadata={"next_page": f"p{number}" if number < len(pages) else None})
        for number, page in enumerate(pages, 1)
    ]
    for answer in answers:
        if readout.next is None:
            break
        readout = cars.read(answer, readout.next, query, ATLAS)
        offers += readout.records
        skipped += readout.skipped
    return Readout(records=tuple(offers), skipped=tuple(skipped), next=readout.next)


def rental(told: dict[str, Any] | None = None, described: dict[str, Any] | None = None) -> RentalOffer:
    readout = rented([told or car_product()], [described or car()])
    assert readout.skipped == ()
    (made,) = readout.records
    return made


def test_car_times_are_local_and_have_no_offset() -> None:
    route = body_of(cars.ask(car_query()))["route"]
    assert route["pickup"] == {"datetime": "2027-03-01T10:00:00", "location": {"airport": "LHR"}}
    assert rental().product.pick_up_at == datetime(2027, 3, 1, 10, 0, tzinfo=UTC)


def test_a_price_that_is_text_is_read_exactly_and_its_charges_are_inside() -> None:
    made = rental()
    assert str(made.price) == "121.90 GBP"
    assert {part.kind: str(part.amount) for part in made.price_components} == {
        ComponentKind.RENTAL: "100.00 GBP",
        ComponentKind.FEE: "21.90 GBP",
    }


def test_a_car_is_what_the_list_of_cars_says_of_its_number() -> None:
    made = rental()
    assert (made.product.vendor, made.product.car.acriss, made.product.car.example) == (
        "Budget",
        "ECAR",
        "Hyundai Elantra",
    )
    assert (made.product.car.seats, made.product.car.doors, made.product.car.large_bags) == (5, 4, 1)
    assert not made.bookable


def test_four_plus_two_are_four_seats_and_four_or_two_doors_are_not_known() -> None:
    made = rental(described=car(capacity={"bags": None, "seats": "4+2", "doors": "4/2"}))
    assert (made.product.car.seats, made.product.car.doors) == (4, None)
    assert (made.supplier_extra["seats"], made.supplier_extra["doors"]) == ("4+2", "4/2")


@pytest.mark.parametrize("name", ["feature", "features"])
def test_features_have_two_names(name: str) -> None:
    told = {word: value for word, value in car().items() if word != "features"} | {name: ["all_wheel_drive"]}
    assert rental(described=told).supplier_extra["features"] == "all_wheel_drive"


def test_the_list_of_cars_is_read_only_until_every_car_was_met() -> None:
    later = car(id=2)
    readout = rented([car_product(), car_product(car=2)], [car()], [later], [car(id=3)])
    assert len(readout.records) == 2
    assert readout.next is None


def test_a_car_that_no_list_has_is_skipped_by_name() -> None:
    readout = rented([car_product(), car_product(car=2)], [car()])
    assert len(readout.records) == 1
    assert [(skipped.where, skipped.why) for skipped in readout.skipped] == [("car 2", "is not described")]


def test_a_code_that_is_not_acriss_or_a_brand_that_nobody_knows_spoils_one_offer() -> None:
    strange = rented([car_product(), car_product(car=2)], [car(), car(id=2, specification={"code": "????"})])
    assert (len(strange.records), strange.skipped[0].why) == (1, "'????' is not an ACRISS code")
    nameless = rented([car_product(supplier=9)], [car()])
    assert nameless.skipped[0].why == "nobody says who 9 is"


def test_durations_of_two_digits_are_read_though_their_pattern_forbids_them() -> None:
    assert (duration("PT48H"), duration("P7D"), duration("P1DT12H")) == (
        timedelta(hours=48),
        timedelta(days=7),
        timedelta(hours=36),
    )
    assert (duration("P1M"), duration("soon")) == (None, None)
    assert rental().supplier_extra["free_cancellation_until"] == "2027-02-27T10:00:00+00:00"


def test_free_for_a_while_after_booking_is_told_in_their_words() -> None:
    details = {"context": "within_given_time_period_of_booking", "duration": "P7D"}
    told = {**car_product()["policies"], "cancellation": {"type": "free_cancellation", "details": details}}
    extra = rental(car_product(policies=told)).supplier_extra
    assert extra["free_cancellation"] == "P7D within_given_time_period_of_booking"


def test_miles_deposit_and_excess_are_told_before_paying() -> None:
    conditions = rental().conditions
    assert conditions.mileage is not None
    assert (conditions.mileage.included, conditions.mileage.unit, str(conditions.mileage.beyond)) == (
        200,
        "mile",
        "0.54 GBP",
    )
    assert str(conditions.deposit) == "1500.00 GBP"
    assert [(cover.code, cover.included, str(cover.excess)) for cover in conditions.coverages] == [
        ("CDW", True, "3000.00 GBP")
    ]


@pytest.mark.parametrize(
    ("timing", "payment", "on_site"),
    [
        ("pay_now", (PaymentTime.NOW,), False),
        ("part_pay", (PaymentTime.NOW, PaymentTime.ON_SITE), False),
        ("pay_local", (PaymentTime.ON_SITE,), True),
    ],
)
def test_when_and_where_a_car_is_paid(timing: str, payment: tuple[PaymentTime, ...], *, on_site: bool) -> None:
    made = rental(car_product(policies={**car_product()["policies"], "payment": {"timing": timing}}))
    assert made.conditions.payment == payment
    assert {part.on_site for part in made.price_components} == {on_site}


def test_one_car_on_other_terms_is_another_offer() -> None:
    basic = {**car_product()["policies"], "insurance_package": "basic"}
    readout = rented([car_product(), car_product(policies=basic)], [car()])
    assert len({made.id for made in readout.records}) == 2


def test_cars_in_another_currency_keep_it() -> None:
    (offer,) = rented([car_product(price={"total": 150, "currency": "EUR"})], [car()]).records
    assert str(offer.price) == "150.00 EUR"
    assert {part.amount.currency for part in offer.price_components} == {"EUR"}


def test_charges_that_come_to_more_than_the_price_spoil_the_offer() -> None:
    readout = rented([car_product(price={**car_product()["price"], "total": "21.00"})], [car()])
    assert readout.skipped[0].why == "costs 21.00 GBP, and its charges more"


def test_a_search_without_cars_asks_for_nothing_more() -> None:
    readout = rented([])
    assert (readout.records, readout.next) == ((), None)
