"""Hotel chains that do not exist, and the brands under which they keep their houses."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from sandbox.hotels.facts import HotelKind


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """`stars` are those of most of its houses. `sibling` is the chain's other brand, whose name differs by a word."""

    name: str
    chain: str
    kind: HotelKind
    stars: int
    sibling: str | None


# chain: its brands with kind and stars; the first two are easily taken for one another
_CHAINS: Final = {
    "Velmont Hotels": ("Velmont hotel 4", "Velmont Express hotel 3", "Velmont Residence apartment 4"),
    "Lumeo Group": ("Lumeo hotel 3", "Lumeo Budget hotel 2", "Lumeo Styles hotel 3"),
    "Aldermoor International": ("Aldermoor hotel 5", "Aldermoor Garden hotel 4", "Aldermoor Lakes resort 5"),
    "Quillon Hotels & Resorts": ("Quillon hotel 4", "Quillon Plus hotel 4", "Quillon Bay resort 4"),
    "Nordhage": ("Nordhage hotel 4", "Nordhage Lite hotel 3"),
    "Kintara": ("Kintara hotel 5", "Kintara Suites apartment 5", "Kintara Island resort 5"),
    "Harbell Inns": ("Harbell Inn hotel 3", "Harbell Inn & Suites hotel 3"),
    "Osprine": ("Osprine hotel 4", "Osprine Transit hotel 3", "Osprine Beach resort 4"),
    "Calidor Collection": ("Calidor hotel 5", "Calidor Club hotel 4"),
    "Brisane": ("Brisane hotel 3", "Brisane Eco hotel 2"),
    "Solvane Stay": ("Solvane Stay apartment 3", "Solvane Stay Plus apartment 4"),
    "Tuckahoe Lodges": ("Tuckahoe Lodge hotel 2", "Tuckahoe Lodge Select hotel 3"),
    "Mirandel": ("Mirandel hotel 4", "Mirandel Moments hotel 4", "Mirandel Palms resort 4"),
    "Wanderbunk": ("Wanderbunk hostel 2", "Wanderbunk Premium hostel 3"),
    "Jinhe Hotels": ("Jinhe hotel 4", "Jinhe Express hotel 3"),
    "Parcival": ("Parcival hotel 4", "Parcival Studios apartment 3"),
}


def _brands() -> Mapping[str, Brand]:
    found = {}
    for chain, rows in _CHAINS.items():
        names = [row.rsplit(" ", 2)[0] for row in rows]
        for position, row in enumerate(rows):
            name, kind, stars = row.rsplit(" ", 2)
            sibling = names[1 - position] if position < 2 else None
            found[name] = Brand(
                name=name, chain=chain, kind=msgspec.convert(kind, HotelKind), stars=int(stars), sibling=sibling
            )
    return MappingProxyType(found)


BRANDS: Final = _brands()
