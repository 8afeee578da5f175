"""Reservations: POST makes one, and another one when it is sent again; GET shows it, PUT cancels it."""

import itertools
import re
from datetime import datetime, timedelta
from typing import Any, Final

import falcon.asgi
import msgspec

from adapters.suppliers.avis.sandbox import papers
from adapters.suppliers.avis.sandbox.envelope import Told, body, brand, tell
from adapters.suppliers.avis.sandbox.refusals import missing, refused
from adapters.suppliers.avis.sandbox.vehicles import Desk, Sale
from adapters.suppliers.avis.sandbox.worlds import SUPPLIER

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_WAIT: Final = timedelta(seconds=60)
_PAYMENTS: Final = frozenset({"Voucher", "CentralBillingAccount", "CustomerPaymentCard", "Cash"})


class Reservation(msgspec.Struct, kw_only=True):
    """`on_request_until`: as long as nobody at the counter has said yes."""

    number: str
    sale: Sale
    customer: dict[str, Any]
    on_request_until: datetime | None
    cancelled: bool = False

    def made_out_to(self, surname: str) -> bool:
        told: str = self.customer["contact"]["last_name"]
        return told.casefold() == surname.casefold()


class Reservations:
    def __init__(self, desk: Desk) -> None:
        self._desk: Final = desk
        self._books: Final[dict[str, Reservation]] = {}
        self._numbers: Final = itertools.count(9_449_519)

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        told = await body(request)
        wish = request.context.wish
        played = wish and wish.name
        customer = _customer(told)
        sale = self._desk.sale(told, played)
        _check_payment(told, sale, played)
        if played == "rejected":
            raise refused("319")
        if not self._taken(sale):
            raise refused("223")
        reservation = self._kept(sale, customer, wish if played == "pending" else None)
        if played == "stored_then_500":
            raise refused("610")
        self._tell(response, told.text("transaction.transaction_id"), reservation, status=201)

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        """One that was cancelled reads as before: no word for it is known."""
        name = request.get_param("brand")
        number, surname = request.get_param("confirmation_number"), request.get_param("last_name")
        if not name:
            raise missing("brand")
        reservation = self._found(brand(name), number, surname)
        transaction_id = request.get_param("transaction_id")
        wanted = request.get_param("requested_rate_currency")
        guaranteed = request.get_param("modify") == "true"
        self._tell(response, transaction_id, reservation, wanted=wanted, guaranteed=guaranteed)

    async def on_put(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        """Says nothing of money."""
        told = await body(request)
        wish = request.context.wish
        reservation = self._found(
            told.brand(),
            told.text("reservation.confirmation.number"),
            told.text("customer.contact.last_name"),
        )
        if reservation.cancelled:
            raise refused("14036")
        if wish is not None and wish.name == "rejected":
            raise refused("319")
        reservation.cancelled = True
        self._desk.world.books.ended(SUPPLIER, reservation.number)
        self._give_back(reservation.sale)
        if wish is not None and wish.name == "stored_then_500":
            raise refused("40018")
        details = "The reservation was successfully cancelled."
        transaction_id = told.text("transaction.transaction_id")
        tell(response, self._desk.world.now(), details, {}, transaction_id=transaction_id)

    def _taken(self, sale: Sale) -> bool:
        quote = sale.quote
        cars = self._desk.world.cars
        return cars.take(quote.seller, quote.pick_up, quote.acriss, quote.pick_up_at, quote.drop_off_at)

    def _give_back(self, sale: Sale) -> None:
        quote = sale.quote
        cars = self._desk.world.cars
        cars.give_back(quote.seller, quote.pick_up, quote.acriss, quote.pick_up_at, quote.drop_off_at)

    def _kept(self, sale: Sale, customer: dict[str, Any], pending: Any) -> Reservation:
        """Its number has eight digits, the country of the counter and one more digit."""
        count = next(self._numbers)
        now = self._desk.world.now()
        until = None
        if pending is not None:
            until = now + (_WAIT if pending.seconds is None else timedelta(seconds=pending.seconds))
        elif self._desk.market.on_request(sale.quote):
            until = now + timedelta(hours=4)
        reservation = Reservation(
            number=f"{count:08d}{sale.rental.pick_up.country}{count % 10}",
            sale=sale,
            customer=customer,
            on_request_until=until,
        )
        self._books[reservation.number] = reservation
        surname = customer["contact"]["last_name"]
        self._desk.world.books.made(SUPPLIER, reservation.number, reference=None, surname=surname)
        return reservation

    def _found(self, name: str, number: str | None, surname: str | None) -> Reservation:
        """A number that nobody has and a surname that is another's are refused alike."""
        if not number:
            raise refused("220")
        if not surname:
            raise refused("212")
        reservation = self._books.get(number)
        if reservation is None or reservation.sale.rental.brand != name or not reservation.made_out_to(surname):
            raise refused("150004")
        return reservation

    def _tell(
        self,
        response: falcon.asgi.Response,
        transaction_id: str | None,
        reservation: Reservation,
        *,
        wanted: str | None = None,
        guaranteed: bool = False,
        status: int = 200,
    ) -> None:
        sale, now = reservation.sale, self._desk.world.now()
        waits = reservation.on_request_until is not None and now < reservation.on_request_until
        told = self._desk.priced(sale, wanted)
        if guaranteed:
            told["rate_totals"]["rate"]["rate_guarantee_blob"] = f"Y| {sale.price.rate_code} {sale.price.total}"
        payload = {
            "product": {"brand": sale.rental.brand},
            "reservation": {
                "confirmation": {
                    "number": reservation.number,
                    "pickup_date": sale.rental.pick_up_at.isoformat(),
                    "dropoff_date": sale.rental.drop_off_at.isoformat(),
                },
                **told,
                "vehicle": {
                    "category": papers.category(sale.quote, on_request=waits),
                    "features": papers.features(sale.quote),
                    "capacity": papers.capacity(sale.quote),
                },
                "customer": reservation.customer,
            },
        }
        verb = "created" if status == 201 else "retrieved"
        details = f"The reservation was successfully {verb}."
        tell(response, now, details, payload, transaction_id=transaction_id, status=status)


def _customer(told: Told) -> dict[str, Any]:
    """As it is kept: names in capitals."""
    first, last = told.text("customer.contact.first_name"), told.text("customer.contact.last_name")
    if not first:
        raise refused("210")
    if not last:
        raise refused("212")
    email = told.text("customer.contact.email")
    if email is not None and not _EMAIL.fullmatch(email):
        raise refused("215")
    kept = {"contact": {**told.any("customer.contact"), "first_name": first.upper(), "last_name": last.upper()}}
    if (address := told.any("customer.address")) is not None:
        if not _COUNTRY.fullmatch(told.wanted("customer.address.country_code")):
            raise refused("13213")
        kept["address"] = address
    return kept


def _check_payment(told: Told, sale: Sale, played: str | None) -> None:
    """Only what is prepaid wants one."""
    kind = told.text("payment_preference.type")
    if kind is not None and kind not in _PAYMENTS:
        raise refused("300111")
    if sale.timing == "pay_now":
        if kind is None:
            raise refused("300111")
        if told.any("payment_preference.currency") is None:
            raise refused("300100")
        if told.any("payment_preference.amount") is None:
            raise refused("300101")
    if kind == "CustomerPaymentCard" and not told.text("payment_preference.payment_method.card_number"):
        raise refused("300102")
    if played == "declined":
        raise refused("14220")
