"""What was really held, taken and given back at the payment gateways: the truth against which our books are held."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import falcon.asgi

from sandbox.pages import parameters, send

Rows = Callable[[], Iterable[Mapping[str, Any]]]


class Payments:
    """Each gateway's sandbox says how its payments stand; amounts are decimal strings in the payment's currency."""

    def __init__(self) -> None:
        self._rows: Final[dict[str, Rows]] = {}

    def told_by(self, gateway: str, rows: Rows) -> None:
        self._rows[gateway] = rows

    def all(self) -> list[dict[str, Any]]:
        return [{"gateway": gateway, **row} for gateway, rows in self._rows.items() for row in rows()]


class PaymentsPage:
    def __init__(self, payments: Payments) -> None:
        self._payments: Final = payments

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        asked = parameters(req, "gateway", "reference")
        send(
            resp,
            {
                "payments": [
                    row for row in self._payments.all() if all(row[name] == told for name, told in asked.items())
                ]
            },
        )
