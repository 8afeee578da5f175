"""Itineraries after the booking: looked at, resumed, and cancelled as a whole while held, room by room otherwise."""

from typing import Any, Final

import falcon.asgi
import orjson

from adapters.suppliers.expedia.sandbox.asked import Asked
from adapters.suppliers.expedia.sandbox.booking import same_email
from adapters.suppliers.expedia.sandbox.errors import bad_link, flat
from adapters.suppliers.expedia.sandbox.itineraries import Itinerary, Register
from adapters.suppliers.expedia.sandbox.plays import Plays, tested
from adapters.suppliers.expedia.sandbox.tokens import Tokens


class _Counter:
    """What both resources need: the itinerary that a token is about."""

    WANTS_TRAVELLER = True

    def __init__(self, tokens: Tokens, plays: Plays, register: Register) -> None:
        self._tokens: Final = tokens
        self._plays: Final = plays
        self._register: Final = register

    def _about(self, request: falcon.asgi.Request, kind: str) -> tuple[dict[str, Any], Itinerary]:
        """The number in the path is only the beginning of the token. Raises Refused."""
        told = self._tokens.opened(Asked(request.query_string).one("token"), kind)
        return told, self._known(request, told["itinerary"])

    def _known(self, request: falcon.asgi.Request, itinerary_id: str) -> Itinerary:
        """Test bookings are there for test calls alone, and others for all others."""
        found = self._register.by_id(request.context.key, itinerary_id)
        if found is None or found.test != tested(request) or not self._register.visible(found):
            raise flat(404, "resource_not_found")
        return found


class OneItinerary(_Counter):
    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response, itinerary_id: str) -> None:
        asked = Asked(request.query_string)
        asked.choices("include", frozenset({"history"}), "invalid")
        token = asked.one("token")
        email = asked.wanted("email") if token is None else ""
        asked.settled()
        partial = self._plays.played("retrieve", request) == "degraded_response"
        if token is not None:
            _, itinerary = self._about(request, "retrieve")
        else:
            itinerary = self._known(request, itinerary_id)
            if not same_email(itinerary, email):
                raise flat(404, "resource_not_found")
        response.status = 206 if partial else 200
        response.content_type = falcon.MEDIA_JSON
        response.data = orjson.dumps(self._register.told(itinerary, partial=partial))

    async def on_put(
        self,
        request: falcon.asgi.Request,
        response: falcon.asgi.Response,
        itinerary_id: str,  # noqa: ARG002 - the token knows
    ) -> None:
        _, itinerary = self._about(request, "resume")
        played = self._plays.played("resume", request)
        if not itinerary.held:
            raise bad_link()
        self._register.resumed(itinerary)
        response.status = 202 if played == "accepted" else 204

    async def on_delete(
        self,
        request: falcon.asgi.Request,
        response: falcon.asgi.Response,
        itinerary_id: str,  # noqa: ARG002 - the token knows
    ) -> None:
        _, itinerary = self._about(request, "cancel")
        played = self._plays.played("cancel_held", request)
        if not list(itinerary.standing()):
            raise flat(400, "room_already_cancelled")
        if not itinerary.held:
            raise bad_link()
        if played == "accepted":  # nobody knows, and this time nothing became of it
            response.status = 202
            return
        itinerary.held_until = None
        for room in list(itinerary.standing()):
            self._register.cancel(itinerary, room)
            room.refund = room.bill.inclusive  # nothing was ever paid
        response.status = 204


class OneRoom(_Counter):
    async def on_delete(
        self,
        request: falcon.asgi.Request,
        response: falcon.asgi.Response,
        itinerary_id: str,  # noqa: ARG002 - the token knows
        room_id: str,  # noqa: ARG002 - the token knows
    ) -> None:
        about, itinerary = self._about(request, "cancel_room")
        played = self._plays.played("cancel_room", request)
        room = next(room for room in itinerary.rooms if room.id == about["room"])
        if room.status == "canceled":
            raise flat(400, "room_already_cancelled")
        if played == "accepted":  # nobody knows, and this time nothing became of it
            response.status = 202
            return
        self._register.cancel(itinerary, room)
        response.status = 204
