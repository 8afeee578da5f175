"""Which of Kiwi's words each reply may hold: those that we read, and those that we know and pass over."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.drift import Shape
from adapters.suppliers.kiwi import wire, wire_booking

# Names whose values are nobody else's business, in what we send and in what comes back. A place has a name too.
PRIVATE: Final = frozenset(
    {
        *("birthday", "cardno", "email", "expiration", "name", "nationality", "phone", "surname", "title"),
        *("first_name", "last_name", "middle_name"),
    }
)


def _under(path: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{path}.{name}" for name in names)


# ---- searches ----

_ENDS: Final = ("cityFrom", "cityCodeFrom", "cityTo", "cityCodeTo")
_CLOCKS: Final = ("local_departure", "local_arrival", "utc_departure", "utc_arrival")
_ENVELOPE: Final = (
    *("search_id", "fx_rate", "currency_rate", "all_airlines", "all_stopover_airports", "time", "connections"),
    *("refresh", "del", "ref_tasks", "sort_version", "_results"),
    *_under("search_params", ("flyFrom_type", "to_type", "seats.passengers")),
)
_SEGMENT: Final = (
    *_ENDS,
    *("id", "combination_id", "last_seen", "refresh_timestamp"),
)
# What is told of a whole journey and follows from its flights, its price or its question.
_JOURNEY: Final = (
    *_ENDS,
    *_CLOCKS,
    *("id", "flyFrom", "flyTo", "countryFrom", "countryTo", "nightsInDest", "distance", "duration", "airlines"),
    *("conversion", "fare", "routes", "transfers", "type_flights", "tracking_pixel", "rank"),
)
_BAG_LIMIT: Final = (
    *(f"hold_{side}" for side in ("height", "length", "width", "dimensions_sum")),
    *(f"hand_{side}" for side in ("height", "length", "width", "weight", "dimensions_sum")),
    *(f"personal_item_{side}" for side in ("height", "length", "width", "weight", "dimensions_sum")),
)
_ITINERARY: Final = (
    *_JOURNEY,
    *_under("baglimit", _BAG_LIMIT),
    *_under("route[]", _SEGMENT),
)
_PART: Final = (
    *_JOURNEY,
    *("price", "booking_token", "deep_link", "quality", "price_dropdown", "bags_price", "baglimit", "availability"),
    *("facilitated_booking_available", "pnr_count", "has_airport_change", "technical_stops", "throw_away_ticketing"),
    *("hidden_city_ticketing", "virtual_interlining"),
    *_under("route[]", _SEGMENT),
)

# ---- places ----

_PLACE: Final = (
    *("int_id", "airport_int_id", "active", "slug", "slug_en", "alternative_names", "rank", "global_rank_dst"),
    *("dst_popularity_score", "country", "region", "continent", "subdivision", "autonomous_territory"),
    *("population", "airports", "stations", "hotels", "bus_stations", "alternative_departure_points", "tags"),
    *("providers", "special", "tourist_region", "car_rentals", "new_ground", "routing_priority"),
    *_under("city", ("id", "slug", "subdivision", "autonomous_territory", "nearby_country", "region", "continent")),
    *_under("city.country", ("id", "name", "slug")),
)

# ---- booking ----

_STANDING: Final = (
    *("server_time", "flights_to_check", "flights_real_checked", "orig_price", "orig_price_usage", "flights_price"),
    *("flight_real_price", "one_passenger", "adults_price", "children_price", "infants_price", "credits_price"),
    *("eur_payment_price", "currency", "pnum", "max_passengers", "adult_threshold", "bags_price", "luggage"),
    *("segments", "route", "transfers", "additional_services", "infants_conditions", "margin_state_id"),
    *("mandatory_ancillaries", "booking_token"),
)
_FLIGHT: Final = (
    *("id", "combination_trip_id", "original_trip_id", "operating_flight_no", "airline", "operating_airline"),
    *(f"{end}_{fact}" for end in ("src", "dst") for fact in ("name", "station", "country", "terminal")),
    *("vehicle", "price", "eur", "eur_children", "eur_infants", "invalid", "passengers_flight_check", "refreshed"),
    *("refresh_ttl", "refresh_period", "fare_basis", "fare_category", "fare_classes", "fare_family", "seats"),
    *("checkin", "return", "bags_recheck_required", "is_self_transfer", "segment_pricing", *_CLOCKS),
)
_BAG_PRICE: Final = ("base", "service", "service_flat", "merchant")
_CHECKED: Final = (
    *_STANDING,
    *_under("conversion", ("bags_price", "adults_price", "children_price", "infants_price")),
    *_under("flights[]", _FLIGHT),
    *(
        path
        for kind in ("hold_bag", "hand_bag")
        for path in (
            *_under(f"baggage.definitions.{kind}[]", ("is_hold", "conditions.is_priority")),
            *_under(f"baggage.definitions.{kind}[].price", _BAG_PRICE),
            f"baggage.definitions.{kind}[].restrictions.dimensions_sum",
            *_under(f"baggage.combinations.{kind}[]", ("category", "conditions.is_priority")),
            *_under(f"baggage.combinations.{kind}[].price", _BAG_PRICE),
        )
    ),
)
# A booking tells all of its check again, and of it we read less.
_SAVED: Final = (
    *_STANDING,
    *("session_id", "flights_checked", "conversion", "document_options", "age_category_thresholds", "baggage"),
    *("flights", "tickets_price", "bags_fee", "sp_fee", "book_fee", "extra_fee", "fee_airline", "insurance_price"),
    *("visas_agreement_requiered", "status_code", "auth_token", "passengers", "promocode", "zooz_token"),
)
_COMBINED: Final = {f"baggage.combinations.{kind}[]": wire_booking.Combination for kind in ("hold_bag", "hand_bag")}

SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "search": Shape(
            type=wire.SearchReply[msgspec.Raw],
            records={"data[]": wire.Itinerary, "data[].route[]": wire.Segment},
            passed_over=frozenset((*_ENVELOPE, *_under("data[]", _ITINERARY))),
        ),
        "multi": Shape(
            type=list[msgspec.Raw],
            records={"[]": wire.Combination, "[].route[].route[]": wire.Segment},
            passed_over=frozenset(_under("[].route[]", _PART)),
        ),
        "locations": Shape(
            type=wire.PlacesReply,
            records={"locations[]": wire.Place},
            passed_over=frozenset(
                ("meta", "last_refresh", "results_retrieved", "search_after", *_under("locations[]", _PLACE))
            ),
        ),
        "check": Shape(type=wire_booking.Checked, records=_COMBINED, passed_over=frozenset(_CHECKED)),
        "save": Shape(type=wire_booking.Saved, passed_over=frozenset(_SAVED)),
        "confirm": Shape(type=wire_booking.Confirmed),
    }
)
