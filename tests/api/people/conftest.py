"""One API process for all tests of a module: everybody in it has an address of their own."""

from tests.api.bookings.conftest import api, shared_database

__all__ = ["api", "shared_database"]
