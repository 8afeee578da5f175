"""Car search: what is for rent, and then whose it is and which car, since a search tells both by number alone.

The lists of cars have no filter, so they are read page by page until every car of the search has been met. What is
still without a car waits in the call's notes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.suppliers.booking_com import asking, wire
from adapters.suppliers.booking_com.asking import SLUG
from adapters.suppliers.booking_com.hotels import deals
from adapters.suppliers.booking_com.wire_cars import Car as CarWords
from adapters.suppliers.booking_com.wire_cars import MileageTerms, Policies, Product, Vendor
from domain.acriss import car_class
from domain.cancellation import CancellationStep, Ladder
from domain.cars import Car, Coverage, Distance, Mileage, Per, Rental, RentalConditions, RentalPlace
from domain.money import Money
from domain.offers import ComponentKind, Offer, PriceComponent, RentalOffer, offer_id
from domain.payment import PaymentTime
from domain.places import Atlas
from domain.queries import CarQuery
from domain.searches import SkippedRecord
from domain.times import at_airport

OPERATIONS: Final = ("car_search", "car_suppliers", "car_details")
MOST_PAGES: Final = 60
LIVE_FOR: Final = timedelta(minutes=30)

_MOST_RESULTS: Final = 500
_MOST_LISTED: Final = 100
_SEARCH: Final = msgspec.json.Decoder(wire.Counted[msgspec.Raw])
_PRODUCT: Final = msgspec.json.Decoder(Product)
_CARS: Final = msgspec.json.Decoder(wire.Counted[msgspec.Raw])
_CAR: Final = msgspec.json.Decoder(CarWords)
_VENDORS: Final = msgspec.json.Decoder(wire.Counted[Vendor])

_PAYMENT: Final = MappingProxyType(
    {
        "pay_now": (PaymentTime.NOW,),
        "part_pay": (PaymentTime.NOW, PaymentTime.ON_SITE),
        "pay_local": (PaymentTime.ON_SITE,),
    }
)
_COVERED: Final = MappingProxyType({"basic": False, "inclusive": True, "zero_excess": True})
_UNITS: Final = MappingProxyType({"kilometers": Distance.KM, "km": Distance.KM, "miles": Distance.MILE})
_CHARGES: Final = MappingProxyType({"age_fee": "Fee for the driver's age", "one_way_fee": "One-way fee"})
_DURATION: Final = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What the calls before have told: products without a car yet, who rents them out, and the page that follows."""

    products: dict[int, list[Product]]
    vendors: dict[int, str] = {}
    next_page: str | None = None


_WAITING: Final = msgspec.json.Decoder(Waiting)


def ask(query: CarQuery) -> Call:
    return asking.call(
        "car_search",
        {
            "booker": {"country": query.market.lower()},
            "currency": query.currency,
            "driver": {"age": query.driver_age},
            "route": {
                "pickup": _point(query.pick_up, query.pick_up_at),
                "dropoff": _point(query.drop_off, query.drop_off_at),
            },
            "maximum_results": _MOST_RESULTS,
        },
    )


def _point(airport: str, at: datetime) -> dict[str, object]:
    """Times are the counter's own, and have no offset."""
    return {"datetime": at.isoformat(timespec="seconds"), "location": {"airport": airport}}


def read(reply: Reply, call: Call, query: CarQuery, atlas: Atlas) -> Readout[RentalOffer]:
    return _READERS[call.operation](reply, call, query, atlas)


def _products(reply: Reply, call: Call, query: CarQuery, _: Atlas) -> Readout[RentalOffer]:
    question = asking.question(call, ask(query))
    answer = decoded(reply, _SEARCH)
    products, skipped = each(answer.data, _PRODUCT, lambda told: told, "data")
    by_car: dict[int, list[Product]] = {}
    for told in products:
        by_car.setdefault(told.car, []).append(told)
    next_page = answer.metadata.next_page if answer.metadata else None
    if not products:
        return Readout(records=(), skipped=skipped, next=asking.page("car_search", next_page, notes=(question,)))
    vendors = sorted({told.supplier for told in products})[:_MOST_LISTED]
    waiting = _noted(question, Waiting(products=by_car, next_page=next_page))
    following = asking.call("car_suppliers", {"suppliers": vendors, "maximum_results": _MOST_LISTED}, notes=waiting)
    return Readout(records=(), skipped=skipped, next=following)


def _vendors(reply: Reply, call: Call, query: CarQuery, _: Atlas) -> Readout[RentalOffer]:
    question = asking.question(call, ask(query))
    vendors = {vendor.id: vendor.name for vendor in decoded(reply, _VENDORS).data}
    waiting = msgspec.structs.replace(_waiting(call), vendors=vendors)
    following = asking.call("car_details", {"maximum_results": _MOST_LISTED}, notes=_noted(question, waiting))
    return Readout(records=(), next=following)


