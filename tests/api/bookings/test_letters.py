"""The letter about a booking, sent once more."""

from datetime import timedelta
from typing import Any

import pytest

from domain.bookings import BookingStatus
from domain.letters import LetterKind
from domain.people import Role
from storage import bookings, letters
from storage.engine import transaction
from tests.api.bookings.shop import BERT, asked, booked, worked
from tests.api.hub import Hub, json


async def stood(api: Hub, status: BookingStatus) -> str:
    """The id of a booking that stands so."""
    taken = await booked(api)
    booking_id = str(taken["id"])
    if status is not BookingStatus.PENDING:
        await worked(api, booking_id, status=status)
    return booking_id


async def again(api: Hub, booking_id: str, **who: Any) -> Any:
    return await asked(api, "POST", f"/v1/bookings/{booking_id}/resend-confirmation", **who)


async def posted(api: Hub, booking_id: str) -> list[LetterKind]:
    async with transaction(api.services.engine) as connection:
        return [letter.kind for letter in await letters.of_booking(connection, booking_id)]


async def test_a_confirmation_goes_out_once_more_for_each_time_it_is_asked_for(api: Hub) -> None:
    booking_id = await stood(api, BookingStatus.CONFIRMED)
    answers = [await again(api, booking_id) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert json(answers[0]) == {"booking_id": booking_id, "letter": "booking_confirmed"}
    assert await posted(api, booking_id) == [LetterKind.BOOKING_CONFIRMED] * 2


async def test_of_a_cancelled_booking_the_cancellation_goes_out(api: Hub) -> None:
    booking_id = await stood(api, BookingStatus.CANCELLED)
    assert json(await again(api, booking_id))["letter"] == "booking_cancelled"


@pytest.mark.parametrize("status", [BookingStatus.PENDING, BookingStatus.FAILED, BookingStatus.EXPIRED])
async def test_where_nothing_was_booked_there_is_nothing_to_confirm(api: Hub, status: BookingStatus) -> None:
    booking_id = await stood(api, status)
    answer = await again(api, booking_id)
    assert (answer.status_code, await posted(api, booking_id)) == (409, [])


async def test_nobody_is_written_to_who_is_forgotten(api: Hub) -> None:
    booking_id = await stood(api, BookingStatus.CONFIRMED)
    async with transaction(api.services.engine) as connection:
        await bookings.change_people(connection, booking_id, None, now=api.clock.now)
    answer = await again(api, booking_id)
    assert (answer.status_code, await posted(api, booking_id)) == (409, [])


async def test_five_letters_an_hour_are_enough(api: Hub) -> None:
    booking_id = await stood(api, BookingStatus.CONFIRMED)
    assert [(await again(api, booking_id)).status_code for _ in range(6)] == [202] * 5 + [429]
    refused = await again(api, booking_id)
    assert 3590 <= int(refused.headers["retry-after"]) <= 3601
    api.clock.now += timedelta(seconds=int(refused.headers["retry-after"]))
    assert (await again(api, booking_id)).status_code == 202


async def test_somebody_else_hears_of_no_booking_and_an_operator_may_help(api: Hub) -> None:
    booking_id = await stood(api, BookingStatus.CONFIRMED)
    assert (await again(api, booking_id, who=BERT)).status_code == 404
    assert await posted(api, booking_id) == []
    assert (await again(api, booking_id, who=BERT, role=Role.OPERATOR)).status_code == 202
