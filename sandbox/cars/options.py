"""What comes with a rental or may be added to it: kilometres, coverages, extras, a deposit, a tank."""

from decimal import Decimal
from typing import Final

import msgspec

from sandbox.cars.countries import distance_unit, price_level
from sandbox.cars.quotes import Coverage, Extra, Mileage
from sandbox.cars.rental import Rental
from sandbox.cars.vehicles import VehicleClass
from sandbox.chance import luck, pick

_LIMITED: Final = 0.12  # share of the classes of a seller in a country
_LIMITED_ALWAYS: Final = Decimal(90)  # euros a day: nobody lends such a car for any distance
_MILES_PER_KM: Final = Decimal("0.62")

_NOTHING_INCLUDED: Final = frozenset({"US", "CA", "PR", "VI"})
_SNOWY: Final = "AD AT BG CA CH CL CZ DE ES FI FR GE IS IT JP KR LI NO NZ PL RO SE SI SK US"
_SKIING_MONTHS: Final = {"north": frozenset({11, 12, 1, 2, 3, 4}), "south": frozenset({6, 7, 8, 9})}
_OFFERS_THE_EXTRA: Final = 0.90
_FUEL_POLICIES: Final = (*("full_to_full",) * 8, "same_to_same", "full_to_empty")


class _Cover(msgspec.Struct, frozen=True, kw_only=True):
    """`excess` is a multiple of the class's ordinary one, None for a coverage that knows none."""

    code: str
    name: str
    euros: Decimal
    excess: Decimal | None


_COVERS: Final = (
    _Cover(code="CDW", name="Collision damage waiver", euros=Decimal(19), excess=Decimal(1)),
    _Cover(code="TP", name="Theft protection", euros=Decimal(8), excess=Decimal(1)),
    _Cover(code="TPL", name="Third party liability", euros=Decimal(11), excess=None),
    _Cover(code="SCDW", name="Super collision damage waiver", euros=Decimal(16), excess=Decimal(0)),
    _Cover(code="PAI", name="Personal accident insurance", euros=Decimal(6), excess=None),
    _Cover(code="PEP", name="Personal effects protection", euros=Decimal(4), excess=None),
    _Cover(code="ALI", name="Additional liability insurance", euros=Decimal(13), excess=None),
    _Cover(code="RSN", name="Roadside assistance", euros=Decimal(5), excess=None),
)
_INCLUDED: Final = frozenset({"CDW", "TP", "TPL"})
_ONLY_WHERE_NOTHING_IS_INCLUDED: Final = frozenset({"ALI"})