def _cars(reply: Reply, call: Call, query: CarQuery, atlas: Atlas) -> Readout[RentalOffer]:
    """Offers of all cars on this page. A car that can't be read spoils the offers of that car, each by name."""
    question = asking.question(call, ask(query))
    answer, waiting = decoded(reply, _CARS), _waiting(call)
    clerk = _Clerk(query, atlas, waiting.vendors, reply.received_at)
    offers: list[RentalOffer] = []
    skipped: list[SkippedRecord] = []
    left = dict(waiting.products)
    cars, _ = each(answer.data, _CAR, lambda told: told, "data")
    for car in cars:
        products = left.pop(car.id, [])
        made, bad = each(products, _PRODUCT, partial(clerk.offer, car=car), f"car {car.id}")
        offers.extend(made)
        skipped.extend(bad)
    next_page = answer.metadata.next_page if answer.metadata else None
    if left and next_page:
        following = asking.page(
            "car_details", next_page, notes=_noted(question, msgspec.structs.replace(waiting, products=left))
        )
    else:
        skipped.extend(SkippedRecord(where=f"car {number}", why="is not described") for number in left)
        following = asking.page("car_search", waiting.next_page, notes=(question,))
    return Readout(records=tuple(offers), skipped=tuple(skipped), next=following)


_READERS: Final[Mapping[str, Callable[[Reply, Call, CarQuery, Atlas], Readout[RentalOffer]]]] = MappingProxyType(
    {"car_search": _products, "car_suppliers": _vendors, "car_details": _cars}
)


def _noted(question: str, waiting: Waiting) -> tuple[str, ...]:
    return question, msgspec.json.encode(waiting).decode()


def _waiting(call: Call) -> Waiting:
    return _WAITING.decode(call.notes[1])


class _Clerk:
    """Writes the offers of one reply."""

    __slots__ = ("_atlas", "_query", "_received_at", "_vendors")

    def __init__(self, query: CarQuery, atlas: Atlas, vendors: Mapping[int, str], received_at: datetime) -> None:
        self._query: Final = query
        self._atlas: Final = atlas
        self._vendors: Final = vendors
        self._received_at: Final = received_at

    def offer(self, told: Product, car: CarWords) -> RentalOffer:
        """Raises ValueError, with the reason, for what can't be rented as it was asked for."""
        price, query = _price(told), self._query
        if told.supplier not in self._vendors:
            raise ValueError(f"nobody says who {told.supplier} is")
        policies = told.policies or Policies()
        timing = policies.payment.timing if policies.payment else None
        reference = _reference(told, policies, timing)
        rental = Rental(
            vendor=self._vendors[told.supplier],
            car=_car(car),
            pick_up=RentalPlace(airport=query.pick_up, code=str(told.route.pickup.depot)),
            drop_off=RentalPlace(airport=query.drop_off, code=str(told.route.dropoff.depot)),
            pick_up_at=at_airport(query.pick_up_at, self._zone(query.pick_up)),
            drop_off_at=at_airport(query.drop_off_at, self._zone(query.drop_off)),
        )
        return Offer(
            id=offer_id(SLUG, reference),
            supplier=SLUG,
            reference=reference,
            product=rental,
            price=price,
            price_components=tuple(_components(told, price, on_site=timing == "pay_local")),
            conditions=_conditions(policies, price, timing),
            fetched_at=self._received_at,
            expires_at=self._received_at + LIVE_FOR,
            bookable=False,  # 3.1 searches cars and sends people to a page: it has no call that rents one
            supplier_extra=dict(_extra(told, car, policies, rental)),
        )

    def _zone(self, airport: str) -> ZoneInfo:
        if (zone := self._atlas.zone(airport)) is None:
            raise ValueError(f"nobody knows what the time is at {airport}")
        return zone


def _price(told: Product) -> Money:
    """In the money that they tell: not every place has its prices in the one that was asked for."""
    price = Money.of(told.price.total, told.price.currency)
    if price.amount <= 0:
        raise ValueError(f"costs {price}")
    return price


def _reference(told: Product, policies: Policies, timing: str | None) -> str:
    """One car stands in several products that differ in what is insured, when one pays and what a mile costs."""
    told_apart = (
        told.car,
        told.supplier,
        told.route.pickup.depot,
        told.route.dropoff.depot,
        timing,
        policies.insurance_package,
        policies.cancellation.type if policies.cancellation else None,
        policies.mileage.type if policies.mileage else None,
    )
    return "/".join("-" if part is None else str(part) for part in told_apart)


