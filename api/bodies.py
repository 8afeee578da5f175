"""Bodies on the wire: which encoding a client wants, compressed once and kept, with a strong ETag."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec
import zstandard

TINY: Final = 860  # bytes; below, compression costs more than the packet that it does not save
_JSON: Final = "application/json"
# Measured on a page of 66 KB: level 6 makes it 5 % (zstd) and 14 % (gzip) smaller and takes three times as long.
_ZSTD_LEVEL: Final = 3
_GZIP_LEVEL: Final = 4
_tools: Final = threading.local()
# The magic number, and a header that says: a single segment, its size in four bytes, no checksum.
_FRAME: Final = b"\x28\xb5\x2f\xfd\xa0"
_BLOCK: Final = 1 << 17  # bytes, the most of one block


class Coding(StrEnum):
    """Content codings that we speak, the preferred one first."""

    ZSTD = "zstd"
    GZIP = "gzip"
    PLAIN = "identity"


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes ready to be sent. `version` is the part of the ETag that If-None-Match compares.

    `headers` are those of a 200; `short_headers` those of the 304 that stands for it.
    """

    version: str
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    short_headers: tuple[tuple[bytes, bytes], ...]


@lru_cache(maxsize=512)
def wanted(accept_encoding: str) -> Coding:
    """The coding that an Accept-Encoding header prefers (RFC 9110, 12.5.3). Equal wishes go by our own order.

    A client that refuses everything gets plain bytes, as one that says nothing does.
    """
    weights = dict(_weights(accept_encoding))
    if not weights:
        return Coding.PLAIN
    rest = weights.get("*", 0.0)
    # "identity" is acceptable unless it is refused, but a coding that was asked for goes before it.
    plain = weights.get(Coding.PLAIN, weights.get("*", 0.001))
    wishes = {coding: weights.get(coding, rest) for coding in (Coding.ZSTD, Coding.GZIP)} | {Coding.PLAIN: plain}
    best = max(wishes.values())
    return next(coding for coding in Coding if wishes[coding] == best) if best else Coding.PLAIN


def _weights(accept_encoding: str) -> list[tuple[str, float]]:
    weights = []
    for part in accept_encoding.split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        if name:
            weights.append(({"x-gzip": "gzip"}.get(name, name), _quality(parameters)))
    return weights


def _quality(parameters: list[str]) -> float:
    """1 where no weight is given; a weight that can't be read is a refusal, which is the safe reading."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            digits = value.strip()
            return min(float(digits), 1.0) if digits.replace(".", "", 1).isdecimal() else 0.0
    return 1.0


def compressed(body: bytes, coding: Coding) -> bytes:
    match coding:
        case Coding.ZSTD:
            return _zstd().compress(body)
        case Coding.GZIP:
            return gzip.compress(body, _GZIP_LEVEL, mtime=0)
        case Coding.PLAIN:
            return body


def spliced(head: bytes, frame: bytes) -> bytes:
    """One zstd frame of `head` and of what `frame` holds, without compressing anything anew (RFC 8878, 3.1.1).

    The head goes as a raw block, which leaves the state of the decoder alone, so the frame's own blocks follow as they
    are. The frame is one of ours: without checksum and dictionary.
    """
    descriptor = frame[4]
    single, told = descriptor >> 5 & 1, descriptor >> 6
    width = (single, 2, 4, 8)[told]
    blocks = 5 + (1 - single) + width
    size = int.from_bytes(frame[blocks - width : blocks], "little") + (256 if told == 1 else 0)
    return b"".join((_FRAME, (len(head) + size).to_bytes(4, "little"), *_raw_blocks(head), frame[blocks:]))


def _raw_blocks(head: bytes) -> Iterator[bytes]:
    for start in range(0, len(head), _BLOCK):
        block = head[start : start + _BLOCK]
        yield (len(block) << 3).to_bytes(3, "little")
        yield block


def unpacked(body: bytes) -> bytes:
    """What was compressed by zstd."""
    if not hasattr(_tools, "decompressor"):
        _tools.decompressor = zstandard.ZstdDecompressor()
    plain: bytes = _tools.decompressor.decompress(body)
    return plain


def _zstd() -> zstandard.ZstdCompressor:
    """One for each thread: making it takes three times as long as a page does in it."""
    if not hasattr(_tools, "compressor"):
        _tools.compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
    made: zstandard.ZstdCompressor = _tools.compressor
    return made


def digest(body: bytes) -> str:
    return hashlib.blake2s(body, digest_size=12).hexdigest()


def matches(if_none_match: str, version: str) -> bool:
    """Whether the client holds this version already: a list of tags, weak or strong, or `*`.

    Our tags may end in `.<age>`: the same answer some seconds later. Its bytes differ in `age_seconds` alone, so the
    tag has to differ to be a strong one, yet nobody needs those bytes again: the Age header of the 304 says it all.
    """
    if if_none_match.strip() == "*":
        return True
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in if_none_match.split(","))
    return any(tag.partition(".")[0] == version for tag in tags)


def rendering(
    body: bytes,
    coding: Coding,
    *,
    version: str,
    cache_control: str,
    age: int | None = None,
    media_type: str = _JSON,
) -> Rendering:
    """`version` names content and coding; `age` in seconds, where the bytes tell it."""
    small = len(body) < TINY
    return sealed(
        body if small else compressed(body, coding),
        Coding.PLAIN if small else coding,
        version=version,
        cache_control=cache_control,
        age=age,
        media_type=media_type,
    )


def sealed(
    sent: bytes, coding: Coding, *, version: str, cache_control: str, age: int | None = None, media_type: str = _JSON
) -> Rendering:
    """The same of bytes that are in their coding already."""
    tag = f'"{version}"' if age is None else f'"{version}.{age}"'
    short = {"etag": tag, "cache-control": cache_control, "vary": "accept-encoding", "age": str(age or 0)}
    headers = {"content-type": media_type, "content-length": str(len(sent))} | short
    if coding is not Coding.PLAIN:
        headers["content-encoding"] = coding.value
    return Rendering(version=version, body=sent, headers=_raw(headers), short_headers=_raw(short))


def _raw(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


class Shelf:
    """Renderings by what they say, so that the same bytes are compressed once; the least used ones go first."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes: Final = most_bytes
        self._bytes = 0
        self._held: Final[OrderedDict[tuple[str, Coding, str, str], Rendering]] = OrderedDict()

    def rendering(self, body: bytes, accept_encoding: str, *, cache_control: str, media_type: str = _JSON) -> Rendering:
        coding = wanted(accept_encoding)
        key = (digest(body), coding, cache_control, media_type)
        held = self._held.get(key)
        if held is not None:
            self._held.move_to_end(key)
            return held
        made = rendering(body, coding, version=f"{key[0]}-{coding}", cache_control=cache_control, media_type=media_type)
        self._hold(key, made)
        return made

    def _hold(self, key: tuple[str, Coding, str, str], made: Rendering) -> None:
        self._held[key] = made
        self._bytes += len(made.body)
        while self._bytes > self._most_bytes:
            _, dropped = self._held.popitem(last=False)
            self._bytes -= len(dropped.body)
