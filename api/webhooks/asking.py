"""What the calls about webhooks have in common: whose things they are, and where a page goes on."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from api import paging
from api.calls import Asked
from api.params import Reading
from api.services import Services
from domain.people import Role
from domain.queries import Fault
from storage.webhooks import Place

NEWEST: Final = "newest"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def owner_of(asked: Asked[Any, Any]) -> str:
    """Only of calls that want a credential."""
    assert asked.caller is not None
    return asked.caller


def owned_by(asked: Asked[Any, Any]) -> str | None:
    """Whose things the caller may see: None stands for everybody's."""
    return None if asked.role.reaches(Role.OPERATOR) else owner_of(asked)


def cursor_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    if (text := read.values.get("cursor")) is not None:
        try:
            paging.place_of(text, sort=NEWEST)
        except paging.BadCursor as error:
            yield Fault(field="cursor", detail=str(error))


def after(cursor: str | None) -> Place | None:
    """Where a page goes on. Only for a cursor without faults."""
    if cursor is None:
        return None
    place = paging.place_of(cursor, sort=NEWEST)
    return Place(created_at=_EPOCH + int(place.key) * _MICROSECOND, id=place.id)


def following(last: Any) -> str:
    """The cursor of the page behind a subscription or a delivery."""
    return paging.cursor(paging.Place(sort=NEWEST, key=(last.created_at - _EPOCH) // _MICROSECOND, id=last.id))


def links(asked: Asked[Any, Any], following: str | None) -> tuple[tuple[str, str], ...]:
    if following is None:
        return ()
    return (("Link", paging.link(paging.link_before(asked.path, asked.pairs), following)),)
