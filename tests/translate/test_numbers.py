"""Numbers, currency and percent signs come through, in English spelling."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.translate import numerals
from normalize.translate.polish import polish
from tests.cases import cases


@pytest.mark.parametrize("case", cases("translate/numbers"))
def test_case(case: dict[str, Any]) -> None:
    source = case.get("source", case["original"])
    output = case.get("output", case["original"])
    assert polish(source, output, case["lang"]) == case["expected"]
    assert not numerals.compare(source, case["expected"], case["lang"]).missing


def spelled(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)


@given(st.integers(0, 10**9), st.sampled_from([".", " ", "\u00a0", "'"]))
def test_groups_of_digits_are_one_number(value: int, mark: str) -> None:
    (number,) = numerals.source_numbers(f"укупно {spelled(value, mark)} људи", "sr")
    assert str(value) in number.keys
    assert numerals.compare(f"укупно {spelled(value, mark)} људи", f"{value:,} people", "sr").missing == []


@given(st.integers(1, 9999), st.sampled_from(["万", "亿", "億", "萬"]))
def test_chinese_scales(value: int, scale: str) -> None:
    (number,) = numerals.source_numbers(f"共{value}{scale}人", "zh")
    full = value * numerals.SCALES[scale]
    assert number.keys == {str(full)}
    assert not numerals.compare(f"共{value}{scale}人", numerals.in_words(Decimal(full)), "zh").missing


@given(st.lists(st.integers(13, 9999), min_size=1, max_size=4, unique=True), st.randoms())
def test_repair_puts_every_number_back_where_there_is_a_place(values: list[int], rnd: Any) -> None:
    source = " и ".join(f"{value} ствари" for value in values)
    wrong = " and ".join(f"{rnd.randint(10000, 99999)} things" for _ in values)
    repaired, changed = numerals.repair(source, wrong, "sr")
    assert changed
    assert not numerals.compare(source, repaired, "sr").missing


@given(st.text(), st.text(), st.sampled_from(["sr", "zh", "en"]))
def test_nothing_breaks_it(source: str, output: str, lang: str) -> None:
    numerals.compare(source, output, lang)
    numerals.repair(source, output, lang)
    polish(source, output, lang)


@pytest.mark.parametrize(
    ("digits", "suffix"),
    [("1", "st"), ("2", "nd"), ("3", "rd"), ("11", "th"), ("112", "th"), ("1,022", "nd")],
)
def test_ordinals(digits: str, suffix: str) -> None:
    assert numerals.ordinal_suffix(digits) == suffix
