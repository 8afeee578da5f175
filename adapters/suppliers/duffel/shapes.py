"""Which of Duffel's words each reply may hold: those that we read, and those that we know and pass over."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.drift import Shape
from adapters.suppliers.duffel import wire

# Names whose values are nobody else's business, in what we send and in what comes back.
PRIVATE: Final = frozenset(
    {
        "born_on",
        "email",
        "family_name",
        "gender",
        "given_name",
        "identity_documents",
        "passenger_name[]",
        "phone_number",
        "title",
        "unique_identifier",
    }
)

_META: Final = ("meta.before", "meta.limit")
_AIRLINE: Final = ("id", "logo_lockup_url", "logo_symbol_url")
_CARRIER: Final = (*_AIRLINE, "conditions_of_carriage_url")
_PORT: Final = (
    *("id", "type", "name", "icao_code", "iata_country_code", "iata_city_code", "city_name", "city"),
    *("latitude", "longitude", "airports"),
)
_PASSENGER: Final = ("family_name", "fare_type", "given_name", "loyalty_programme_accounts")
_SLICE_ENDS: Final = ("origin", "origin_type", "destination", "destination_type")


def _under(path: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{path}.{name}" for name in names)


_SEGMENT: Final = (
    *("id", "distance", "aircraft.id", "stops[].id", "stops[].arriving_at", "stops[].departing_at"),
    *_under("origin", _PORT),
    *_under("destination", _PORT),
    *_under("stops[].airport", _PORT),
    *_under("marketing_carrier", _CARRIER),
    *_under("operating_carrier", _CARRIER),
    *_under("passengers[].cabin", ("name", "marketing_name")),
)
_OFFER: Final = (
    *("live_mode", "supported_loyalty_programmes"),
    *("intended_payment_methods", "intended_services"),
    *_under("owner", _AIRLINE),
    *_under("passengers[]", _PASSENGER),
    *_under("private_fares[]", ("corporate_code", "tracking_reference")),
    *_under("available_services[]", ("segment_ids",)),
    *_under(
        "available_services[].metadata",
        (
            *("maximum_depth_cm", "maximum_height_cm", "maximum_length_cm"),
            *("merchant_copy", "refund_amount", "terms_and_conditions_url"),
        ),
    ),
    *_under("slices[]", ("id", "duration", "ngs_shelf", "comparison_key", *_SLICE_ENDS)),
    *_under("slices[].segments[]", _SEGMENT),
)
_ORDER: Final = (
    *("airline_initiated_changes", "base_amount", "base_currency", "cancellation", "changes", "content", "created_at"),
    *("live_mode", "passengers", "services", "synced_at", "tax_amount", "tax_currency", "users"),
    "payment_status.paid_at",
    "documents[].passenger_ids",
    *_under("owner", _CARRIER),
    *_under(
        "slices[]",
        ("id", "duration", "fare_brand_name", "ngs_shelf", "comparison_key", "conditions", "changeable", *_SLICE_ENDS),
    ),
    *_under(
        "slices[].segments[]",
        (
            *("id", "aircraft", "arriving_at", "destination", "destination_terminal", "distance", "duration"),
            *("marketing_carrier", "marketing_carrier_flight_number", "operating_carrier"),
            *("operating_carrier_flight_number", "origin_terminal", "passengers", "stops"),
        ),
    ),
    *_under("slices[].segments[].origin", _PORT),
)
_CANCELLATION: Final = (
    *("created_at", "expires_at", "live_mode", "order_id"),
    *_under("airline_credits[]", ("credit_amount", "credit_currency", "id", "issued_on", "passenger_id")),
)
_SEARCH: Final = (
    *("cabin_class", "client_key", "created_at", "live_mode", "offers", "slices"),
    *_under("passengers[]", _PASSENGER),
)
_SERVICES: Final = "available_services[]"


def _single(record: type, names: Iterable[str], records: Mapping[str, type] = MappingProxyType({})) -> Shape:
    told = {f"data.{path}": kind for path, kind in records.items()}
    return Shape(type=wire.Single[record], records=told, passed_over=frozenset(_under("data", names)))  # type: ignore[valid-type]  # made at run time, for each record


def _page(record: type, names: Iterable[str], records: Mapping[str, type] = MappingProxyType({})) -> Shape:
    told = {"data[]": record, **{f"data[].{path}": kind for path, kind in records.items()}}
    known = frozenset((*_META, *_under("data[]", names)))
    return Shape(type=wire.Page[msgspec.Raw], records=told, passed_over=known)


_LISTED_AIRLINE: Final = ("conditions_of_carriage_url", "logo_lockup_url", "logo_symbol_url")

SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "search": _single(wire.OfferRequest, _SEARCH),
        "offers": _page(wire.Offer, _OFFER, {_SERVICES: wire.Service}),
        "offer": _single(wire.Offer, _OFFER, {_SERVICES: wire.Service}),
        "price": _single(wire.Offer, _OFFER, {_SERVICES: wire.Service}),
        "book": _single(wire.Order, _ORDER),
        "order": _single(wire.Order, _ORDER),
        "orders": _page(wire.Order, _ORDER),
        "pay": _single(wire.Payment, ("amount", "created_at", "currency", "live_mode", "order_id", "type")),
        "cancel": _single(wire.OrderCancellation, _CANCELLATION),
        "confirm": _single(wire.OrderCancellation, _CANCELLATION),
        "airports": _page(wire.Airport, ("city",)),
        "airlines": _page(wire.ListedAirline, _LISTED_AIRLINE),
        "places": Shape(
            type=wire.Single[list[msgspec.Raw]],
            records={"data[]": wire.Suggestion, "data[].airports[]": wire.Airport},
            passed_over=frozenset({"data[].city", "data[].airports[].city"}),
        ),
    }
)
