"""Brings the database to the schema of this version, with every trouble as one sentence."""

from sqlalchemy.exc import ArgumentError

from cli.stops import Stop
from storage.failures import StorageDown
from storage.migrate import upgrade


def bring_up_to_date(url: str) -> None:
    """Raises Stop."""
    try:
        upgrade(url)
    except StorageDown as error:
        raise Stop(f"{str(error).strip().rstrip('.')}.") from error
    except (ArgumentError, ValueError) as error:  # the latter for a port that is no number
        # The URL may hold a password, so it is not repeated.
        raise Stop("DATABASE_URL cannot be read: write it like postgresql://user:password@host:5432/name.") from error
