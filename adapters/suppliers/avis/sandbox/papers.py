"""How cars, prices and what may be added to them are written down, in the counter's currency and in another one."""

from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.suppliers.avis.sandbox.refusals import invalid, refused
from adapters.suppliers.avis.sandbox.worlds import World

_FUELS: Final = {"petrol": "Petrol", "diesel": "Diesel", "hybrid": "Hybrid", "electric": "Electric"}
_GROUPS: Final = {
    "M": "Mini", "E": "Economy", "C": "Compact", "I": "Intermediate", "S": "Standard", "F": "Full Size",
    "P": "Premium", "L": "Luxury",
}  # fmt: skip
# The world's code -> theirs and their name for it, mistakes included.
_INSURANCE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "CDW": ("CDW", "Collision Damage Waver"),
        "TP": ("TP", "Theft Protection"),
        "TPL": ("LI", "Additional Protection Insurance"),
        "SCDW": ("SCDW", "Super Collision Damage Waiver"),
        "PAI": ("PAI", "Personal Accident Insurance"),
        "PEP": ("PEP", "Personal Effects Protection"),
        "ALI": ("ALI", "Additional Liability Insurance"),
    }
)
_EXTRAS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "GPS": ("GPS", "COUNTER_PROD", "GPS Unit"),
        "INF": ("CIS", "SPEC_EQUIP", "Child Infant Seat"),
        "CST": ("CSS", "SPEC_EQUIP", "Child Safety Seat"),
        "CBS": ("CBS", "SPEC_EQUIP", "Child Booster Seat"),
        "ADD": ("ADD", "COUNTER_PROD", "Additional Driver"),
        "SKI": ("SKR", "SPEC_EQUIP", "Ski Rack"),
        "SNO": ("SNC", "SPEC_EQUIP", "Snow Chains"),
        "WFI": ("WFI", "COUNTER_PROD", "WiFi"),
    }
)
_ASSISTANCE: Final = ("RSN", "COUNTER_PROD", "Roadside Saftey Net")
_DEARER: Final = Decimal("1.08")
_DIGITS: Final = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}

