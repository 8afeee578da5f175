"""What a search and the services of an offer have to look like to be taken."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from adapters.suppliers.duffel.sandbox.desk import Desk
from adapters.suppliers.duffel.sandbox.papers import Paper
from adapters.suppliers.duffel.sandbox.refusals import invalid, required

_MOST_PASSENGERS, _MOST_AGE = 9, 130
_CABINS: Final = ("economy", "premium_economy", "business", "first")


def checked_search(asked: Mapping[str, Any], desk: Desk) -> Mapping[str, Any]:
    """Raises Refused at the first thing that is wrong with a search."""
    slices, passengers = asked.get("slices"), asked.get("passengers")
    if not isinstance(slices, list) or not slices:
        raise required("/slices")
    if not isinstance(passengers, list) or not passengers:
        raise required("/passengers")
    for number, part in enumerate(slices):
        _check_slice(part, f"/slices/{number}", desk)
    if len(passengers) > _MOST_PASSENGERS:
        raise invalid("/passengers", f"no more than {_MOST_PASSENGERS} passengers")
    for number, one in enumerate(passengers):
        _check_passenger(one, f"/passengers/{number}")
    if asked.get("cabin_class") not in (None, *_CABINS):
        raise invalid("/cabin_class", "cabin_class is unknown", "validation_inclusion")
    if asked.get("max_connections", 1) not in (0, 1, 2):
        raise invalid("/max_connections", "max_connections is 0, 1 or 2", "validation_inclusion")
    return asked


def _check_slice(part: Any, pointer: str, desk: Desk) -> None:
    if not isinstance(part, dict):
        raise invalid(pointer, "a slice is an object")
    for end in ("origin", "destination"):
        if not isinstance(part.get(end), str):
            raise required(f"{pointer}/{end}")
        if not desk.airports(part[end]):
            raise invalid(f"{pointer}/{end}", f"{part[end]} is neither an airport nor a city", "validation_inclusion")
    try:
        day = date.fromisoformat(part.get("departure_date", ""))
    except (ValueError, TypeError) as error:
        raise invalid(f"{pointer}/departure_date", "departure_date is YYYY-MM-DD") from error
    if day < desk.world.now().date() - timedelta(days=1):
        raise invalid(f"{pointer}/departure_date", "departure_date is over")


def _check_passenger(one: Any, pointer: str) -> None:
    if not isinstance(one, dict) or not one.keys() & {"type", "age", "fare_type"}:
        raise required(f"{pointer}/type")
    if "type" in one and "age" in one:
        raise invalid(pointer, "either type or age, not both")
    if "type" in one and one["type"] != "adult":
        raise invalid(f"{pointer}/type", "type is adult, all others are told by age", "validation_inclusion")
    age = one.get("age", 0)
    if type(age) is not int or not 0 <= age <= _MOST_AGE:
        raise invalid(f"{pointer}/age", "age is a whole number")


def chosen(wanted: Any, services: list[Paper], pointer: str) -> list[Paper]:
    """The services that are named, each as often as it is wanted. Raises Refused for one that is not sold."""
    known = {service["id"]: service for service in services}
    found = []
    for number, wish in enumerate(wanted if isinstance(wanted, list) else []):
        service = known.get(wish.get("id")) if isinstance(wish, dict) else None
        if service is None:
            raise invalid(f"{pointer}/{number}/id", "is not a service of this offer", "validation_inclusion")
        quantity = wish.get("quantity")
        if type(quantity) is not int or not 1 <= quantity <= service["maximum_quantity"]:
            raise invalid(f"{pointer}/{number}/quantity", f"is 1 to {service['maximum_quantity']}")
        found.extend([service] * quantity)
    return found