def _car(told: CarWords) -> Car:
    capacity = told.capacity
    bags = capacity.bags if capacity else None
    return Car(
        acriss=car_class(told.specification.code).code,
        example=" ".join(word for word in (told.make, told.model) if word) or None,
        seats=_seats(capacity.seats if capacity else None),
        doors=_doors(capacity.doors if capacity else None),
        large_bags=int(bags.large) if bags and bags.large is not None else None,
        small_bags=int(bags.small) if bags and bags.small is not None else None,
        picture=told.image,
    )


def _seats(told: str | None) -> int | None:
    """`4+2` has four seats, and two more for children."""
    first = (told or "").partition("+")[0]
    return int(first) if first.isdecimal() else None


def _doors(told: str | None) -> int | None:
    """`4/2` has either: not known."""
    return int(told) if told and told.isdecimal() else None


def _components(told: Product, price: Money, *, on_site: bool) -> Iterator[PriceComponent]:
    """The charges are inside of the total."""
    charges = [
        PriceComponent(
            kind=ComponentKind.FEE,
            amount=Money.of(charge.total_amount, price.currency),
            label=_CHARGES.get(charge.charge, charge.charge),
            on_site=on_site,
        )
        for charge in told.price.extra_charges or ()
        if charge.total_amount
    ]
    rent = price
    for charge in charges:
        rent -= charge.amount
    if rent.amount < 0:
        raise ValueError(f"costs {price}, and its charges more")
    yield PriceComponent(kind=ComponentKind.RENTAL, amount=rent, on_site=on_site)
    yield from charges


def _conditions(policies: Policies, price: Money, timing: str | None) -> RentalConditions:
    kind = policies.cancellation.type if policies.cancellation else None
    return RentalConditions(
        payment=_PAYMENT.get(timing or "", ()),
        mileage=_mileage(policies.mileage, price.currency),
        coverages=tuple(_coverages(policies, price.currency)),
        refundable={"free_cancellation": True, "non_refundable": False}.get(kind or ""),
        cancellation=Ladder(steps=(CancellationStep(fee=price),)) if kind == "non_refundable" else None,
        fuel_policy=policies.fuel,
        deposit=asking.some_money(policies.deposit, price.currency),
    )


def _mileage(told: MileageTerms | None, currency: str) -> Mileage | None:
    if told is None or told.type not in ("limited", "unlimited"):
        return None
    if told.type == "unlimited":
        return Mileage(unlimited=True)
    return Mileage(
        unlimited=False,
        included=told.distance,
        unit=_UNITS.get(told.distance_unit or ""),
        per=Per.RENTAL,
        beyond=asking.some_money(told.fee, currency),
    )


def _coverages(policies: Policies, currency: str) -> Iterator[Coverage]:
    included = _COVERED.get(policies.insurance_package or "")
    if included is not None:
        excess = asking.some_money(policies.damage_excess, currency)
        yield Coverage(code="CDW", name="Collision damage waiver", included=included, excess=excess)


def _extra(told: Product, car: CarWords, policies: Policies, rental: Rental) -> Iterator[tuple[str, str]]:
    if told.url:
        yield from ((f"url_{name}", link) for name in ("web", "app") if (link := getattr(told.url, name)))
    for name in ("damage_excess", "theft_excess"):
        if (amount := getattr(policies, name)) is not None:
            yield name, f"{Decimal(amount)} {told.price.currency}"
    if policies.insurance_package:
        yield "insurance_package", policies.insurance_package
    yield from _free_cancellation(policies, rental.pick_up_at)
    if car.capacity:
        yield from ((name, text) for name in ("seats", "doors") if (text := getattr(car.capacity, name)))
    if car.specification.fuel:
        yield "fuel", car.specification.fuel
    if features := car.feature or car.features:
        yield "features", ",".join(features)
    yield from deals((told.deal,))


def _free_cancellation(policies: Policies, pick_up_at: datetime) -> Iterator[tuple[str, str]]:
    """Until when nothing is owed. What is owed later they don't tell, so there is no ladder."""
    details = policies.cancellation.details if policies.cancellation else None
    if details is None or not details.duration:
        return
    lasts = duration(details.duration)
    if details.context == "before_pickup" and lasts is not None:
        yield "free_cancellation_until", (pick_up_at.astimezone(UTC) - lasts).isoformat()
    else:
        yield "free_cancellation", f"{details.duration} {details.context or ''}".strip()


def duration(text: str) -> timedelta | None:
    """ISO 8601 with any number of digits. None for months and years, which have no length of their own."""
    told = _DURATION.fullmatch(text)
    if told is None:
        return None
    return timedelta(**{unit: int(count) for unit, count in told.groupdict().items() if count})
