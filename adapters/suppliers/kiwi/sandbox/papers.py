"""What a check and a booking tell: money in EUR, and the flights one by one."""

from decimal import Decimal
from typing import Any

from adapters.suppliers.kiwi.sandbox.desk import Desk, Session
from adapters.suppliers.kiwi.sandbox.gazetteer import Gazetteer
from adapters.suppliers.kiwi.sandbox.numbers import combination_id, plain, rounded, times
from adapters.suppliers.kiwi.sandbox.trips import Ticket
from adapters.suppliers.kiwi.sandbox.world import Leg

_NOTHING, _ONE = Decimal(0), Decimal(1)
_ADULT_FROM, _CHILD_FROM = 12, 2


def standing(
    desk: Desk,
    session: Session,
    tickets: tuple[Ticket, ...],
    *,
    bags: Decimal = _NOTHING,
    currency: str = "EUR",
    rate: Decimal = _ONE,
) -> dict[str, Any]:
    """What a check and a booking tell alike: everything in EUR, and a conversion that nobody is charged."""
    total, party = session.eur + bags, session.party
    adult, child, infant = _each(session)

    def converted(eur: Decimal) -> Decimal | int:
        return plain(rounded(eur * rate, currency))

    return {
        "session_id": session.id,
        "server_time": int(desk.world.now().timestamp()),
        "flights_checked": session.later <= 0,
        "flights_to_check": session.later > 0,
        "flights_real_checked": session.later <= 0,
        "flights_invalid": session.gone,
        "price_change": bool(session.risen),
        "passenger_change": False,
        "total": plain(total),
        "orig_price": plain(session.sold.eur),
        "orig_price_usage": False,
        "tickets_price": plain(session.eur),
        "flights_price": plain(session.eur),
        "flight_real_price": plain(session.eur),
        "bags_fee": plain(bags),
        "sp_fee": 0,
        "book_fee": 0,
        "extra_fee": 0,
        "fee_airline": 0,
        "one_passenger": plain(adult),
        "adults_price": plain(adult * party.adults),
        "children_price": plain(child * party.children),
        "infants_price": plain(infant * party.infants),
        "credits_price": plain(total),
        "eur_payment_price": plain(total),
        "currency": "EUR",
        "conversion": {
            "currency": currency,
            "amount": converted(total),
            "bags_price": {},
            "adults_price": converted(adult * party.adults),
            "children_price": converted(child * party.children),
            "infants_price": converted(infant * party.infants),
        },
        "pnum": party.seats + party.infants,
        "max_passengers": 9,
        "document_options": {
            "document_need": desk.document_need(tickets) if tickets else 0,
            "checkin_date": None,
            "airport_checkin_price": 0,
        },
        "age_category_thresholds": {"adult": _ADULT_FROM, "child": _CHILD_FROM},
        "adult_threshold": 16,
        "bags_price": {},
        "luggage": [],
        "segments": [],
        "route": [],
        "transfers": [],
        "visas_agreement_requiered": False,
        "insurance_price": {"travel_basic": 5.99, "travel_plus": 14.99},
        "additional_services": {},
        "infants_conditions": {"trolley": True, "hand_weight": 0},
    }


def _each(session: Session) -> tuple[Decimal, ...]:
    """What one adult, one child and one infant pay of what everybody pays."""
    weights = session.party.each(Decimal(100))
    party = session.party
    whole = sum(
        (weight * count for weight, count in zip(weights, (party.adults, party.children, party.infants), strict=True)),
        Decimal(0),
    )
    return tuple(rounded(session.eur * weight / whole, "EUR") for weight in weights)


def flights(gazetteer: Gazetteer, tickets: tuple[Ticket, ...]) -> list[dict[str, Any]]:
    return [_flight(gazetteer, ticket, leg, way) for way, ticket in enumerate(tickets) for leg in ticket.journey.legs]


def _flight(gazetteer: Gazetteer, ticket: Ticket, leg: Leg, way: int) -> dict[str, Any]:
    """The number of a flight is a word here."""
    combination = combination_id(leg)
    return {
        "id": f"{combination}_0",
        "combination_trip_id": combination,
        "original_trip_id": combination,
        **_end(gazetteer, "src", leg.origin),
        **_end(gazetteer, "dst", leg.destination),
        "flight_no": str(leg.number),
        "operating_flight_no": str(leg.operating_number),
        "airline": {"iata": leg.carrier},
        "operating_airline": {
            "iata": leg.operating_carrier,
            "name": leg.operating_carrier,
            "public_code": leg.operating_carrier,
            "hide_name": False,
        },
        "vehicle": {"type": "aircraft"},
        "price": plain(ticket.eur),
        "eur": plain(ticket.eur),
        "eur_children": plain(ticket.eur),
        "eur_infants": plain(ticket.eur),
        "invalid": 0,
        "refreshed": 1,
        "refresh_ttl": 120,
        "refresh_period": 5,
        "fare_basis": ticket.fare.fare_basis,
        "fare_classes": ticket.fare.booking_class,
        "fare_family": ticket.fare.family,
        "seats": ticket.fare.seats,
        "return": way,
        "bags_recheck_required": False,
        "is_self_transfer": False,
        **times(leg.departs, leg.arrives),
    }


def _end(gazetteer: Gazetteer, end: str, iata: str) -> dict[str, Any]:
    airport = gazetteer.airports[iata]
    return {
        end: iata,
        f"{end}_name": airport.city,
        f"{end}_station": airport.name,
        f"{end}_country": airport.country,
        f"{end}_terminal": None,
    }
