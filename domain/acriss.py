"""ACRISS car codes: four letters for category, type, transmission and drive, fuel and air conditioning.

Source: the car classification matrix that the Association of Car Rental Industry Systems Standards publishes.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


class Transmission(StrEnum):
    MANUAL = "manual"
    AUTOMATIC = "automatic"


CATEGORIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "M": "mini", "N": "mini_elite", "E": "economy", "H": "economy_elite", "C": "compact", "D": "compact_elite",
        "I": "intermediate", "J": "intermediate_elite", "S": "standard", "R": "standard_elite", "F": "fullsize",
        "G": "fullsize_elite", "P": "premium", "U": "premium_elite", "L": "luxury", "W": "luxury_elite",
        "O": "oversize", "X": "special",
    }
)  # fmt: skip
TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "B": "2-3 door", "C": "2/4 door", "D": "4-5 door", "W": "wagon/estate", "V": "passenger van", "L": "limousine",
        "S": "sport", "T": "convertible", "F": "SUV", "J": "open air all terrain", "X": "special", "P": "pickup (single cab)",
        "Q": "pickup (extended cab)", "Z": "special offer car", "E": "coupe", "M": "monospace", "R": "recreational vehicle",
        "H": "motor home", "Y": "2 wheel vehicle", "N": "roadster", "G": "crossover", "K": "commercial van/truck",
    }
)  # fmt: skip
GEARS: Final[Mapping[str, tuple[Transmission, str | None]]] = MappingProxyType(
    {
        "M": (Transmission.MANUAL, None), "N": (Transmission.MANUAL, "4WD"), "C": (Transmission.MANUAL, "AWD"),
        "A": (Transmission.AUTOMATIC, None), "B": (Transmission.AUTOMATIC, "4WD"), "D": (Transmission.AUTOMATIC, "AWD"),
    }
)  # fmt: skip
# letter -> (fuel where the letter tells it, air conditioning)
FUELS: Final[Mapping[str, tuple[str | None, bool]]] = MappingProxyType(
    {
        "R": (None, True), "N": (None, False), "D": ("diesel", True), "Q": ("diesel", False), "H": ("hybrid", True),
        "I": ("plug-in hybrid", True), "E": ("electric", True), "C": ("electric plus", True), "L": ("LPG", True),
        "S": ("LPG", False), "A": ("hydrogen", True), "B": ("hydrogen", False), "M": ("multi fuel", True),
        "F": ("multi fuel", False), "V": ("petrol", True), "Z": ("petrol", False), "U": ("ethanol", True),
        "X": ("ethanol", False),
    }
)  # fmt: skip


class CarClass(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`drive` is 4WD, AWD or None (not specified), `fuel` None where the code leaves it open."""

    code: str
    category: str
    type: str
    transmission: Transmission
    drive: str | None
    fuel: str | None
    air_conditioning: bool


def car_class(code: str) -> CarClass:
    """What the four letters say. Raises ValueError for a code that is not in the matrix."""
    letters = code.upper()
    try:
        category, kind, gears, fuels = tuple(letters)
        transmission, drive = GEARS[gears]
        fuel, air_conditioning = FUELS[fuels]
        return CarClass(
            code=letters, category=CATEGORIES[category], type=TYPES[kind], transmission=transmission, drive=drive,
            fuel=fuel, air_conditioning=air_conditioning,
        )  # fmt: skip
    except (KeyError, ValueError) as error:
        raise ValueError(f"{code!r} is not an ACRISS code") from error