Convert = Callable[[Decimal], Decimal]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Something that may be added: `price` of one piece as it is listed, `whole` for the rental."""

    code: str
    kind: str
    name: str
    price: Decimal
    whole: Decimal
    most: int


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    insurance: frozenset[str] = frozenset()
    extras: Mapping[str, int] = MappingProxyType({})


def chosen(insurance: list[dict[str, Any]], additions: list[dict[str, Any]], quote: Any) -> Chosen:
    """Raises Refused for what is not on the lists of this car."""
    insured = {str(each.get("code")) for each in insurance}
    if insured - {_INSURANCE[cover.code][0] for cover in quote.coverages if cover.code in _INSURANCE}:
        raise refused("14299")
    listed = {line.code: line.most for line in lines(quote)}
    pieces: dict[str, int] = {}
    for each in additions:
        code, quantity = str(each.get("code")), each.get("quantity", 1)
        if code not in listed or type(quantity) is not int or not 0 <= quantity <= listed[code]:
            raise invalid(f"Invalid element <{code}>.")
        if quantity:
            pieces[code] = quantity
    return Chosen(insurance=frozenset(insured), extras=pieces)


def lines(quote: Any) -> tuple[Line, ...]:
    return tuple(_lines(quote))


def _lines(quote: Any) -> Iterator[Line]:
    for extra in quote.extras:
        code, kind, name = _EXTRAS[extra.code]
        yield Line(
            code=code,
            kind=kind,
            name=name,
            price=extra.amount,
            whole=extra.whole_rental,
            most=extra.most_pieces,
        )
    for cover in quote.coverages:
        if cover.code == _ASSISTANCE[0]:
            code, kind, name = _ASSISTANCE
            yield Line(code=code, kind=kind, name=name, price=cover.a_day, whole=cover.whole_rental, most=1)


class Papers:
    def __init__(self, world: World) -> None:
        self._world: Final = world

    def converting(self, currency: str, wanted: str | None) -> Convert | None:
        """None where nothing is to be converted. Raises Refused for a currency that nobody knows."""
        if wanted is None:
            return None
        rate, local = self._world.rate(wanted), self._world.rate(currency)
        if rate is None or local is None:
            raise invalid(f"Invalid element <{wanted}>.")
        factor, digits = rate / local, Decimal(1).scaleb(-_DIGITS.get(wanted, 2))
        return lambda amount: (amount * factor).quantize(digits, ROUND_HALF_UP)


def as_it_is(amount: Decimal) -> Decimal:
    return amount


# ---- cars ----


def category(quote: Any, *, on_request: bool) -> dict[str, Any]:
    make, _, model = quote.model.partition(" ")
    group = _group(quote.acriss)
    return {
        "name": f"Group {group} - {quote.model} or similar",
        "make": make,
        "model": int(model) if model.isdecimal() else model,  # a Fiat 500 is a number
        "sipp_code": quote.acriss,
        "vehicle_class_code": group,
        "vehicle_class_name": _GROUPS[quote.acriss[0]],
        "vehicle_transmission": quote.transmission.capitalize(),
        "vehicle_status": "OnRequest" if on_request else "Available",
        "image_url": f"https://www.avis.example/cars/{quote.acriss.lower()}.png",
    }


def _group(acriss: str) -> str:
    """Their own letter or two for a class."""
    return acriss[0] + ("" if acriss[1] in "BCD" else acriss[1])


def features(quote: Any) -> dict[str, bool]:
    return {
        "air_conditioned": quote.air_conditioning,
        "bluetooth_equipped": quote.acriss[0] not in "ME",
        "smoke_free": True,
        "connected_car": quote.acriss[0] in "PL",
    }


def capacity(quote: Any) -> dict[str, Any]:
    """All of it as text."""
    told: dict[str, Any] = {
        "doors": str(quote.doors),
        "seats": str(quote.seats),
        "fuel_type": _FUELS[quote.fuel],
        "luggage_capacity": {"large_suitcase": str(quote.large_bags), "small_suitcase": str(quote.small_bags)},
    }
    return told if quote.mpg is None else {**told, "mpg": "/".join(map(str, quote.mpg))}


def distance(quote: Any) -> dict[str, Any]:
    told = quote.mileage
    unit = "Mile" if told.unit == "mi" else "Kilometer"
    if told.unlimited:
        return {"unlimited_distance": True, "distance_unit": unit}
    return {
        "unlimited_distance": False,
        "distance_unit": unit,
        "distance_covered": told.a_day * quote.days,
        "distance_overage": told.each_beyond,
    }


# ---- prices ----


def search_totals(quote: Any, quote_id: str, currency: str, convert: Convert, *, young: bool) -> dict[str, Any]:
    """Both ways to pay, each under its own rate code."""
    told: dict[str, Any] = {
        "rate": {
            "currency": currency,
            "rate_code": quote.pay_later.rate_code,
            "rate_type": "LEISURE",
            "quote_id": quote_id,
            "under_age_fee_applied": young,
        },
        "pay_later": _sums(quote.pay_later, convert),
    }
    told["pay_later"]["rate_code"] = quote.pay_later.rate_code
    if quote.pay_now is not None:
        told["pay_now"] = {
            **_sums(quote.pay_now, convert),
            "rate_code": quote.pay_now.rate_code,
            "original_vehicle_total": convert(quote.pay_later.base),
            "original_reservation_total": convert(quote.pay_later.total),
        }
    return told


def _sums(price: Any, convert: Convert) -> dict[str, Any]:
    taxes = sum((charge.amount for charge in price.charges if charge.kind == "sales_tax"), Decimal(0))
    fees = price.total - price.base - taxes
    return {
        "vehicle_total": convert(price.base),
        "taxes_total": convert(taxes),
        "fees_total": convert(fees),
        "taxes_fees_total": convert(taxes + fees),
        "reservation_total": convert(price.total),
    }


def exact_totals(quote: Any, price: Any, picked: Chosen, rate: Mapping[str, Any], convert: Convert) -> dict[str, Any]:
    """Line by line, with what was chosen; the last line only may come to be due."""
    insurance = sum((cover.whole_rental for cover in quote.coverages if _code(cover) in picked.insurance), Decimal(0))
    extras = sum((line.whole * picked.extras.get(line.code, 0) for line in lines(quote)), Decimal(0))
    sums = _sums(price, convert)
    if insurance:
        sums["insurance_total"] = convert(insurance)
    if extras:
        sums["extras_total"] = convert(extras)
    sums["reservation_total"] = convert(price.total + insurance + extras)
    told = {
        **rate,
        "amount": convert(price.base),
        "days": quote.days,
        "hours": 0,
        "taxes_fees": {"taxes": list(_taxes(price, convert)), "fees": list(_fees(price, convert))},
    }
    return {"rate": told, "totals": sums}


def _taxes(price: Any, convert: Convert) -> Iterator[dict[str, Any]]:
    for charge in price.charges:
        if charge.kind == "sales_tax":
            yield {"type": charge.description, "amount": convert(charge.amount), "included_in_total": True}


def _fees(price: Any, convert: Convert) -> Iterator[dict[str, Any]]:
    for charge in price.charges:
        if charge.kind != "sales_tax":
            yield {"name": charge.description, "amount": convert(charge.amount), "included_in_total": True}
    no_show = convert(price.cancellation.no_show_fee)
    yield {"name": "No Show Fee", "amount": no_show, "included_in_total": False}


def insurance(quote: Any, picked: Chosen, secondary: tuple[str, Convert] | None) -> list[dict[str, Any]]:
    return [_insurance(quote, cover, picked, secondary) for cover in quote.coverages if cover.code in _INSURANCE]


def _insurance(quote: Any, cover: Any, picked: Chosen, secondary: tuple[str, Convert] | None) -> dict[str, Any]:
    code, name = _INSURANCE[cover.code]
    wanted = code in picked.insurance
    told: dict[str, Any] = {
        "code": code,
        "name": name,
        "currency": quote.currency,
        "amount": cover.a_day,
        "total_owed": cover.whole_rental if wanted else Decimal(0),
        "included_in_rate": cover.included,
        "selected": cover.included or wanted,
        "selection_note": "DEFAULT" if cover.included else "ACCEPTED" if wanted else "DECLINED",
        "tax_included": True,
    }
    if cover.excess is not None:
        told["excess_amount"] = cover.excess
    if secondary is not None:
        currency, convert = secondary
        told |= {
            f"secondary_{field}": convert(told[field])
            for field in ("amount", "excess_amount", "total_owed")
            if field in told
        }
        told["secondary_currency"] = currency
    return told


def extras(quote: Any, price: Any, picked: Chosen, secondary: tuple[str, Convert] | None) -> list[dict[str, Any]]:
    """The whole price list: a quantity of 0 is no choice. What it costs not to come stands among them."""
    fee = price.cancellation.no_show_fee
    no_show = Line(code="NSF", kind="COUNTER_PROD", name="No Show Fee", price=fee, whole=Decimal(0), most=1)
    return [_extra(quote.currency, line, picked, secondary) for line in (*lines(quote), no_show)]


def _extra(currency: str, line: Line, picked: Chosen, secondary: tuple[str, Convert] | None) -> dict[str, Any]:
    pieces = picked.extras.get(line.code, 0)
    told: dict[str, Any] = {
        "code": line.code,
        "type": line.kind,
        "description": line.name,
        "quantity": pieces,
        "amount": line.price,
        "currency": currency,
        "total_owed": line.whole * pieces,
        "included_in_rate": False,
        "max_allowed_quantity": line.most,
        "tax_included": True,
    }
    if secondary is not None:
        other, convert = secondary
        told |= {f"secondary_{field}": convert(told[field]) for field in ("amount", "total_owed")}
        told["secondary_currency"] = other
    return told


def _code(cover: Any) -> str | None:
    return _INSURANCE[cover.code][0] if cover.code in _INSURANCE else None


def dearer(quote: Any) -> Any:
    """The same car at a higher price."""
    raised = {name: _raised(price) for name in ("pay_later", "pay_now") if (price := getattr(quote, name)) is not None}
    return msgspec.structs.replace(quote, **raised)


def _raised(price: Any) -> Any:
    base = (price.base * _DEARER).quantize(price.base, ROUND_HALF_UP)
    return msgspec.structs.replace(price, base=base, total=price.total - price.base + base)


# ---- what is told in sentences ----


def disclaimers(quote: Any, price: Any) -> list[dict[str, str]]:
    policy = quote.fuel_policy.replace("_", " ").upper()
    late = price.cancellation.late_fee
    sentences = [
        f"FUEL POLICY IS {policy}",
        f"A DEPOSIT OF {quote.deposit} {quote.currency} IS HELD ON THE CARD OF THE RENTER",
    ]
    if late:
        sentences.append(f"{late} {quote.currency} LATE CANCELLATION FEE MAY APPLY")
    return [{"description": sentence} for sentence in sentences]


def terms(brand: str, listing: Any) -> list[dict[str, str]]:
    endpoint = f"https://stage.abgapiservices.com/terms/v2/location/{brand}/{listing.country}/{listing.code}/en_US"
    return [{"type": "location", "method": "GET", "endpoint": endpoint}]
