"""Calls about what is bought, and how it is paid."""

from types import MappingProxyType
from typing import Final

from api import letters, payments
from api.bookings import answers, changing, history, looking, making, wishes
from api.problems import Kind
from api.route import Answer, Group, Route, Who, one

_A_BOOKING: Final = MappingProxyType({"booking_id": "The id or the record locator of a booking of yours."})
_A_PAYMENT: Final = MappingProxyType({"payment_id": "The id of a payment of yours."})
_SOON: Final = ("Location", "Retry-After")
_CONFLICT: Final = (Kind.CONFLICT,)
_BOOK: Final = (
    '{"items":[{"offer_id":"abcdefghijklmnopqrstuvwxyz"}],"travellers":[{"given_name":"Amelia","surname":"Earhart","born_on":"1987-07-24",'
    '"title":"ms","gender":"female","nationality":"US","document":{"number":"X1234567","issued_by":"US",'
    '"expires_on":"2036-01-01"}}],"contact":{"email":"amelia@example.com","phone":"+442080160509","country":"GB"},'
    '"payment":{"method":"card","token":"pm_card_visa"}}'
)
_PAID: Final = Answer(meaning="The card will be tried.", shapes=(answers.PaymentTaken,), headers=_SOON)

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/bookings",
        call=making.create,
        group=Group.BOOKINGS,
        summary="Book up to ten offers together",
        body=wishes.NewBooking,
        further=wishes.faults,
        answers=MappingProxyType(
            {202: Answer(meaning="It is taken, and under way.", shapes=(answers.Booking,), headers=_SOON)}
        ),
        example=_BOOK,
        who=Who.CALLER,
        idempotent=True,
    ),
    Route(
        method="GET",
        path="/v1/bookings",
        call=looking.listed,
        group=Group.BOOKINGS,
        summary="Your bookings, the newest first",
        query=wishes.BookingListWishes,
        further=looking.list_faults,
        answers=one("The bookings.", answers.BookingList, headers=("Link",)),
        example="/v1/bookings?status=confirmed",
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/users/me/bookings",
        call=looking.mine,
        group=Group.BOOKINGS,
        summary="Your own bookings, the newest first",
        query=wishes.BookingListWishes,
        further=looking.list_faults,
        answers=one("The bookings.", answers.BookingList, headers=("Link",)),
        example="/v1/users/me/bookings",
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/bookings/{booking_id}",
        call=looking.look,
        group=Group.BOOKINGS,
        summary="One booking, with everything in it",
        query=wishes.BookingWishes,
        place=_A_BOOKING,
        answers=one("The booking.", answers.Booking),
        example="/v1/bookings/{booking_id}?wait=10",
        who=Who.CALLER,
    ),
    Route(
        method="PUT",
        path="/v1/bookings/{booking_id}",
        call=changing.change,
        group=Group.BOOKINGS,
        summary="Change a contact or a passport, accept or drop a price",
        body=wishes.ChangedBooking,
        further=wishes.change_faults,
        place=_A_BOOKING,
        answers=MappingProxyType(
            {
                200: Answer(meaning="The booking as it is now.", shapes=(answers.Booking,)),
                202: Answer(meaning="It goes on, or is dropped.", shapes=(answers.Booking,), headers=_SOON),
            }
        ),
        example='{"accept_price":true}',
        who=Who.CALLER,
        problems=_CONFLICT,
    ),
    Route(
        method="DELETE",
        path="/v1/bookings/{booking_id}",
        call=changing.cancel,
        group=Group.BOOKINGS,
        summary="Cancel a booking",
        place=_A_BOOKING,
        answers=MappingProxyType(
            {202: Answer(meaning="What comes back.", shapes=(answers.CancellationAsked,), headers=_SOON)}
        ),
        example="/v1/bookings/{booking_id}",
        who=Who.CALLER,
        problems=_CONFLICT,
    ),
    Route(
        method="GET",
        path="/v1/bookings/{booking_id}/events",
        call=history.events,
        group=Group.BOOKINGS,
        summary="What has happened to a booking",
        place=_A_BOOKING,
        answers=MappingProxyType(
            {
                200: Answer(
                    meaning="The events, the oldest first.",
                    shapes=(answers.BookingEventList,),
                    events=(answers.BookingEvent,),
                ),
                204: Answer(meaning="All of it was streamed already, and it is over.", media_type=None),
            }
        ),
        example="/v1/bookings/{booking_id}/events",
        who=Who.CALLER,
    ),
    Route(
        method="POST",
        path="/v1/bookings/{booking_id}/resend-confirmation",
        call=letters.resend,
        group=Group.BOOKINGS,
        summary="Have the letter about a booking sent once more",
        place=_A_BOOKING,
        answers=MappingProxyType({202: Answer(meaning="It goes out.", shapes=(letters.LetterAsked,))}),
        example="/v1/bookings/{booking_id}/resend-confirmation",
        who=Who.CALLER,
        problems=_CONFLICT,
    ),
    *(
        Route(
            method="POST",
            path=path,
            call=payments.pay,
            group=Group.BOOKINGS,
            summary="Pay by card what waits for its payer",
            name=name,
            body=payments.NewPayment,
            further=payments.pay_faults,
            answers=MappingProxyType({202: _PAID}),
            example='{"booking_id":"K7XH4M","token":"pm_card_visa"}',
            who=Who.CALLER,
            idempotent=True,
            problems=(Kind.NOT_FOUND,),
        )
        for path, name in (("/v1/payments", "payments_pay"), ("/v1/payments/process", "payments_process"))
    ),
    Route(
        method="GET",
        path="/v1/payments",
        call=payments.listed,
        group=Group.BOOKINGS,
        summary="Your payments",
        query=payments.PaymentListWishes,
        further=looking.list_faults,
        answers=one("The payments.", answers.PaymentList, headers=("Link",)),
        example="/v1/payments",
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/payments/{payment_id}",
        call=payments.look,
        group=Group.BOOKINGS,
        summary="One payment",
        place=_A_PAYMENT,
        answers=one("The payment.", answers.Payment),
        example="/v1/payments/{payment_id}",
        who=Who.CALLER,
    ),
    Route(
        method="POST",
        path="/v1/payments/{payment_id}/refund",
        call=payments.refund,
        group=Group.BOOKINGS,
        summary="Give money back",
        body=payments.NewRefund,
        further=payments.refund_faults,
        place=_A_PAYMENT,
        answers=MappingProxyType(
            {202: Answer(meaning="It will be given back.", shapes=(answers.Refund,), headers=("Location",))}
        ),
        example='{"amount":{"amount":"25.00","currency":"EUR"}}',
        who=Who.CALLER,
        idempotent=True,
        problems=(Kind.FORBIDDEN,),
    ),
)
