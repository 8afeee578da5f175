"""The OpenSky Network: where aircraft are, what they have flown, and on which way."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from adapters.kit.auth import ClientCredentials
from adapters.kit.drift import Shape
from adapters.kit.supplier import Looking, Supplier
from adapters.suppliers.opensky import allowance, flown, positions, wire
from adapters.suppliers.opensky.refusals import ERRORS, refusal
from domain.enquiries import Box, Direction, FlightsEnquiry, PositionsEnquiry, TrackEnquiry

_CLIENT_ID: Final = "OPENSKY_CLIENT_ID"
_CLIENT_SECRET: Final = "OPENSKY_CLIENT_SECRET"  # noqa: S105 - the variable's name, not its value
_A_MIDNIGHT: Final = datetime(2027, 1, 14, tzinfo=UTC)

SUPPLIER: Final = Supplier(
    slug="opensky",
    title="OpenSky Network",
    documentation="https://openskynetwork.github.io/opensky-api/rest.html",
    live_url="https://opensky-network.org/api",
    auth=ClientCredentials(
        path="/auth/realms/opensky-network/protocol/openid-connect/token",
        client_id=_CLIENT_ID,
        client_secret=_CLIENT_SECRET,
        token_host="https://auth.opensky-network.org",  # noqa: S106 - an address
    ),
    sandbox_secrets=MappingProxyType(
        {_CLIENT_ID: "sandbox-opensky-client", _CLIENT_SECRET: "sandbox-opensky-secret"}
    ),
    budget=allowance.BUDGET,
    refusal=refusal,
    errors=ERRORS,
    quota=allowance.quota,
    retry_after=allowance.retry_after,
    lookups=MappingProxyType(
        {
            PositionsEnquiry: Looking(
                operation=allowance.STATES,
                ask=positions.ask,
                read=positions.read,
                example=PositionsEnquiry(box=Box(south=45.8, west=5.9, north=47.8, east=10.5)),
                at_most=2,
            ),
            FlightsEnquiry: Looking(
                operation=allowance.FLIGHTS,
                ask=flown.ask,
                read=flown.read,
                example=FlightsEnquiry(
                    begin=_A_MIDNIGHT,
                    end=_A_MIDNIGHT + timedelta(hours=12),
                    airport="LJLJ",
                    direction=Direction.DEPARTURES,
                ),
            ),
            TrackEnquiry: Looking(
                operation=allowance.TRACKS,
                ask=flown.ask_for_track,
                read=flown.read_track,
                example=TrackEnquiry(icao24="4b6929"),
            ),
        }
    ),
    shapes=MappingProxyType(
        {
            allowance.STATES: Shape(type=wire.StatesReply[wire.StateVector]),
            allowance.FLIGHTS: Shape(
                type=list[wire.FlightRow],
                passed_over=frozenset(
                    f"[].{field}"
                    for field in (
                        "estDepartureAirportHorizDistance", "estDepartureAirportVertDistance",
                        "estArrivalAirportHorizDistance", "estArrivalAirportVertDistance",
                        "departureAirportCandidatesCount", "arrivalAirportCandidatesCount",
                    )
                ),
            ),
            allowance.TRACKS: Shape(type=wire.TrackReply, records={"path[]": wire.Waypoint}),
        }
    ),
    check=positions.ask_for_little,
)  # fmt: skip
