"""`travelhub match` judges every line that is a pair, and says which are none."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.main import main

BEAUSEJOUR = {
    "name": "Hôtel Beauséjour",
    "lat": 48.85,
    "lon": 2.35,
    "address": "12 rue Pasteur",
    "postal_code": "75001",
}
SAME = {**BEAUSEJOUR, "name": "HOTEL BEAUSEJOUR", "lat": 48.8503}
OTHER = {"name": "Grand Hotel Montclair", "lat": 48.8503, "lon": 2.35}


def line(left: Any, right: Any, **more: Any) -> str:
    return json.dumps({"left": left, "right": right, **more})


def match(pairs: Path) -> int | str | None:
    """The exit code."""
    with pytest.raises(SystemExit) as ended:
        main(["match", "--pairs", str(pairs)])
    return ended.value.code


def told(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], str]:
    """What was printed, as objects, and what was said of errors."""
    said = capsys.readouterr()
    return [json.loads(answer) for answer in said.out.splitlines()], said.err


def test_every_pair_gets_score_verdict_and_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(f"{line(BEAUSEJOUR, SAME, same=1)}\n\n{line(BEAUSEJOUR, OTHER)}\n", encoding="utf-8")
    assert match(pairs) == 0
    (first, second), _ = told(capsys)
    assert (first["line"], first["verdict"]) == (1, "same")
    assert (second["line"], second["verdict"]) == (3, "different")
    assert first["score"] > second["score"]
    assert "33 m apart" in first["reasons"]


def test_pairs_come_in_by_the_pipe() -> None:
    command = [str(Path(sys.executable).with_name("travelhub")), "match", "--pairs", "-"]
    done = subprocess.run(command, input=line(BEAUSEJOUR, SAME), capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["verdict"] == "same"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"nonsense", "JSON is malformed"),
        (b"[" * 100_000, ""),
        (b'"\xff"', ""),
        (line(BEAUSEJOUR, 3).encode(), "$.right"),
        (line(BEAUSEJOUR, {"name": "Montclair", "lat": 1}).encode(), "`lon`"),
        (line({**BEAUSEJOUR, "name": " "}, SAME).encode(), "left has no name"),
        (line(BEAUSEJOUR, {**SAME, "lat": 91}).encode(), "right: (91.0, 2.35) is not a place on Earth"),
    ],
    ids=["no JSON", "a tower of brackets", "no UTF-8", "no place", "half a place", "no name", "not on Earth"],
)
def test_a_line_that_is_no_pair_is_named_and_the_others_are_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: bytes, why: str
) -> None:
    pairs, good = tmp_path / "pairs.jsonl", line(BEAUSEJOUR, SAME).encode()
    pairs.write_bytes(b"\n".join((good, bad, good)))
    assert match(pairs) == 1
    (first, second, third), errors = told(capsys)
    assert (first["verdict"], third["verdict"]) == ("same", "same")
    assert second["line"] == 2
    assert why in second["error"]
    assert "line 2: " in errors


def test_a_postal_code_may_be_a_number_and_a_field_may_be_null(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = tmp_path / "pairs.jsonl"
    left, right = {**BEAUSEJOUR, "postal_code": 75001.0, "city": None}, {**SAME, "postal_code": "75001"}
    pairs.write_text(line(left, right), encoding="utf-8")
    assert match(pairs) == 0
    (only,), _ = told(capsys)
    assert "same postal code" in only["reasons"]


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert match(tmp_path / "nowhere") == 1
    assert "can't be read" in capsys.readouterr().err
