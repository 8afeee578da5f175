"""Pages that need no thought, packed: all that is sent of an answer but its age, without the offers that it was made of.

A decoded search takes some two megabytes, a packed page a few kilobytes, so that a process that has room for a hundred
searches can answer for tens of thousands.
"""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Final

from api import bodies, present
from api.answers import Freshness
from api.bodies import Coding, Rendering
from domain.searches import Search
from storage.pages import Page

_SECOND: Final = timedelta(seconds=1)
_AROUND: Final = 800  # bytes of a page in memory beside its parts
_MOST_VIEWS: Final = 8  # of one search
_MOST_RENDERED: Final = 1_000  # bodies of some second, beside the pages


def packed(
    search: Search, findings: bytes, following: str | None, *, tag: str, unattended_until: datetime, now: datetime
) -> Page | None:
    """None for a search that has not ended, that is no longer fresh or that nobody has answered."""
    if not search.ended or search.fetched_at is None or search.fresh_until is None or not search.fresh(now):
        return None
    before, after = present.head_around_age(search, now)
    return Page(
        search_id=search.id,
        started_ms=int(search.started_at.timestamp() * 1000),
        version=search.version,
        fetched_at=search.fetched_at.astimezone(UTC),
        fresh_until=search.fresh_until.astimezone(UTC),
        unattended_until=min(unattended_until, search.fresh_until).astimezone(UTC),
        before=before,
        after=after,
        tail=bodies.compressed(b"," + findings[1:], Coding.ZSTD),
        tag=tag,
        next=following,
    )


def tag_of(search: Search, view: str, freshness: Freshness) -> str:
    """Everything that the bytes depend on but the coding and the age."""
    state = f"{search.id} {search.started_at.isoformat()} {search.version} {view} {freshness}"
    return bodies.digest(state.encode())


def rendering(page: Page, coding: Coding, now: datetime) -> Rendering:
    """The answer as it is to be sent now: to those who speak zstd without compressing anything but once."""
    age = _age(page, now)
    head = b'{"search":%b%d%b' % (page.before, age, page.after)
    version = f"{page.tag}-{coding}"
    cache_control = f"public, max-age={(page.fresh_until - page.fetched_at) // _SECOND}"
    if coding is Coding.ZSTD and len(head) + len(page.tail) >= bodies.TINY:
        body = bodies.spliced(head, page.tail)
        return bodies.sealed(body, coding, version=version, cache_control=cache_control, age=age)
    whole = head + bodies.unpacked(page.tail)
    return bodies.rendering(whole, coding, version=version, cache_control=cache_control, age=age)


class Pages:
    """The packed pages that this process holds, within `most_bytes`; those of the least used searches go first.

    A page was the latest in the epoch in which it was held (`api.memory.Answers` counts them).
    """

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held: Final[OrderedDict[str, dict[str, tuple[Page, int]]]] = OrderedDict()
        self._rendered: Final[dict[tuple[str, str, Coding], tuple[Page, int, Rendering]]] = {}
        self.size = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, search_id: str, view: str, now: datetime, *, epoch: int) -> Page | None:
        """One that may be served without a thought and was held in this epoch."""
        views = self._held.get(search_id)
        page, held_in = views.get(view, (None, epoch)) if views is not None else (None, epoch)
        if page is None or held_in != epoch or now >= page.unattended_until:
            return None
        self._held.move_to_end(search_id)
        return page

    def rendering(self, page: Page, view: str, coding: Coding, now: datetime) -> Rendering:
        """As it is to be sent now; of what is asked for again within the second, made once."""
        slot = page.search_id, view, coding
        made = self._rendered.get(slot)
        if made is not None and made[0] is page and made[1] == _age(page, now):
            return made[2]
        if len(self._rendered) >= _MOST_RENDERED:
            self._rendered.clear()
        shown = rendering(page, coding, now)
        self._rendered[slot] = page, _age(page, now), shown
        return shown

    def hold(self, page: Page, view: str, *, epoch: int) -> None:
        views = self._held.setdefault(page.search_id, {})
        older = any((one.started_ms, one.version) < (page.started_ms, page.version) for one, _ in views.values())
        if older or (len(views) >= _MOST_VIEWS and view not in views):
            self.drop(page.search_id)
            views = self._held.setdefault(page.search_id, {})
        if (replaced := views.get(view)) is not None:
            self.size -= _size(replaced[0])
        views[view] = page, epoch
        self._held.move_to_end(page.search_id)
        self.size += _size(page)
        self._make_room()

    def resize(self, most_bytes: int) -> None:
        """From now on there is so much room."""
        self._most_bytes = most_bytes
        self._make_room()

    def grew(self, search_id: str, started_ms: int, version: int) -> None:
        """Somebody published this version: pages of an older one are of no use any more."""
        views = self._held.get(search_id)
        if views is not None and any(
            (page.started_ms, page.version) < (started_ms, version) for page, _ in views.values()
        ):
            self.drop(search_id)

    def _make_room(self) -> None:
        while self.size > self._most_bytes and self._held:
            self.drop(next(iter(self._held)))

    def drop(self, search_id: str) -> None:
        self.size -= sum(_size(page) for page, _ in self._held.pop(search_id, {}).values())


def _age(page: Page, now: datetime) -> int:
    return max(0, int((now - page.fetched_at).total_seconds()))


def _size(page: Page) -> int:
    return _AROUND + len(page.before) + len(page.after) + len(page.tail)
