"""Lines, blocks and sentences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.segment import LONGEST_SENTENCE, blocks, lines, sentences
from tests.cases import cases


@pytest.mark.parametrize("case", cases("segment"))
def test_case(case: dict[str, Any]) -> None:
    text = case["original"]
    assert [text[low:high] for low, high in sentences(text, case.get("lang", "en"))] == case["expected"]


@given(st.text(alphabet=st.sampled_from('aB .!?。\n"”1је中')), st.sampled_from(["en", "sr", "zh", "xx"]))
def test_sentences_hold_every_letter_once(text: str, lang: str) -> None:
    at = 0
    for low, high in sentences(text, lang):
        assert low >= at
        assert low < high
        assert not text[at:low].strip()
        assert text[low:high] == text[low:high].strip()
        at = high
    assert not text[at:].strip()


@given(st.text())
def test_blocks_hold_the_lines(text: str) -> None:
    assert [line for block in blocks(text) for line in block.lines] == lines(text)


def test_a_sentence_without_end_is_cut() -> None:
    text = "word " * 3000
    found = sentences(text)
    assert all(high - low <= LONGEST_SENTENCE for low, high in found)
    assert "".join(text[low:high] for low, high in found).replace(" ", "") == text.replace(" ", "")
