"""What must not be touched comes through untouched, whatever the model does."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.translate import protect
from tests.cases import cases

KEPT = [
    "https://example.org/a?b=1&c=2",
    "www.b92.net",
    "ime.prezime@example.rs",
    "#вести",
    "@vlada",
    "{name}",
    "`x = 1`",
    "%s",
    "КСНУМКС",
]
WORDS = st.sampled_from(
    ["влада", "је", "данас", "рекла", "да", "ће", "нови", "закон", "2019.", "дође", ",", "新闻"]
)


@pytest.mark.parametrize("case", cases("translate/protect"))
def test_case(case: dict[str, Any]) -> None:
    found = [kept.text for kept in protect.find(case["original"])]
    assert found == (case["expected"] if isinstance(case["expected"], list) else [])
    if "model" in case:
        assert protect.shield(case["original"]).text == case["model"]


@given(st.lists(st.one_of(WORDS, st.sampled_from(KEPT)), min_size=1, max_size=9))
def test_round_trip(pieces: list[str]) -> None:
    text = " ".join(pieces)
    shielded = protect.shield(text)
    for kept in KEPT[:-1]:
        assert kept not in shielded.text
    back = shielded.restore(shielded.text)
    assert back is not None
    for kept in protect.find(text):
        assert back.count(kept.text) >= 1
    # Nothing but white space and the names for lost numbers may differ.
    lost = text
    for start, end in reversed(protect.lost_numbers(text)):
        lost = lost[:start] + protect.LOST_NUMBER + lost[end:]
    assert "".join(back.split()) == "".join(lost.split())


@given(st.lists(st.one_of(WORDS, st.sampled_from(KEPT)), min_size=1, max_size=9))
def test_parts_hold_everything(pieces: list[str]) -> None:
    text = " ".join(pieces)
    kept = [part for part, is_kept in protect.parts(text) if is_kept]
    assert kept == [k.text for k in protect.find(text)]


@given(st.text())
def test_any_text(text: str) -> None:
    shielded = protect.shield(text)
    assert shielded.restore(shielded.text) is not None
    found = protect.find(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_model_that_loses_everything_loses_nothing(says: Any, count: int) -> None:
    translation, _ = says(lambda *_: "the government said so")
    for first in range(len(KEPT) - 1):
        kept = [KEPT[(first + i) % (len(KEPT) - 1)] for i in range(count)]
        text = "влада је рекла " + " да је ".join(kept) + " данас."
        (result,) = translation.translate_lines([text], "sr")
        assert result.ok
        assert all(one in result.text for one in kept)
