"""Which coding a client gets, and when it is told that it has an answer already."""

import gzip
from random import Random

import pytest
import zstandard

from api.bodies import TINY, Coding, Shelf, compressed, matches, rendering, spliced, wanted

NOISE = Random(1).randbytes(400_000)  # noqa: S311 -- what no compression makes smaller
LONG = b'{"name":"' + b"Zurich " * 400 + b'"}'


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("", Coding.PLAIN),
        ("identity", Coding.PLAIN),
        ("gzip", Coding.GZIP),
        ("x-gzip", Coding.GZIP),
        ("gzip, deflate, br, zstd", Coding.ZSTD),
        ("GZIP;Q=1.0, zstd;q=0.5", Coding.GZIP),
        ("gzip;q=0.2", Coding.GZIP),
        ("gzip;q=0", Coding.PLAIN),
        ("gzip;q=0, *", Coding.ZSTD),
        ("*;q=0", Coding.PLAIN),
        ("*", Coding.ZSTD),
        ("identity;q=1, gzip;q=0.5", Coding.PLAIN),
        ("identity;q=0, gzip;q=0.5", Coding.GZIP),
        ("br", Coding.PLAIN),
        ("gzip;q=much", Coding.PLAIN),
        (" , ;q=1, gzip ;q=0.7", Coding.GZIP),
    ],
)
def test_the_best_liked_coding_wins(accept_encoding: str, coding: Coding) -> None:
    assert wanted(accept_encoding) is coding


def test_both_codings_give_the_same_answer_back() -> None:
    packed = {coding: rendering(LONG, coding, version="v", cache_control="no-cache").body for coding in Coding}
    assert zstandard.decompress(packed[Coding.ZSTD]) == gzip.decompress(packed[Coding.GZIP]) == LONG
    assert max(len(packed[Coding.ZSTD]), len(packed[Coding.GZIP])) < len(LONG)


@pytest.mark.parametrize("head", [b"", b"{", b'{"age":7,', b"h" * ((1 << 17) + 1)])
@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_791, 65_792, (1 << 17) - 1, (1 << 17) + 1, 400_000])
@pytest.mark.parametrize("content", [b"Zurich ", NOISE])
def test_what_was_compressed_before_goes_behind_a_new_head(head: bytes, size: int, content: bytes) -> None:
    tail = (content * (size // len(content) + 1))[:size]
    whole = spliced(head, compressed(tail, Coding.ZSTD))
    assert zstandard.decompress(whole) == head + tail
    decoder = zstandard.ZstdDecompressor().decompressobj()
    assert decoder.decompress(whole) == head + tail
    assert decoder.eof
    assert not decoder.unused_data


def test_a_tiny_answer_stays_as_it_is() -> None:
    tiny = rendering(b"{}" + b" " * (TINY - 3), Coding.GZIP, version="v", cache_control="no-cache")
    assert dict(tiny.headers).get(b"content-encoding") is None
    assert dict(tiny.headers)[b"vary"] == b"accept-encoding"


@pytest.mark.parametrize(
    "if_none_match", ['"v1"', 'W/"v1"', '"v0", "v1"', '"v0" , W/"v1"', "*", ' "v1" ', '"v1.17"', '"v0.1","v1.2"']
)
def test_a_client_that_holds_the_version_is_recognised(if_none_match: str) -> None:
    assert matches(if_none_match, "v1")


@pytest.mark.parametrize("if_none_match", ['"v0"', '"v10"', '"v0.v1"', "", '""', "v0, v2"])
def test_another_version_is_not_taken_for_it(if_none_match: str) -> None:
    assert not matches(if_none_match, "v1")


def test_the_same_answer_is_compressed_once() -> None:
    shelf = Shelf(most_bytes=10_000)
    first = shelf.rendering(LONG, "gzip", cache_control="no-cache")
    assert shelf.rendering(LONG, "gzip;q=0.9", cache_control="no-cache") is first


def test_the_shelf_never_holds_more_than_it_may() -> None:
    shelf = Shelf(most_bytes=2 * len(LONG))
    shown = [shelf.rendering(LONG + b"%d" % number, "", cache_control="no-cache") for number in range(5)]
    assert shelf.rendering(LONG + b"4", "", cache_control="no-cache") is shown[4]
    assert shelf.rendering(LONG + b"0", "", cache_control="no-cache") is not shown[0]
