"""Which beginnings of words somebody meant who has mistyped one: an immutable tree of beginnings, walked with edits left."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

ONE_EDIT_FROM: Final = 4  # letters
TWO_EDITS_FROM: Final = 8
_MIDDLE: Final = 4  # letters of a word by which those that contain them are found


def edits_allowed(typed: str) -> int:
    """A number that is mistyped is another number."""
    if len(typed) < ONE_EDIT_FROM or typed.isdigit():
        return 0
    return 1 if len(typed) < TWO_EDITS_FROM else 2


class Beginnings:
    """Every beginning of every word, with the letters that may follow it.

    An edit is a letter left out, one too many, one for another, or two neighbours exchanged (optimal string alignment).
    """

    __slots__ = ("_containing", "_following")

    def __init__(self, words: Iterable[str]) -> None:
        following: dict[str, str] = {"": ""}
        containing: defaultdict[str, set[str]] = defaultdict(set)
        for word in sorted(set(words)):
            for length, letter in enumerate(word):
                known = following.get(word[:length], "")
                if known[-1:] != letter:  # the words are sorted, so a letter that is known was the last one
                    following[word[:length]] = known + letter
            following.setdefault(word, "")
            for start in range(TWO_EDITS_FROM // 2 - 2, len(word) - _MIDDLE + 1):
                containing[word[start : start + _MIDDLE]].add(word)
        self._following: Final[Mapping[str, str]] = MappingProxyType(following)
        self._containing: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
            {middle: tuple(sorted(some)) for middle, some in containing.items()}
        )

    def __len__(self) -> int:
        return len(self._following)

    def __contains__(self, beginning: str) -> bool:
        return beginning in self._following

    def meant(self, typed: str, most: int = 2) -> Mapping[str, int]:
        """The beginnings that are as many edits away as a word of this length allows, and how many edits each takes.

        At most `most` edits.
        """
        allowed = min(most, edits_allowed(typed))
        found = dict.fromkeys(self._two_edits(typed), 2) if allowed > 1 else {}
        if allowed:
            found |= {head + rest: 1 for head, rest in self._edited("", typed) if head + rest in self._following}
        if typed in self._following:
            found[typed] = 0
        return found

    def _edited(self, head: str, rest: str) -> Iterator[tuple[str, str]]:
        """Each way to edit once what follows a beginning: the beginning after the edit, and the letters left to come."""
        following = self._following
        for number in range(len(rest) + 1):
            letters = following.get(head)
            if letters is None:
                return
            here, after = rest[number : number + 1], rest[number + 1 :]
            for letter in letters:
                yield head + letter, here + after
                if here and letter != here:
                    yield head + letter, after
            if here:
                yield head, after
                if after:
                    yield head + after[0] + here, after[1:]
            head += here

    def _two_edits(self, typed: str) -> Iterator[str]:
        """Two edits are both before the middle, and then what comes after it is as it was typed; or the second is not.

        Looking for the second only where beginnings are long and few letters follow is what makes this quick.
        """
        half = len(typed) // 2
        yield from self._with_tail(typed[:half], typed[half:])
        for head, rest in self._edited("", typed):
            untouched = max(0, half - 1 - (len(typed) - len(rest)))
            if head + rest[:untouched] in self._following:
                for longer, left in self._edited(head + rest[:untouched], rest[untouched:]):
                    if longer + left in self._following:
                        yield longer + left

    def _with_tail(self, start: str, tail: str) -> Iterator[str]:
        """Beginnings that end in the tail, with something before it that is at most two edits from the start."""
        nearest, farthest = len(start) - 2, len(start) + 2 + len(tail)
        for word in self._containing.get(tail[:_MIDDLE], ()):
            place = word.find(tail, nearest, farthest)
            while place >= 0:
                if distance(start, word[:place]) <= 2:
                    yield word[: place + len(tail)]
                place = word.find(tail, place + 1, farthest)


def distance(one: str, other: str) -> int:
    """Edits between two words: optimal string alignment, in which no two letters are edited twice."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, their in enumerate(other, start=1):
            least = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != their))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == their:
                least = min(least, before[column - 2] + 1)
            now.append(least)
        before, last = last, now
    return last[-1]
