"""Repair puts right what is broken and leaves alone what is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.document import Document
from normalize.repair import repair
from tests.cases import cases


def repaired(text: str) -> Document:
    document = Document(path="-", source=text)
    repair(document)
    return document


@pytest.mark.parametrize("case", cases("repair"))
def test_case(case: dict[str, Any]) -> None:
    assert repaired(case["original"]).text == case["expected"]


# Pieces of text that trouble is made of.
broken = st.sampled_from(
    [
        "Ð¢Ð¾ÐºÐ°",
        "â€™",
        "РџСЂРё",
        "\u00a0",
        "\u200b",
        "\r\n",
        "\r",
        "&amp;",
        "é",
        "\u0301",
        "„",
        "“",
        "％",
        "中国",
        "\x00",
        " ",
        "word",
        "\ufffd",
    ]
)
texts = st.one_of(st.text(), st.lists(broken).map("".join))


@given(texts)
def test_repairs_are_a_plan_that_can_be_replayed(text: str) -> None:
    document = repaired(text)
    parts, at = [], 0
    for row in document.repairs:
        assert at <= row.start <= row.end
        assert text[row.start : row.end] == row.before != row.after
        parts += text[at : row.start], row.after
        at = row.end
    assert "".join(parts) + text[at:] == document.text


@given(texts)
def test_repair_of_what_is_repaired_changes_only_what_came_together(text: str) -> None:
    once = repaired(text).text
    twice = repaired(once).text
    # Joined neighbours can make new mojibake or a new entity; a third time nothing is left.
    assert repaired(twice).text == twice or len(repaired(twice).text) < len(twice)


@given(texts, st.data())
def test_offsets_lead_back_to_the_source(text: str, data: st.DataObject) -> None:
    document = repaired(text)
    start = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(start, len(document.text)))
    low, high = document.to_source(start, end)
    assert 0 <= low <= high <= len(text)
    # What lies outside of repairs is found again letter by letter.
    inside = [row for row in document.repairs if row.start < high and row.end > low]
    if not inside and start < end:
        assert text[low:high] == document.text[start:end]
