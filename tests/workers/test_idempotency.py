"""What idempotency keys were answered with is kept for a day."""

from datetime import timedelta

import pytest

from domain.jobs import DropIdempotencyKeys
from storage import idempotency
from storage.engine import transaction
from storage.idempotency import KEPT_FOR, Asking, Claim, UnderWay
from tests.workers.conftest import MakeTools
from workers.idempotency import drop_idempotency_keys


async def test_a_key_of_yesterday_is_forgotten_and_one_of_today_is_not(tools: MakeTools) -> None:
    held = tools()
    now = held.now()
    yesterday, today = (Asking(owner="anna", key=key, call="POST /v1/bookings?", digest=b"1") for key in ("a", "b"))
    async with transaction(held.engine) as connection:
        await idempotency.claim(connection, yesterday, now=now - KEPT_FOR - timedelta(minutes=1))
        await idempotency.claim(connection, today, now=now)

    await drop_idempotency_keys(DropIdempotencyKeys(), held)

    async with transaction(held.engine) as connection:
        with pytest.raises(UnderWay):
            await idempotency.claim(connection, today, now=now)
        # As new, although its first request was long since given up and had other words.
        other = Asking(owner="anna", key="a", call="POST /v1/payments?", digest=b"2")
        assert isinstance(await idempotency.claim(connection, other, now=now - KEPT_FOR), Claim)
