"""What goes around every success, and how a body and its fields are taken in."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import falcon
import falcon.asgi
import msgspec

from adapters.suppliers.avis.sandbox.refusals import invalid, missing, utc
from adapters.suppliers.avis.sandbox.worlds import SELLERS

_NUMBERS: Final = msgspec.json.Encoder(decimal_format="number")  # amounts are numbers here
_DECODER: Final = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


def tell(
    response: falcon.asgi.Response,
    now: datetime,
    details: str,
    payload: Mapping[str, Any],
    *,
    transaction_id: str | None,
    status: int = 200,
) -> None:
    response.status = status
    response.content_type = falcon.MEDIA_JSON
    message = "Created" if status == 201 else "Success"
    success = [{"code": str(status), "message": message, "details": details}]
    around = {"status": {"request_time": utc(now), "success": success}, "transaction": _transaction(transaction_id)}
    response.data = _NUMBERS.encode({**around, **payload})


def _transaction(told: str | None) -> dict[str, str]:
    """Their own number always, the caller's where it gave one."""
    theirs = {"system_id": "i9332ffa-5250-11e9-8647-d663bd873d78"}
    return theirs if told is None else {"transaction_id": told, **theirs}


async def body(request: falcon.asgi.Request) -> "Told":
    try:
        return Told(_DECODER.decode(await request.stream.read()))
    except msgspec.DecodeError as error:
        raise invalid("The body is no JSON object") from error


class Told:
    """A body, by paths such as `product.brand`. What is not there is None; what is wanted and not there is refused."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told: Final = told

    def any(self, path: str) -> Any:
        found: Any = self._told
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def text(self, path: str) -> str | None:
        found = self.any(path)
        if found is not None and not isinstance(found, str):
            raise invalid(f"Invalid element <{path}>.")
        return found

    def wanted(self, path: str) -> str:
        if not (found := self.text(path)):
            raise missing(path.rpartition(".")[2])
        return found

    def objects(self, path: str) -> list[dict[str, Any]]:
        found = self.any(path)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise invalid(f"Invalid element <{path}>.")
        return found

    def brand(self) -> str:
        return brand(self.wanted("product.brand"))


def brand(told: str) -> str:
    """Exactly as they spell it."""
    if told not in SELLERS:
        raise invalid(f"Invalid element <{told}>.")
    return told
