"""Errors as every example has them, beneath `status`: a code, a message, a reason and details, all of them text."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

import falcon
import falcon.asgi
import msgspec

# code -> status, reason, details. Those under 404 say that nothing was found, and are no wrong addresses.
_KNOWN: Final[Mapping[str, tuple[int, str, str]]] = MappingProxyType(
    {
        "203": (400, "Invalid pickup_location.", "Invalid Pick up location"),
        "205": (400, "Invalid dropoff_location.", "Invalid Drop off location"),
        "210": (400, "Missing first_name.", "First Name is required."),
        "212": (400, "Missing last_name.", "Last Name is required."),
        "215": (400, "Invalid email.", "Invalid email address"),
        "220": (400, "Missing confirmation_number.", "Confirmation Number is required."),
        "221": (400, "Maximum number of days limit exceeded.", "Sorry, 330 days is the maximum number of days."),
        "223": (404, "Invalid pickup_location.", "The pick-up location entered is Sold Out for the dates"),
        "225": (404, "Invalid pickup_location.", "There are no locations available for your Pick-up address."),
        "226": (404, "Invalid dropoff_location.", "There are no locations available for your Return address."),
        "231": (400, "Invalid pickup_date.", "You selected a date/time prior to the current time"),
        "232": (400, "dropoff_date is prior to pickup_date.", "Return Date cannot be prior to the Pick-Up Date"),
        "242": (400, "Location closed.", "The Rental Location is closed during the hours requested"),
        "319": (400, "Business exception.", "SYS_WIZ_NO_TSRS_AVAILABLE."),
        "609": (404, "Location not found.", "No locations were found for the keyword."),
        "610": (500, "System exception from e-com backend.", "System Exception occurred."),
        "13213": (400, "Country Code is invalid", "Please enter a valid Country Code."),
        "14036": (404, "Reservation already cancelled.", "The reservation is already cancelled."),
        "14105": (400, "Invalid rate_code.", "Invalid Vehicle rate code and class code combination."),
        "14220": (400, "Payment refused.", "The means of payment is invalid."),
        "14261": (400, "Location closed.", "The Rental Location is closed during the return hour requested."),
        "14299": (400, "Bad Request", "Invalid insurance details"),
        "14442": (400, "RENTAL DURATION LESS THAN MINIMUM", "RENTAL DURATION LESS THAN MINIMUM"),
        "14528": (400, "Invalid rate_code.", "Rate Code entered is invalid."),
        "22224": (
            400,
            "One-Way Rental is not available",
            "A One-Way Rental between these 2 locations cannot be booked.",
        ),
        "40018": (500, "Service exception", "Socket timeout from IMS Connect"),
        "150004": (400, "Invalid last_name.", "Last name does not match the confirmation number."),
        "300100": (400, "PrePayReservationCurrency must be required", "PrePayReservationCurrency must be required"),
        "300101": (400, "PrePayReservationAmount must be required", "PrePayReservationAmount must be required"),
        "300102": (400, "Card details must be required", "Card details must be required"),
        "300111": (400, "Prepay information details are required.", "Prepay Information must be required."),
        "500708": (404, "No vehicles are available", "Sorry! No vehicles are available for the given criteria."),
    }
)
_REALM: Final = 'Bearer realm="abg-api-preprod.oktapreview.com"'


class Refused(Exception):
    """`plain` is a body of another form: that of the host which gives the tokens."""

    def __init__(
        self, status: int, code: str, reason: str, details: str, *, plain: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status: Final = status
        self.code: Final = code
        self.reason: Final = reason
        self.details: Final = details
        self.plain: Final = plain


def refused(code: str) -> Refused:
    status, reason, details = _KNOWN[code]
    return Refused(status, code, reason, details)


def invalid(details: str) -> Refused:
    """A field that is missing, or holds what it can't."""
    return Refused(400, "400", "invalid_request", details)


def missing(field: str) -> Refused:
    return invalid(f"Missing required field '{field}'")


def stranger() -> Refused:
    return Refused(401, "401", "unauthorized_client", "Invalid Client Credentials")


def bad_token() -> Refused:
    plain = {"error": "invalid_grant", "error_description": "token not found, expired or invalid"}
    return Refused(401, "invalid_grant", "", "", plain=plain)


class Writer:
    """Falcon's error handlers."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now: Final = now

    async def refused(
        self, _: falcon.asgi.Request, response: falcon.asgi.Response, error: Refused, __: dict[str, Any]
    ) -> None:
        response.status = error.status
        response.content_type = falcon.MEDIA_JSON
        if error.plain is not None:
            response.set_header("WWW-Authenticate", _REALM)
            response.data = msgspec.json.encode(error.plain)
        else:
            response.data = msgspec.json.encode(self._body(error))

    async def plainly(
        self,
        request: falcon.asgi.Request,
        response: falcon.asgi.Response,
        error: falcon.HTTPError,
        told: dict[str, Any],
    ) -> None:
        """What Falcon says by itself: no such path, or none with that verb."""
        phrase = HTTPStatus(error.status_code).phrase
        await self.refused(request, response, Refused(error.status_code, str(error.status_code), phrase, phrase), told)

    def _body(self, error: Refused) -> dict[str, Any]:
        told = {
            "code": error.code,
            "message": HTTPStatus(error.status).phrase,
            "reason": error.reason,
            "details": error.details,
        }
        return {
            "status": {"request_time": utc(self._now()), "request_errors": 1, "errors": [told]},
            "transaction": {"system_id": "c56a1700-43e1-11e9-95ce-e6a7a0e31bec"},
        }


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
