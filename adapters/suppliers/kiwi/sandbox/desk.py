"""Sessions: one customer's way from a token to a booking, and what is left of the flights meanwhile."""

import uuid
from decimal import Decimal
from typing import Any, Final

import msgspec

from adapters.suppliers.kiwi.sandbox import baggage
from adapters.suppliers.kiwi.sandbox.distances import kilometres
from adapters.suppliers.kiwi.sandbox.gazetteer import Gazetteer
from adapters.suppliers.kiwi.sandbox.market import Market
from adapters.suppliers.kiwi.sandbox.numbers import rounded
from adapters.suppliers.kiwi.sandbox.params import bad
from adapters.suppliers.kiwi.sandbox.tokens import Sold, opened
from adapters.suppliers.kiwi.sandbox.trips import Party, Ticket
from adapters.suppliers.kiwi.sandbox.world import SELLER, World

_RISE: Final = Decimal("0.1")
_MOST_SESSIONS: Final = 10_000
_FAR_KM: Final = 3_500


class Session(msgspec.Struct, kw_only=True, eq=False):
    """One customer on the way to a booking. What has risen stays risen.

    `later` is how many answers are not final yet, `final` whether one was.
    """

    id: str
    sold: Sold
    later: int
    final: bool = False
    risen: Decimal = Decimal(0)
    gone: bool = False

    @property
    def party(self) -> Party:
        adults, children, infants = self.sold.passengers
        return Party(
            adults=adults,
            children=children,
            infants=infants,
            cabin=self.sold.cabin,
            currency="EUR",
            rate=Decimal(1),
        )

    @property
    def eur(self) -> Decimal:
        """What everybody's tickets cost."""
        return self.sold.eur + self.risen

    def rise(self) -> None:
        self.risen = rounded(self.sold.eur * _RISE, "EUR")


class Desk:
    """The sessions, and how a session stands."""

    def __init__(self, world: World, gazetteer: Gazetteer, market: Market) -> None:
        self.world: Final = world
        self.market: Final = market
        self.gazetteer: Final = gazetteer
        self._sessions: Final[dict[str, Session]] = {}
        self._begun = 0

    def session(self, token: str, session_id: str | None) -> Session:
        """A new one without an id. Raises a refusal for a token too old and for an id that belongs to another token."""
        sold = opened(token, self.world.now())
        if session_id is None:
            return self._new(sold)
        session = self._sessions.get(session_id)
        if session is None or session.sold != sold:
            raise bad("unknown session_id")
        return session

    def _new(self, sold: Sold) -> Session:
        self._begun += 1
        chance = self.world.seed_for(SELLER, "session", self._begun)
        number = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        while len(self._sessions) >= _MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        session = self._sessions[number] = Session(id=number, sold=sold, later=chance.randint(1, 2))
        return session

    def tickets(self, session: Session) -> tuple[Ticket, ...]:
        """Nothing once one of them is sold out or has left; nobody gets them back in this session."""
        found = [self.market.still(journey, family, session.party) for journey, family in session.sold.journeys]
        tickets = tuple(ticket for ticket in found if ticket is not None)
        session.gone = session.gone or len(tickets) < len(found)
        return () if session.gone else tickets

    def baggage(self, tickets: tuple[Ticket, ...]) -> dict[str, Any]:
        return baggage.offered(tickets, self._kilometres(tickets))

    def hold_bags(self, session: Session, tickets: tuple[Ticket, ...], count: int) -> Decimal:
        """The first one of everybody who has a seat, then their second ones."""
        one, two = baggage.hold_prices(tickets, self._kilometres(tickets))
        firsts = min(count, session.party.seats)
        return one * firsts + (two - one) * (count - firsts)

    def document_need(self, tickets: tuple[Ticket, ...]) -> int:
        """None at home, one later abroad, and one at once over the sea."""
        airports = self.gazetteer.airports
        legs = [leg for ticket in tickets for leg in ticket.journey.legs]
        if len({airports[iata].country for leg in legs for iata in (leg.origin, leg.destination)}) == 1:
            return 0
        return 2 if self._kilometres(tickets) > _FAR_KM else 1

    def _kilometres(self, tickets: tuple[Ticket, ...]) -> float:
        return kilometres(self.gazetteer.airports, (leg for ticket in tickets for leg in ticket.journey.legs))
