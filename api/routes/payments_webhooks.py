"""The call by which payment gateways tell what happened."""

from types import MappingProxyType
from typing import Final

from api import gateway_notices
from api.route import Group, Route, one

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/payments/webhook/{provider}",
        call=gateway_notices.take,
        group=Group.BOOKINGS,
        summary="Tell what happened to a payment",
        name="take_gateway_notice",
        place=MappingProxyType({"provider": "The name of a payment gateway."}),
        answers=one("It is in our books.", gateway_notices.NoticeReceipt),
        example="{}",
        signed=True,
    ),
)
