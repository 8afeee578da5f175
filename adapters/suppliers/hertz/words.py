"""Codes of OpenTravel's lists as words, and the kinds that charges are of."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.cars import Distance, Per
from domain.offers import ComponentKind

BRANDS: Final[Mapping[str, str]] = MappingProxyType({"ZE": "Hertz", "ZR": "Dollar", "ZT": "Thrifty"})

# The list VCP, of what a charge is for. Sums of other charges, and what would only be due for more, are parts of no price.
PURPOSES: Final = frozenset(str(code) for code in range(1, 29))
KINDS: Final[Mapping[str, ComponentKind]] = MappingProxyType(
    {
        "1": ComponentKind.RENTAL,
        "3": ComponentKind.DISCOUNT,
        "4": ComponentKind.INSURANCE,
        "7": ComponentKind.TAX,
        "12": ComponentKind.EXTRA,
        "21": ComponentKind.EXTRA,
    }
)
BEYOND: Final = "8"  # each mile or kilometre more
NO_PART: Final[Mapping[str, str]] = MappingProxyType(
    {
        "9": "additional_week",
        "10": "additional_day",
        "11": "additional_hour",
        "22": "prepay_amount",
        "23": "pay_on_arrival_amount",
        "26": "mandatory_charges_total",
        "27": "subtotal",
        "28": "optional_charge",
    }
)

# The list VCT. 59 is seen in answers, but in no list.
COVERAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1": "Additional liability insurance",
        "7": "Collision damage waiver",
        "10": "Compulsory insurance",
        "13": "Damage excess reduction",
        "16": "Full coverage",
        "17": "Glass and tyre waiver",
        "24": "Loss damage waiver",
        "27": "Liability insurance supplement",
        "32": "Personal accident insurance",
        "34": "Personal accident and effects coverage",
        "35": "Personal effects protection",
        "38": "Personal property insurance",
        "40": "Super collision damage waiver",
        "42": "Supplemental liability insurance",
        "45": "Super theft protection",
        "46": "Theft protection waiver",
        "47": "Theft insurance",
        "48": "Theft protection",
        "49": "Third party coverage",
        "50": "Third party insurance",
        "52": "Uninsured motorist coverage",
        "55": "Young drivers insurance",
        "56": "Maximum cover",
    }
)

# The list EQP.
EQUIPMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1": "Mobile phone",
        "2": "Bike rack",
        "3": "Luggage rack",
        "4": "Ski rack",
        "5": "Trailer hitch",
        "7": "Infant seat",
        "8": "Child seat",
        "9": "Booster seat",
        "10": "Snow chains",
        "11": "Hand control on the right",
        "12": "Hand control on the left",
        "13": "Navigation",
        "14": "Snow tyres",
        "15": "Pushchair",
        "16": "DVD player",
        "27": "Satellite radio",
        "30": "Winter package",
    }
)

# The lists number alike, so that a code is told with the name of its list: VCT7 is a waiver, EQP7 a seat.
COVERAGE, EQUIP = "VCT", "EQP"

# The list RUL, of what a payment rule is about.
CANCEL, PREPAY, DEPOSIT, GUARANTEE = "1", "2", "3", "4"

PERIODS: Final[Mapping[str, Per]] = MappingProxyType({"Day": Per.DAY, "RentalPeriod": Per.RENTAL})
DISTANCES: Final[Mapping[str, Distance]] = MappingProxyType({"Mile": Distance.MILE, "Km": Distance.KM})
