"""Rapid's links: they are followed as they are, and lead nowhere but to Rapid."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from adapters.suppliers.expedia.wire import Link

VERSION: Final = "/v3"
LIVE_FOR: Final = timedelta(minutes=15)  # or until the link ends, where that is sooner

# Booking calls want the traveller's address, and we do not know it: one of those that documents use (RFC 5737), and
# nobody has, claims to be no one's.
TRAVELLER: Final = (("customer-ip", "192.0.2.1"),)

JSON: Final = (("content-type", "application/json"),)


def lives_until(link: Link, received_at: datetime) -> datetime:
    """When the link ends, and a quarter of an hour at most after it came.

    One that has ended before it came tells of clocks that disagree, and nothing of the link: whoever follows it is told
    by Rapid where it leads no more.
    """
    longest = received_at + LIVE_FOR
    return longest if link.expires is None or link.expires <= received_at else min(longest, link.expires)


def followed(link: Link) -> str:
    """Path and query, untouched. Raises ValueError for a link that leaves the version of the API that we speak.

    Only the path counts, also of an absolute one: a reply never decides to whom we talk.
    """
    try:
        told = urlsplit(link.href)
    except ValueError as error:
        raise ValueError(f"{link.href[:80]!r} is no link") from error
    if not told.path.startswith(f"{VERSION}/"):
        raise ValueError(f"a link leads to {told.path[:80]!r}")
    return f"{told.path}?{told.query}" if told.query else told.path
