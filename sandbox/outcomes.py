"""Business outcomes on request: sold out, declined, pending, told to a supplier's sandbox from outside, for a count."""

from collections.abc import Mapping
from typing import Annotated, Final, TypeVar

import falcon.asgi
import msgspec

from sandbox.countdown import Countdown, Ordered
from sandbox.pages import Refused, body, number_asked, parameters, send

# What an outcome waits for, in seconds, where the wish does not say.
DEFAULT_SECONDS: Final[Mapping[str, float]] = {"visible_late": 60.0}

Known = TypeVar("Known")
_Count = Annotated[int, msgspec.Meta(ge=1)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`count` None: until it is taken back. `seconds` is how long the outcome lasts, for those that pass."""

    supplier: str
    operation: str
    outcome: str
    count: _Count | None = 1
    seconds: _Seconds | None = None


class Outcome(Ordered, frozen=True, kw_only=True):
    name: str = msgspec.field(name="outcome")
    seconds: float | None


class Outcomes(Countdown[Outcome]):
    """A supplier's sandbox claims what its call is to end in, and gets None where nobody wished for anything."""

    def add(self, wish: Wish) -> Outcome:
        seconds = wish.seconds if wish.seconds is not None else DEFAULT_SECONDS.get(wish.outcome)
        return self.put(
            lambda number: Outcome(
                id=number,
                supplier=wish.supplier,
                operation=wish.operation,
                name=wish.outcome,
                left=wish.count,
                seconds=seconds,
            )
        )


class OutcomesPage:
    """`playable` is what each supplier's operations can end in, so that a wish that never comes true is refused."""

    def __init__(self, outcomes: Outcomes, playable: Mapping[str, Mapping[str, frozenset[str]]]) -> None:
        self._outcomes: Final = outcomes
        self._playable: Final = playable

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        parameters(req)
        playable = {
            supplier: {operation: sorted(names) for operation, names in operations.items()}
            for supplier, operations in self._playable.items()
            if operations
        }
        send(resp, {"outcomes": tuple(self._outcomes), "playable": playable})

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        wish = await body(req, Wish)
        operations = _known(self._playable, wish.supplier, "supplier")
        names = _known(operations, wish.operation, "operation")
        _known(dict.fromkeys(names), wish.outcome, "outcome")
        send(resp, self._outcomes.add(wish), status=201)

    async def on_delete(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        number = number_asked(parameters(req, "id"), "id")
        deleted = self._outcomes.clear(number)
        if number is not None and not deleted:
            raise Refused(f"no outcome {number} waits", where={"parameter": "id"}, status=404)
        send(resp, {"deleted": deleted})


def _known(choices: Mapping[str, Known], told: str, field: str) -> Known:
    if told not in choices:
        known = ", ".join(sorted(choices)) or "nothing"
        raise Refused(f"{told!r} can't be ordered here, only {known}", where={"pointer": f"/{field}"})
    return choices[told]
