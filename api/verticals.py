"""Every vertical that can be searched, and what follows from having several of them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from api import cars, flights, hotels
from api.params import Choice, fields_of, without_none
from api.vertical import Vertical
from domain.offers import Offer

VERTICALS: Final[Mapping[str, Vertical]] = MappingProxyType(
    {vertical.name: vertical for vertical in (flights.VERTICAL, hotels.VERTICAL, cars.VERTICAL)}
)
_BY_PRODUCT: Final = MappingProxyType({vertical.product: vertical for vertical in VERTICALS.values()})

# Clients that were there before the other verticals say nothing and mean flights.
NEW_SEARCH: Final = Choice(
    field="vertical", kinds={name: vertical.new for name, vertical in VERTICALS.items()}, default=flights.VERTICAL.name
)


def selling(offer: Offer) -> Vertical:
    """The vertical that the offer is of."""
    return _BY_PRODUCT[type(offer.product)]


def _every_wish() -> type[msgspec.Struct]:
    """The wishes of all verticals in one shape: what may be sent before it is known which search it is about."""
    offered: dict[str, dict[str, msgspec.structs.FieldInfo]] = {}
    for vertical in VERTICALS.values():
        for name, field in fields_of(vertical.wishes).items():
            offered.setdefault(name, {})[vertical.name] = field
    fields = [(name, _joined(among), next(iter(among.values())).default) for name, among in offered.items()]
    return msgspec.defstruct("SearchWishes", fields, frozen=True, kw_only=True)


def _joined(among: Mapping[str, msgspec.structs.FieldInfo]) -> Any:
    """One type for a wish, described for each vertical that has it where not all have the same.

    Words to choose from are put together; all else that goes by one name is of one type.
    """
    fields = tuple(among.values())
    kind = fields[0].type
    if len(among) == len(VERTICALS) and all(field.type == kind for field in fields):
        return kind
    words = [word for field in fields for word in _words(field.type)]
    if words and len(fields) > 1:
        kind = Literal[tuple(dict.fromkeys(words))]
    told = (f"{name.capitalize()}: {_description(field.type)}" for name, field in among.items())
    return Annotated[kind, Meta(description=" ".join(told))]


def _words(kind: Any) -> tuple[str, ...]:
    bare = getattr(without_none(kind), "__origin__", without_none(kind))
    return tuple(word.value for word in bare) if isinstance(bare, type) and issubclass(bare, StrEnum) else ()


def _description(kind: Any) -> str:
    schema = msgspec.json.schema(kind)
    members = (schema, *schema.get("anyOf", ()))
    return next((str(member["description"]) for member in members if "description" in member), "")


EveryWish: Final = _every_wish()
