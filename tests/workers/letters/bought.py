"""Bookings to write letters about: a flight, a stay, a rental, and all three in one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from domain.bookings import Booking, BookingStatus, Charge, ChargeStatus, Item, ItemStatus, People, sums
from domain.cancellation import CancellationStep, Ladder
from domain.cars import RentalPlace
from domain.hotels import Address, Board, Property, Room, StayConditions
from domain.money import Money
from domain.offers import ComponentKind, FlightConditions, Offer, PriceComponent
from domain.orders import Locator, Order, OrderStatus, Quote, QuotedOffer
from domain.payments import Method
from domain.queries import Query
from tests import builders
from workers.letters.drafts import Told
from workers.letters.speech import Speech

PEOPLE = People(travellers=(builders.traveller(),), contact=builders.contact())


def eur(amount: str) -> Money:
    return builders.money(amount, "EUR")


def utc(local: str) -> datetime:
    """Universal time."""
    return datetime.fromisoformat(local).replace(tzinfo=UTC)


def bellevue(*, name: str = "Hotel Bellevue") -> Property:
    return Property(
        supplier=builders.ALBATROSS,
        id="1",
        name=name,
        location=builders.PARIS,
        address=Address(lines=("12 rue de Seine",), city="Paris", postal_code="75006", country="FR"),
        phone="+33142345678",
        timezone="Europe/Paris",
        check_in_from="15:00",
        check_out_until="11:00",
    )


def item(
    number: int,
    offer: Offer,
    query: Query,
    *,
    status: ItemStatus = ItemStatus.BOOKED,
    locators: tuple[Locator, ...] = (),
    **more: Any,
) -> Item:
    """Booked, and priced as it was offered, where nothing else is said."""
    order = Order(
        supplier=offer.supplier,
        id=f"order-{number}",
        status=OrderStatus.CONFIRMED,
        price=offer.price,
        locators=locators,
    )
    reference = f"HUBREFERENCE000{number}"
    made = Item(
        number=number, offer=offer, query=query, price=offer.price, reference=reference, status=status, order=order
    )
    return msgspec.structs.replace(made, **more)


def flight(number: int = 1, **more: Any) -> Item:
    """London to New York and, the next morning, back."""
    there = builders.direction(builders.segment(operating_carrier="AA"))
    back = builders.direction(
        builders.segment(
            origin="JFK",
            destination="LHR",
            departs="2027-03-05T19:00",
            arrives="2027-03-06T07:05",
            number="112",
        )
    )
    conditions = FlightConditions(refundable=False, checked_bags=1, cabin_bags=1, fare_family="Economy Light")
    offer = builders.offer(product=builders.itinerary(there, back), price=eur("1420.50"), conditions=conditions)
    return item(number, offer, builders.flight_query(), locators=(Locator(issuer="BA", code="K7QX2M"),), **more)


def stay(number: int = 1, *, name: str = "Hotel Bellevue", at: Property | None = None, **more: Any) -> Item:
    """Three nights with breakfast; the tax of the city is paid there, and the last days cost to cancel."""
    ladder = Ladder(
        steps=(
            CancellationStep(fee=eur("120.00"), since=utc("2027-02-26T17:00")),
            CancellationStep(fee=eur("360.00"), since=utc("2027-02-28T23:30")),
        )
    )
    conditions = StayConditions(
        rooms=(Room(name="Double room", beds="1 queen bed"),), board=Board.BREAKFAST, cancellation=ladder
    )
    offer = builders.stay_offer(at=at or bellevue(name=name), price=eur("372.00"), conditions=conditions)
    parts = (
        PriceComponent(kind=ComponentKind.ROOM, amount=eur("360.00")),
        PriceComponent(kind=ComponentKind.TAX, amount=eur("12.00"), label="City tax", on_site=True),
    )
    offer = msgspec.structs.replace(offer, price_components=parts)
    return item(number, offer, builders.hotel_query(), **more)


def rental(number: int = 1, **more: Any) -> Item:
    """Five days, all of it paid at the counter."""
    counter = RentalPlace(
        airport="LHR",
        code="LHRT1",
        name="Heathrow Terminal 1",
        address=Address(lines=("Nene Road",), city="London", postal_code="TW6 2AA", country="GB"),
        phone="+442080000000",
    )
    offer = builders.rental_offer(counter=counter)
    on_site = (PriceComponent(kind=ComponentKind.RENTAL, amount=offer.price, on_site=True),)
    offer = msgspec.structs.replace(offer, price_components=on_site)
    return item(number, offer, builders.car_query(), **more)


def quoted(one: Item, price: Money) -> Item:
    """Its supplier wants this much now."""
    offer = one.offer
    quote = Quote(
        supplier=offer.supplier,
        price=price,
        price_components=(),
        conditions=offer.conditions,
        quoted_at=builders.NOW,
        expires_at=builders.NOW + timedelta(minutes=10),
    )
    return msgspec.structs.replace(one, quote=QuotedOffer(id="q", offer=offer, query=one.query, quote=quote))


def charge(amount: Money, **more: Any) -> Charge:
    """Captured whole."""
    made = Charge(
        id="charge1",
        reference="CHARGEREFERENCE00001",
        gateway="heron",
        method=Method.CARD,
        amount=amount,
        status=ChargeStatus.CAPTURED,
        captured=amount,
    )
    return msgspec.structs.replace(made, **more)


def booking(*items: Item, **more: Any) -> Booking:
    """Confirmed and paid."""
    items = items or (flight(1), stay(2), rental(3))
    payable = [amount for amount in sums(one.payable for one in items) if amount.amount]
    made = Booking(
        id="b" * 26,
        reference="R7KM3W",
        owner="somebody",
        created_at=builders.NOW,
        items=items,
        method=Method.CARD,
        gateway="heron",
        status=BookingStatus.CONFIRMED,
        charges=tuple(charge(amount) for amount in payable),
        confirmed_at=builders.NOW + timedelta(seconds=4),
    )
    return msgspec.structs.replace(made, **more)


def told(about: Booking, *, facts: dict[str, Any] | None = None, language: str = "en", people: People = PEOPLE) -> Told:
    return Told(booking=about, people=people, facts=facts or {}, speech=Speech(language), atlas=builders.ATLAS)
