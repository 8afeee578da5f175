"""The words of the Demand API's cars that we read: what a search has, and the lists that explain its numbers."""

from decimal import Decimal

from adapters.suppliers.booking_com.wire import Coordinates, Deal, Names, Wire


class ExtraCharge(Wire, frozen=True, kw_only=True, gc=False):
    """Inside of the total."""

    charge: str
    total_amount: Decimal


class Price(Wire, frozen=True, kw_only=True, gc=False):
    """A number by their schema, text in their example."""

    total: Decimal
    currency: str
    extra_charges: list[ExtraCharge] | None = None


class FreeUntil(Wire, frozen=True, kw_only=True, gc=False):
    """`duration` is ISO 8601, `context` says from when it counts."""

    context: str | None = None
    duration: str | None = None


class Cancellation(Wire, frozen=True, kw_only=True, gc=False):
    type: str | None = None
    details: FreeUntil | None = None


class MileageTerms(Wire, frozen=True, kw_only=True, gc=False):
    type: str | None = None
    distance: int | None = None
    distance_unit: str | None = None
    fee: Decimal | None = None


class PaymentTiming(Wire, frozen=True, kw_only=True, gc=False):
    timing: str | None = None


class Policies(Wire, frozen=True, kw_only=True, gc=False):
    cancellation: Cancellation | None = None
    damage_excess: Decimal | None = None
    theft_excess: Decimal | None = None
    deposit: Decimal | None = None
    insurance_package: str | None = None
    fuel: str | None = None
    mileage: MileageTerms | None = None
    payment: PaymentTiming | None = None


class RoutePoint(Wire, frozen=True, kw_only=True, gc=False):
    depot: int


class Route(Wire, frozen=True, kw_only=True, gc=False):
    pickup: RoutePoint
    dropoff: RoutePoint


class Links(Wire, frozen=True, kw_only=True, gc=False):
    web: str | None = None
    app: str | None = None


class Product(Wire, frozen=True, kw_only=True, gc=False):
    """`car`, `supplier` and the depots are numbers that other calls explain."""

    car: int
    supplier: int
    price: Price
    route: Route
    policies: Policies | None = None
    deal: Deal | None = None
    url: Links | None = None


class Vendor(Wire, frozen=True, kw_only=True, gc=False):
    id: int
    name: str


class Bags(Wire, frozen=True, kw_only=True, gc=False):
    large: Decimal | None = None
    small: Decimal | None = None


class Capacity(Wire, frozen=True, kw_only=True, gc=False):
    """`seats` such as `4+2`, `doors` such as `4/2`."""

    bags: Bags | None = None
    seats: str | None = None
    doors: str | None = None


class Specification(Wire, frozen=True, kw_only=True, gc=False):
    """`code` is ACRISS."""

    code: str
    fuel: str | None = None


class Car(Wire, frozen=True, kw_only=True, gc=False):
    """`feature` in their schema, `features` in their example."""

    id: int
    specification: Specification
    make: str | None = None
    model: str | None = None
    image: str | None = None
    capacity: Capacity | None = None
    feature: list[str] | None = None
    features: list[str] | None = None


class DepotPlace(Wire, frozen=True, kw_only=True, gc=False):
    airport: str | None = None
    name: Names | str | None = None
    address: str | None = None
    post_code: str | None = None
    country: str | None = None
    depot_location_type: str | None = None
    coordinates: Coordinates | None = None


class DepotContact(Wire, frozen=True, kw_only=True, gc=False):
    telephone: str | None = None


class Depot(Wire, frozen=True, kw_only=True, gc=False):
    id: int
    location: DepotPlace
    contact: DepotContact | None = None
