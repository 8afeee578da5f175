"""The numbers under which the pretend Demand API keeps kinds, facilities, beds and charges, and their names."""

from typing import Final

KINDS: Final = {
    "apartment": (201, "Apartment"),
    "guest_house": (216, "Guest house"),
    "hostel": (203, "Hostel"),
    "hotel": (204, "Hotel"),
    "resort": (206, "Resort"),
}
BEDS: Final = {
    "single": (1, "Single bed(s)"),
    "double": (2, "Double bed(s)"),
    "queen": (3, "Large bed(s) (King size)"),
    "king": (4, "Extra-large double bed(s) (Super-king size)"),
    "bunk": (5, "Bunk bed"),
    "sofa_bed": (6, "Sofa bed"),
}
FACILITIES: Final = {
    "airport_shuttle": (17, "Airport shuttle"),
    "air_conditioning": (109, "Air conditioning"),
    "bar": (7, "Bar"),
    "beach_front": (79, "Beachfront"),
    "bicycle_hire": (21, "Bicycle rental"),
    "breakfast_room": (52, "Breakfast room"),
    "business_centre": (20, "Business centre"),
    "casino": (19, "Casino"),
    "ev_charging": (182, "Electric vehicle charging station"),
    "family_rooms": (28, "Family rooms"),
    "front_desk_24h": (8, "24-hour front desk"),
    "garden": (14, "Garden"),
    "gym": (11, "Fitness centre"),
    "heating": (80, "Heating"),
    "indoor_pool": (103, "Indoor pool"),
    "kids_club": (56, "Kids' club"),
    "kitchen": (45, "Shared kitchen"),
    "laundry": (22, "Laundry"),
    "lift": (48, "Lift"),
    "luggage_storage": (50, "Luggage storage"),
    "meeting_rooms": (6, "Meeting/banquet facilities"),
    "non_smoking": (16, "Non-smoking rooms"),
    "parking": (2, "Parking"),
    "pets_allowed": (4, "Pets allowed"),
    "pool": (433, "Swimming pool"),
    "restaurant": (3, "Restaurant"),
    "room_service": (5, "Room service"),
    "sauna": (10, "Sauna"),
    "shared_lounge": (72, "Shared lounge/TV area"),
    "spa": (54, "Spa and wellness centre"),
    "tennis_court": (9, "Tennis court"),
    "terrace": (15, "Terrace"),
    "wheelchair_access": (25, "Facilities for disabled guests"),
    "wifi": (107, "Free WiFi"),
}

# The number of the service charge is theirs, all others are ours.
CHARGES: Final = {
    "service_charge": (0, "Service charge"),
    "vat": (1, "VAT"),
    "city_tax": (2, "City tax"),
    "sales_tax": (3, "Sales tax"),
    "occupancy_tax": (4, "Occupancy tax"),
    "municipality_fee": (5, "Municipality fee"),
    "tourism_fee": (6, "Tourism fee"),
    "goods_and_services_tax": (7, "Goods and services tax"),
    "resort_fee": (8, "Resort fee"),
    "cleaning_fee": (9, "Cleaning fee"),
    "parking": (10, "Parking"),
    "pet_fee": (11, "Fee for a pet"),
    "breakfast": (12, "Breakfast"),
}
OTHER_CHARGE: Final = (99, "Other charge")


def charge_number(code: str) -> int:
    return CHARGES.get(code, OTHER_CHARGE)[0]
