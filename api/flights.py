"""Flights: searched for by query string or by body."""

from api import paging, wishes
from api.calls import Asked, Reply
from api.found import found, link_to
from api.params import Nothing
from api.services import Services
from api.wishes import FlightSearch


async def search(services: Services, asked: Asked[FlightSearch, Nothing]) -> Reply:
    query = wishes.flight_query(asked.query)
    link_before = paging.link_before(asked.path, asked.pairs)
    return await found(services, asked, query, asked.query, link_before=link_before)


async def search_by_body(services: Services, asked: Asked[Nothing, FlightSearch]) -> Reply:
    """Its next page is a GET of the search."""
    query = wishes.flight_query(asked.body)
    return await found(services, asked, query, asked.body, link_before=link_to(query, asked.body))
