"""What the replies of the Demand API hold: the words that we read, those that we know and leave, and whose they are."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.drift import Shape
from adapters.suppliers.booking_com import wire, wire_cars, wire_orders

# What is told of travellers, wherever it stands.
PRIVATE: Final = frozenset(
    {"address_line", "email", "first_name", "guests", "last_name", "pin_code", "pincode", "post_code", "telephone"}
)

_PASSED_OVER: Final = MappingProxyType(
    {
        "search": """
            data[].commission data[].price.base data[].price.book data[].price.extra_charges
            data[].products[].price.book data[].products[].price.extra_charges.conditional[].unit_amount
            data[].products[].price.extra_charges.excluded[].unit_amount
            data[].products[].price.extra_charges.included[].unit_amount request_id
        """,
        "availability": """
            data.currency data.deep_link_url data.products[].maximum_occupancy.adults
            data.products[].maximum_occupancy.children data.products[].policies.cancellation.schedule
            data.products[].price.book data.products[].price.chargeable_online
            data.products[].price.extra_charges.conditional[].unit_amount
            data.products[].price.extra_charges.excluded[].chargeable_online
            data.products[].price.extra_charges.excluded[].unit_amount
            data.products[].price.extra_charges.included[].chargeable_online
            data.products[].price.extra_charges.included[].unit_amount data.recommendation data.url
            request_id
        """,
        "details": """
            data[].brands data[].checkin_checkout_times.checkout_from data[].contacts.general.email
            data[].contacts.reservations data[].currency data[].deep_link_url data[].description.host_type
            data[].description.license_numbers data[].description.trader data[].facility_details
            data[].fiscal_information data[].is_work_friendly data[].location.city data[].location.districts
            data[].location.regions data[].long_stay_friendly_home data[].meal_prices data[].number_of_rooms
            data[].payment data[].photos[].main_photo data[].photos[].tags data[].photos[].url.thumbnail
            data[].photos[].url.thumbnail_large data[].policies.cots_and_extra_beds
            data[].policies.damage.deposit data[].price_category data[].programmes data[].ranking
            data[].rating.preferred data[].rating.stars_type data[].rooms[].attributes
            data[].rooms[].bed_options[].bed_configurations[].id data[].rooms[].bed_options[].has_bathroom
            data[].rooms[].bed_options[].is_bedroom data[].rooms[].cots_and_extra_beds
            data[].rooms[].cribs_and_extra_beds data[].rooms[].description data[].rooms[].facilities
            data[].rooms[].maximum_occupancy data[].rooms[].number_of_rooms data[].rooms[].photos
            data[].rooms[].room_type data[].rooms[].size data[].spoken_languages data[].themes data[].url
            data[].work_friendly_home request_id
        """,
        "constants": """
            data.accommodation_facilities[].facility_type data.accommodation_themes
            data.bed_types[].description data.bed_types[].description_imperial data.facility_types
            data.review_scores data.room_facilities data.room_types request_id
        """,
        "cities": "request_id",
        "preview": """
            data.accommodation.general_policies.payment.pay_at_the_property.methods.airplus
            data.accommodation.general_policies.payment.pay_at_the_property.methods.cards
            data.accommodation.general_policies.payment.pay_online_later.methods.airplus
            data.accommodation.general_policies.payment.pay_online_later.methods.cards
            data.accommodation.general_policies.payment.pay_online_now.methods.airplus
            data.accommodation.general_policies.payment.pay_online_now.methods.cards
            data.accommodation.price.base data.accommodation.price.extra_charges
            data.accommodation.products[].price.chargeable_online
            data.accommodation.products[].price.extra_charges.conditional[].unit_amount
            data.accommodation.products[].price.extra_charges.non_conditional[].unit_amount request_id
        """,
        "create": "data.payment.authorisation_form_url request_id",
        "orders": """
            data[].accommodations data[].affiliate data[].booker data[].cars data[].commission
            data[].created data[].currency data[].flights data[].loyalty_reward data[].payment data[].price
            data[].status data[].updated request_id
        """,
        "order_details": """
            data[].cancellation_details.original_total_price
            data[].accommodation_details data[].accommodation_order_references data[].booker data[].checkin
            data[].checkout data[].commission data[].credit_slip data[].credit_slip_number data[].inventory
            data[].key_collection_information data[].price.commissionable data[].products[].allocation
            data[].products[].guests data[].products[].policies.smoking_preference data[].products[].price
            data[].products[].room data[].products[].room_details data[].products[].room_reservation
            data[].products[].status data[].remarks data[].stay_probability request_id
        """,
        "cancel": "request_id",
        "car_search": "request_id search_token",
        "car_suppliers": "data[].logo request_id",
        "car_details": """
            data[].specification.description data[].specification.transmission data[].supplier request_id
        """,
        "depots": """
            data[].city data[].contact.email data[].drop_off data[].location.city data[].pick_up
            data[].ratings data[].services data[].supplier request_id
        """,
        "currencies": "data request_id",
    }
)


def _shape(operation: str, kind: Any, records: Mapping[str, Any] = MappingProxyType({})) -> Shape:
    return Shape(type=kind, records=records, passed_over=frozenset(_PASSED_OVER[operation].split()))


SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "search": _shape("search", wire.Listed[msgspec.Raw], {"data[]": wire.Accommodation}),
        "availability": _shape("availability", wire.Answered[wire.Availability | None]),
        "details": _shape("details", wire.Listed[msgspec.Raw], {"data[]": wire.Details}),
        "constants": _shape("constants", wire.Answered[wire.Constants]),
        "cities": _shape("cities", wire.Listed[msgspec.Raw], {"data[]": wire.City}),
        "currencies": _shape("currencies", wire.Wire),
        "preview": _shape("preview", wire.Answered[wire_orders.Preview]),
        "create": _shape("create", wire_orders.CreateReply),
        "orders": _shape("orders", wire.Counted[wire_orders.OrderRow]),
        "order_details": _shape("order_details", wire.Answered[list[wire_orders.OrderDetails]]),
        "cancel": _shape("cancel", wire.Answered[wire_orders.CancelStatus]),
        "car_search": _shape("car_search", wire.Counted[msgspec.Raw], {"data[]": wire_cars.Product}),
        "car_suppliers": _shape("car_suppliers", wire.Counted[wire_cars.Vendor]),
        "car_details": _shape("car_details", wire.Counted[msgspec.Raw], {"data[]": wire_cars.Car}),
        "depots": _shape("depots", wire.Counted[msgspec.Raw], {"data[]": wire_cars.Depot}),
    }
)
