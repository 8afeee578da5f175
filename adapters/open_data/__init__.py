"""The catalogues that need no key and no network, for as long as no supplier's key is set."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from adapters.kit.calls import Readout
from adapters.open_data import airlines, airports
from domain.catalogue import Subject
from domain.places import Airline, Airport

CATALOGUES: Final[Mapping[Subject, Callable[[], Readout[Airport] | Readout[Airline]]]] = MappingProxyType(
    {Subject.AIRPORTS: airports.airports, Subject.AIRLINES: airlines.airlines}
)

SOURCES: Final[Mapping[Subject, str]] = MappingProxyType(
    {Subject.AIRPORTS: airports.SOURCE, Subject.AIRLINES: airlines.SOURCE}
)
