"""A car search as people read it: classes of cars cheapest first."""

from typing import Final

from rich.table import Table

from api.cars.answers import Car, CarSearchAnswer, Mileage, RentalOffer
from cli.found import Words, cost, price, refund, said, sellers, sheet

WORDS: Final = Words(one="car", many="cars", none="Nobody rents out a car there.")


def table(answer: CarSearchAnswer) -> Table:
    """One row for each class of car of a brand, with its cheapest offer."""
    shown = sheet(
        "Car",
        "Class",
        "Seats",
        "Brand",
        "Counter",
        "Conditions",
        "Sold by",
        wrap=("Car", "Class", "Brand", "Counter", "Conditions", "Sold by"),
    )
    for result in answer.results:
        cheapest, rental = result.offers[0], result.product
        counter = cheapest.sold_as.pick_up
        shown.add_row(
            cost(cheapest),
            cheapest.sold_as.example or rental.car.example or "",
            car_class(rental.car),
            "" if rental.car.seats is None else str(rental.car.seats),
            rental.vendor,
            counter.name or counter.code,
            conditions(cheapest),
            sellers(result.offers),
        )
    return shown


def car_class(car: Car) -> str:
    """`ECMR economy, manual, air conditioning`; the code alone where it is in no matrix."""
    said_by_code = (
        None if car.category is None else car.category.replace("_", " "),
        car.transmission,
        car.drive,
        car.fuel,
        "air conditioning" if car.air_conditioning else None,
    )
    return f"{car.acriss} {said(said_by_code)}".rstrip()


def conditions(offer: RentalOffer) -> str:
    """What the supplier says, and only that."""
    terms = offer.conditions
    covered = [coverage.code for coverage in terms.coverages if coverage.included]
    return said(
        (
            f"pay {' or '.join(when.replace('_', ' ') for when in terms.payment)}" if terms.payment else None,
            None if terms.mileage is None else mileage(terms.mileage),
            f"with {' '.join(covered)}" if covered else None,
            refund(terms.refundable, terms.cancellation),
            f"deposit {price(terms.deposit)}" if terms.deposit else None,
            "on request" if terms.on_request else None,
        )
    )


def mileage(told: Mileage) -> str:
    """`any distance`, `200 km a day`, or that there is a limit which nobody tells."""
    if told.unlimited or told.included is None:
        return "any distance" if told.unlimited else "limited distance"
    far = f"{told.included} {told.unit or ''}".rstrip()
    return f"{far} a {told.per}" if told.per else far
