"""What each reply of Rapid's may hold: what we read, and what we know and pass over, so that a new word stands out."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from adapters.kit.drift import Shape
from adapters.suppliers.expedia import wire, wire_content


def _beneath(path: str, names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{path}.{name}" if path else name for name in names)


# What we earn and whom we may undercut is no traveller's business; prices without taxes before a discount say little.
_TOTALS: Final = ("gross_profit", "marketing_fee", "property_inclusive_strikethrough", "strikethrough")

_RATE: Final = (
    *("amenities.*.categories", "amenities.*.id", "amenities.*.value", "bed_groups.*.configuration", "bed_groups.*.id"),
    *("links", "marketing_fee_incentives", "member_deal_available", "promotions.deal.id", "sale_scenario.distribution"),
    *("promotions.value_adds.*.category", "promotions.value_adds.*.frequency", "promotions.value_adds.*.id"),
    *("promotions.value_adds.*.offer_type", "promotions.value_adds.*.person_count"),
    *(f"occupancy_pricing.*.totals.{total}" for total in _TOTALS),
)

_TRADER: Final = (
    *("address", "business_register_name", "business_register_number", "self_certification", "contact_message"),
    *("right_to_withdraw_message", "email", "phone"),
)

# We sent most of it, and pay for all of it ourselves.
_ITINERARY: Final = (
    *("additional_handling", "affiliate_metadata", "billing_contact", "conversations", "email"),
    *("essential_information", "invoicing", "itinerary_history", "links.non_vat_expedia_invoice", "phone"),
    *("room_history", "supplier_transparency", "trader_information", "travel_purpose"),
    *("rooms[].bed_group_id", "rooms[].checkout", "rooms[].child_ages", "rooms[].family_name", "rooms[].given_name"),
    *("rooms[].links.change", "rooms[].links.shop_for_change", "rooms[].loyalty", "rooms[].loyalty_id"),
    *("rooms[].number_of_adults", "rooms[].smoking", "rooms[].special_request"),
    *("rooms[].rate.amenities", "rooms[].rate.card_on_file_limit", "rooms[].rate.deposits", "rooms[].rate.id"),
    *("rooms[].rate.merchant_of_record", "rooms[].rate.promotions", "rooms[].rate.refundable_damage_deposit"),
    *(f"rooms[].rate.pricing.totals.{total}" for total in _TOTALS),
)

_PROPERTY: Final = (
    *("address.localized", "address.state_province_code", "airports", "all_inclusive", "amenities.*.categories"),
    *("amenities.*.id", "amenities.*.value", "brand", "business_model", "category.id", "chain.brands", "chain.id"),
    *("attributes.general.*.id", "attributes.general.*.value", "attributes.pets.*.id", "attributes.pets.*.value"),
    *("checkout.instructions", "dates", "fax", "images[].caption", "images[].category", "multi_unit"),
    *(f"descriptions.{of}" for of in ("amenities", "attractions", "business_amenities", "dining", "renovations")),
    *("descriptions.national_ratings", "descriptions.rooms", "onsite_payments", "payment_registration_recommended"),
    *("rank", "rates", "registry_number", "rooms", "spoken_languages", "statistics", "supply_source", "tax_id"),
    *(f"ratings.guest.{of}" for of in ("amenities", "cleanliness", "comfort", "condition", "location", "value")),
    *(f"ratings.guest.{of}" for of in ("neighborhood", "quality", "recommendation_percent", "service")),
    *("themes", "vacation_rental_details"),
)

SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "geography": Shape(type=dict[str, wire.Nearby]),
        "availability": Shape(
            type=list[wire.PropertyRates[wire.Rate]],
            passed_over=_beneath("[].rooms[].rates[]", _RATE)
            | {"[].links", "[].score", "[].status", "[].unavailable_reason"},
        ),
        "content": Shape(type=dict[str, wire_content.Content], passed_over=_beneath("*", _PROPERTY)),
        "price_check": Shape(
            type=wire.PriceCheck,
            passed_over=_beneath("occupancy_pricing.*.totals", _TOTALS)
            | _beneath("links", ("additional_rates", "commit", "payment_session", "shop"))
            | _beneath("trader_information.traders[]", _TRADER)
            | {"amount_owed", "penalty", "refund"},
        ),
        "book": Shape(
            type=wire.Created,
            passed_over=frozenset({"encoded_challenge_config", "links.cancel", "links.retrieve", "trader_information"}),
        ),
        "retrieve": Shape(type=wire.Itinerary, passed_over=frozenset(_ITINERARY)),
        "find": Shape(type=list[wire.Itinerary], passed_over=_beneath("[]", _ITINERARY)),
        "cancel_room": Shape(type=wire.Nothing),
        "cancel_held": Shape(type=wire.Nothing),
        "regions": Shape(
            type=list[wire_content.Region],
            passed_over=_beneath("[]", ("ancestors", "associations", "categories", "coordinates.bounding_polygon"))
            | _beneath("[]", ("country_subdivision_code", "descendants", "descriptor", "tags"))
            | _beneath("[]", ("property_ids", "property_ids_expanded")),
        ),
    }
)
