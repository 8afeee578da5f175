"""A car search as people read it."""

from io import StringIO

import msgspec
import pytest
from rich.console import Console

from api.cars.answers import CarSearchAnswer
from cli import cars, found
from cli.client import read
from domain.cars import Coverage, Distance, Mileage, Per, RentalConditions
from domain.matching.cars import merged
from domain.offers import RentalOffer
from domain.payment import PaymentTime
from domain.searches import arrived, begun
from tests import builders as a
from tests.api.hub import on_the_wire


def answer(*offers: RentalOffer) -> CarSearchAnswer:
    """As it comes over the wire; Albatross and Bluebird sell."""
    search = begun(a.car_query(), (a.ALBATROSS, a.BLUEBIRD), a.NOW)
    for supplier in (a.ALBATROSS, a.BLUEBIRD):
        own = [offer for offer in offers if offer.supplier == supplier]
        search = arrived(search, a.report(supplier=supplier, offers=len(own)), own, merge=merged, now=a.NOW)
    return read(on_the_wire(search, now=a.NOW), CarSearchAnswer)


def shown(*offers: RentalOffer) -> str:
    console = Console(file=StringIO(), width=200)
    with console.capture() as captured:
        console.print(cars.table(answer(*offers)))
    return captured.get()


def test_a_class_of_car_is_one_row_with_its_cheapest_offer_and_everybody_who_sells_it() -> None:
    row = shown(
        a.rental_offer(price=a.money("210.00", "GBP")),
        a.rental_offer(supplier=a.BLUEBIRD, price=a.money("199.00", "GBP")),
    )
    assert "199.00 GBP" in row
    assert "210.00" not in row
    for told in ("ECMR economy, manual, air conditioning", "Albatross Cars", "LHRT1", "bluebird, albatross"):
        assert told in row


def test_the_example_the_seats_and_the_counter_are_those_of_the_cheapest_offer() -> None:
    offer = a.rental_offer()
    rental = msgspec.structs.replace(
        offer.product,
        car=msgspec.structs.replace(offer.product.car, example="Fiat 500 or similar", seats=4),
        pick_up=msgspec.structs.replace(offer.product.pick_up, name="Terminal 1"),
    )
    row = shown(msgspec.structs.replace(offer, product=rental)).splitlines()[1]
    assert row.split("  ")[1].strip() == "Fiat 500 or similar"
    assert "Terminal 1" in row


def test_a_code_in_no_matrix_stands_alone() -> None:
    (result,) = answer(a.rental_offer(acriss="Q9ZZ")).results
    assert cars.car_class(result.product.car) == "Q9ZZ"


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (RentalConditions(), ""),
        (
            RentalConditions(payment=(PaymentTime.NOW, PaymentTime.ON_SITE), mileage=Mileage(unlimited=True)),
            "pay now or on site, any distance",
        ),
        (
            RentalConditions(
                mileage=Mileage(unlimited=False, included=200, unit=Distance.KM, per=Per.DAY),
                coverages=(
                    Coverage(code="CDW", name="Damage", included=True),
                    Coverage(code="PAI", name="Accident", included=False),
                ),
                refundable=False,
                deposit=a.money("250.00", "GBP"),
                on_request=True,
            ),
            "200 km a day, with CDW, not refundable, deposit 250.00 GBP, on request",
        ),
    ],
)
def test_conditions_say_what_the_supplier_says_and_nothing_else(terms: RentalConditions, said: str) -> None:
    (result,) = answer(a.rental_offer(conditions=terms)).results
    assert cars.conditions(result.offers[0]) == said


@pytest.mark.parametrize(
    ("mileage", "said"),
    [
        (Mileage(unlimited=False), "limited distance"),
        (Mileage(unlimited=False, included=500, unit=Distance.MILE, per=Per.RENTAL), "500 mile a rental"),
    ],
)
def test_distance_is_counted_as_the_supplier_counts(mileage: Mileage, said: str) -> None:
    (result,) = answer(a.rental_offer(conditions=RentalConditions(mileage=mileage))).results
    told = result.offers[0].conditions.mileage
    assert told is not None
    assert cars.mileage(told) == said


def test_no_car_anywhere_is_said() -> None:
    assert "Nobody rents out a car there." in [line.plain for line in found.footer(answer(), cars.WORDS)]
