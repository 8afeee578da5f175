"""Which rule joins the offers of which vertical."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.matching import cars, flights, hotels
from domain.searches import Merge

MERGED: Final[Mapping[str, Merge]] = MappingProxyType(
    {"flights": flights.merged, "hotels": hotels.merged, "cars": cars.merged}
)
