"""The gate catches what is broken and lets pass what is good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.translate import gate
from tests.conftest import SHARED

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("gate_cases.jsonl").read_text(encoding="utf-8").splitlines()
]
SEEN = [row for row in ROWS if row["kind"] == "in_the_wild"]


def flags(row: dict[str, str]) -> list[str]:
    return gate.check(row["source"], row["output"], row["lang"])


def test_there_are_enough_cases() -> None:
    assert sum(row["verdict"] == "good" for row in ROWS) >= 200
    assert sum(row["verdict"] == "broken" for row in ROWS) >= 200


def test_broken_outputs_are_caught() -> None:
    broken = [row for row in ROWS if row["verdict"] == "broken"]
    missed = [row for row in broken if not flags(row)]
    assert len(missed) <= 0.05 * len(broken), missed


def test_good_outputs_pass() -> None:
    good = [row for row in ROWS if row["verdict"] == "good"]
    flagged = [(row, flags(row)) for row in good if flags(row)]
    assert len(flagged) <= 0.02 * len(good), flagged


@pytest.mark.parametrize("row", SEEN, ids=lambda row: f"{row['flag']}: {row['output'][:30]}")
def test_the_right_check_catches_it(row: dict[str, str]) -> None:
    assert row["flag"] in flags(row)


@pytest.mark.parametrize("lang", ["sr", "hr", "bs", "zh", "ru", "uk", "bg"])
def test_human_translations_pass(lang: str) -> None:
    folder = SHARED / "eval" / "flores-dev"
    if not folder.is_dir():
        pytest.skip("the evaluation texts are not here")
    pairs = zip(
        (folder / f"{lang}.dev").read_text(encoding="utf-8").splitlines(),
        (folder / "en.dev").read_text(encoding="utf-8").splitlines(),
        strict=True,
    )
    found = [gate.check(source, english, lang) for source, english in pairs if source.strip()]
    assert sum(map(bool, found)) <= 0.025 * len(found)


@given(st.text(), st.text(), st.sampled_from(["sr", "zh", "de", "xx"]))
def test_any_text_can_be_checked(source: str, output: str, lang: str) -> None:
    assert set(gate.check(source, output, lang)) <= set(gate.FLAGS)


@given(st.text(alphabet="абвгд ", min_size=12).filter(lambda s: len(s.split()) > 2))
def test_a_copy_never_passes(source: str) -> None:
    assert gate.check(source, source, "sr")