class _Addition(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    name: str
    per: str
    euros: Decimal
    most_euros: Decimal | None
    most_pieces: int


_ADDITIONS: Final = (
    _Addition(code="GPS", name="Navigation", per="day", euros=Decimal(11), most_euros=Decimal(110), most_pieces=1),
    _Addition(code="INF", name="Infant seat", per="day", euros=Decimal(9), most_euros=Decimal(90), most_pieces=2),
    _Addition(code="CST", name="Child seat", per="day", euros=Decimal(9), most_euros=Decimal(90), most_pieces=3),
    _Addition(code="CBS", name="Booster seat", per="day", euros=Decimal(6), most_euros=Decimal(60), most_pieces=3),
    _Addition(code="ADD", name="Additional driver", per="day", euros=Decimal(8), most_euros=Decimal(80), most_pieces=3),
    _Addition(code="WFI", name="Wi-Fi on the road", per="day", euros=Decimal(10), most_euros=None, most_pieces=1),
    _Addition(code="SKI", name="Ski rack", per="rental", euros=Decimal(38), most_euros=None, most_pieces=1),
    _Addition(code="SNO", name="Snow chains", per="rental", euros=Decimal(29), most_euros=None, most_pieces=1),
)
_IN_SNOW: Final = frozenset({"SKI", "SNO"})


def mileage(rental: Rental, vehicle: VehicleClass) -> Mileage:
    country = rental.pick_up.country
    unit, words = distance_unit(country), (rental.seller, country, vehicle.acriss)
    if vehicle.euros < _LIMITED_ALWAYS and luck(rental.seed, "limited", *words) >= _LIMITED:
        return Mileage(unit=unit, a_day=None, each_beyond=None)
    km = 150 + 50 * pick(4, rental.seed, "a day", *words)
    a_day = km if unit == "km" else int(km * _MILES_PER_KM) // 10 * 10
    euros = vehicle.euros / 200 * (1 if unit == "km" else 1 / _MILES_PER_KM)
    return Mileage(unit=unit, a_day=a_day, each_beyond=rental.money(euros))


def coverages(rental: Rental, vehicle: VehicleClass) -> tuple[Coverage, ...]:
    """In North America nothing but the liability that the law wants is in the rate, elsewhere damage and theft are."""
    country = rental.pick_up.country
    bare = country in _NOTHING_INCLUDED
    included = frozenset({"TPL"}) if bare else _INCLUDED
    excess = rental.money(_excess_euros(rental, vehicle))
    return tuple(
        _covered(rental, vehicle, cover, included=cover.code in included, excess=excess)
        for cover in _COVERS
        if bare or cover.code not in _ONLY_WHERE_NOTHING_IS_INCLUDED
    )


def _covered(rental: Rental, vehicle: VehicleClass, cover: _Cover, *, included: bool, excess: Decimal) -> Coverage:
    dearer = 1 if cover.excess is None else (60 + vehicle.euros) / 100
    a_day = Decimal(0) if included else _with_tax(rental, cover.euros * dearer, "cover", cover.code)
    return Coverage(
        code=cover.code,
        name=cover.name,
        included=included,
        a_day=a_day,
        whole_rental=a_day * rental.days,
        excess=None if cover.excess is None else rental.rounded(excess * cover.excess),
    )


def _excess_euros(rental: Rental, vehicle: VehicleClass) -> Decimal:
    steps = pick(5, rental.seed, "excess", rental.seller, rental.pick_up.country)
    return (600 + 12 * vehicle.euros + 100 * steps) // 50 * 50


def extras(rental: Rental) -> tuple[Extra, ...]:
    snow = _snow(rental)
    return tuple(
        _offered(rental, addition)
        for addition in _ADDITIONS
        if (snow or addition.code not in _IN_SNOW)
        and luck(rental.seed, "extra", rental.seller, rental.pick_up.country, addition.code) < _OFFERS_THE_EXTRA
    )


def _offered(rental: Rental, addition: _Addition) -> Extra:
    amount = _with_tax(rental, addition.euros, "extra", addition.code)
    most = None if addition.most_euros is None else _with_tax(rental, addition.most_euros, "extra", addition.code)
    whole = amount if addition.per == "rental" else amount * rental.days
    return Extra(
        code=addition.code,
        name=addition.name,
        per=addition.per,
        amount=amount,
        most_amount=most,
        whole_rental=whole if most is None else min(whole, most),
        most_pieces=addition.most_pieces,
    )


def _snow(rental: Rental) -> bool:
    side = "north" if rental.pick_up.latitude > 0 else "south"
    return rental.pick_up.country in _SNOWY and rental.pick_up_at.month in _SKIING_MONTHS[side]


def _with_tax(rental: Rental, euros: Decimal, *words: str) -> Decimal:
    """Each seller has its own idea of what a thing is worth, within a fifth."""
    own = Decimal(90 + pick(21, rental.seed, *words, rental.seller, rental.pick_up.country)) / 100
    country = rental.pick_up.country
    return rental.money(euros * own * price_level(country) * (100 + rental.pick_up.tax_percent) / 100)


def deposit(rental: Rental, vehicle: VehicleClass) -> Decimal:
    """Held on the renter's card until the car is back."""
    return rental.money((150 + 6 * vehicle.euros) // 50 * 50)


def fuel_policy(rental: Rental) -> str:
    """full_to_full, same_to_same, or full_to_empty, where the tank is paid for."""
    return _FUEL_POLICIES[pick(len(_FUEL_POLICIES), rental.seed, "tank", rental.seller, rental.pick_up.country)]
