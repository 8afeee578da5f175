"""Where a car may be left that was picked up elsewhere: not across a sea, and not in every country."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sandbox.airports import airports, distance_km
from sandbox.cars.counters import Station
from sandbox.cars.countries import neighbours
from sandbox.chance import luck

SAME_TOWN_KM: Final = 40
_FARTHEST_KM: Final = 4_700
_FARTHEST_ABROAD_KM: Final = 1_800
_ABROAD: Final = 0.45  # share of the pairs of countries that a seller allows

# Islands without a bridge that share a clock with the mainland, or with each other; each line is one.
_ISLANDS: Final = """
PMI | IBZ | MAH | LPA | TFN TFS | ACE | FUE | SPC | GMZ | VDE | AJA BIA FSC CLY | CAG OLB AHO | PNL | LMP | RNN
HER CHQ JSH | RHO | KGS | CFU | JTR | JMK | ZTH | JSI | SMI | MJT | JKH | LXS | SKU | PAS | JNX | MLO | EFL
PDL | TER | HOR | SMA | PIX | FNC | PXO | HNL | OGG JHM | KOA ITO | LIH | LNY | MKK | CZM | HBA LST DPO
CTS OKD HKD AKJ OBO KUH MMB WKJ SHB | OKA | ISG | MMY | CJU | VBY | KOI | SYY | LSI | USM | PQC | LGK | ZNZ | NOS
BKI SDK TWU KCH MYY SBW BTU
"""
# Hundreds of islands: a car stays on its own.
_ARCHIPELAGOS: Final = frozenset(
    ("BS", "CV", "FJ", "FM", "ID", "KI", "MH", "MV", "PF", "PH", "SB", "SC", "TC", "TO", "VU")
)


def _islands() -> Mapping[str, str]:
    islands = (island.split() for line in _ISLANDS.strip().splitlines() for island in line.split("|"))
    return MappingProxyType({iata: island[0] for island in islands for iata in island})


_ISLAND: Final = _islands()


def kilometres(pick_up: Station, drop_off: Station) -> float:
    return distance_km(pick_up.airport, drop_off.airport)


def may_end_at(seller: str, pick_up: Station, drop_off: Station, seed: int) -> bool:
    """Clocks tell oceans apart: America/Chicago and Pacific/Honolulu have no road between them."""
    if _shore(pick_up.airport) != _shore(drop_off.airport):
        return False
    if pick_up.country == drop_off.country:
        farthest = SAME_TOWN_KM if pick_up.country in _ARCHIPELAGOS else _FARTHEST_KM
        return kilometres(pick_up, drop_off) <= farthest
    allowed = luck(seed, "abroad", seller, *sorted((pick_up.country, drop_off.country))) < _ABROAD
    near = kilometres(pick_up, drop_off) <= _FARTHEST_ABROAD_KM
    return near and allowed and neighbours(pick_up.country, drop_off.country)


def _shore(iata: str) -> str:
    return _ISLAND.get(iata) or airports()[iata].timezone.partition("/")[0]
