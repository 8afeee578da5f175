"""Shapes that every vertical has in its own way: what is common to all, and one field that is the vertical's."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from api.vertical import Vertical
from api.verticals import VERTICALS


def for_each_vertical(
    common: type[msgspec.Struct], field: str, kind: Callable[[Vertical], Any]
) -> Mapping[str, type[Any]]:
    """By the vertical's name: FlightQuote, StayQuote and RentalQuote of a Quote, for offers of these names."""
    return MappingProxyType(
        {
            name: msgspec.defstruct(
                f"{vertical.details.__name__.removesuffix('OfferDetails')}{common.__name__}",
                [(field, kind(vertical))],
                bases=(common,),
                namespace={"__doc__": common.__doc__},
                frozen=True,
                kw_only=True,
            )
            for name, vertical in VERTICALS.items()
        }
    )
