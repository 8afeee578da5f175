"""What an offer's reference says: which products of which property, and who sleeps in each."""

from collections.abc import Iterable

import msgspec

from adapters.kit.failures import GiveUp
from adapters.suppliers.booking_com.wire import Product
from domain.queries import HotelQuery, Party
from domain.searches import Outcome


class ChosenProduct(msgspec.Struct, frozen=True, array_like=True, gc=False):
    id: str
    adults: int
    children_ages: tuple[int, ...] = ()

    @property
    def party(self) -> Party:
        return Party(adults=self.adults, children_ages=self.children_ages)


class Chosen(msgspec.Struct, frozen=True, array_like=True):
    """Written as JSON: the ids of products are opaque, and may hold anything."""

    accommodation: int
    products: tuple[ChosenProduct, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(product.id for product in self.products)


def chosen(accommodation: int, products: Iterable[Product], query: HotelQuery) -> Chosen:
    """Raises ValueError where the products do not hold exactly those who travel."""
    taken = tuple(
        ChosenProduct(product.id, product.number_of_adults or 0, tuple(product.children or ())) for product in products
    )
    adults = sum(product.adults for product in taken)
    ages = sorted(age for product in taken for age in product.children_ages)
    if (adults, ages) != (query.adults, sorted(query.children_ages)):
        raise ValueError(
            f"is for {adults} adults and children of {ages}, asked for {query.adults} and {list(query.children_ages)}"
        )
    return Chosen(accommodation, taken)


def written(choice: Chosen) -> str:
    return msgspec.json.encode(choice).decode()


def read_back(reference: str) -> Chosen:
    """Raises GiveUp for a reference that no search of ours gave."""
    try:
        return msgspec.json.decode(reference, type=Chosen)
    except msgspec.DecodeError as error:
        raise GiveUp("the offer was not made here", outcome=Outcome.REFUSED) from error
