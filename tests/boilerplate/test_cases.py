"""The cases that are data, the patterns' own examples, and the documents that users gave."""

from __future__ import annotations

import re
from typing import Any

import pytest

from normalize.boilerplate import BoilerplateFinder, Verdict
from normalize.boilerplate.patterns import Matcher, Pattern, builtin, to_cyrillic
from normalize.boilerplate.text import plain
from normalize.document import Document
from tests.cases import cases
from tests.conftest import SHARED

FINDER = BoilerplateFinder()
SEEDS = SHARED / "seeds"


def look(text: str) -> Verdict:
    return FINDER.find(Document("a.txt", text))


def remaining(text: str, verdict: Verdict) -> str:
    """What is left, without the lines and the gaps that became empty."""
    at, parts = 0, []
    for removal in verdict.removals:
        parts.append(text[at : removal.start])
        at = removal.end
    parts.append(text[at:])
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return re.sub(r"\n+", "\n", "\n".join(line for line in lines if line)).strip()


@pytest.mark.parametrize("case", cases("boilerplate"))
def test_cases(case: dict[str, Any]) -> None:
    verdict = look(case["original"])
    assert remaining(case["original"], verdict) == re.sub(r"\n+", "\n", case["expected"]).strip()
    for field in ("title", "date", "author"):
        if field in case:
            assert getattr(verdict.metadata, field) == case[field]
    assert verdict.flags == case.get("flags", [])


@pytest.mark.parametrize("pattern", builtin(), ids=lambda pattern: pattern.rule)
def test_pattern_examples(pattern: Pattern) -> None:
    alone = Matcher([pattern])
    hits = alone.sentence if pattern.at == "sentence" else alone.line
    assert pattern.match, "a pattern shows what it matches"
    assert pattern.no_match, "a pattern shows what it must not match"
    assert [example for example in pattern.match if not hits(plain(example))] == []
    assert [example for example in pattern.no_match if hits(plain(example))] == []


def test_pattern_names_are_unique() -> None:
    rules = [pattern.rule for pattern in builtin()]
    assert len(rules) == len(set(rules))


def test_serbian_patterns_work_in_both_scripts() -> None:
    for pattern in builtin():
        if "sr" not in pattern.languages:
            continue
        alone = Matcher([pattern])
        hits = alone.sentence if pattern.at == "sentence" else alone.line
        for example in pattern.match:
            if re.fullmatch(r"[a-zčćžšđ ,.!?:;()\d-]+", plain(example)) and not re.search(
                r"[qwxy]", plain(example)
            ):
                assert hits(to_cyrillic(plain(example))), f"{pattern.rule}: {example} in Cyrillic"


def seed(name: str) -> str:
    found = sorted(SEEDS.glob(f"{name}_*.txt")) if SEEDS.is_dir() else []
    if not found:
        pytest.skip("the users' own documents are not here")
    return found[0].read_text(encoding="utf-8")


def test_seed_000_is_title_and_nine_paragraphs() -> None:
    text = seed("000")
    verdict = look(text)
    left = remaining(text, verdict).split("\n")
    # The title, and the article: nine paragraphs, of which one is a single sentence that stands alone.
    assert verdict.title_range == (0, len(left[0]))
    assert left[1].startswith("The riots in Almaty")
    assert left[-1].endswith("favour Moscow, not Washington.")
    assert not [
        line
        for line in left
        if re.search(r"Instagram|Newsletter|Disclaimer|fair use|media inquiries|\*", line)
    ]
    assert verdict.metadata.author == "Free West Media"


def test_seed_001_keeps_the_caption() -> None:
    text = seed("001")
    verdict = look(text)
    assert [text[removal.start : removal.end] for removal in verdict.removals] == [
        "Sunday, January 09, 2022",
        "No comments:",
    ]
    assert verdict.metadata.date == "2022-01-09"
    assert verdict.metadata.title == "Kazakhstan Uprise Endangering Russian and Chinese Interests"


def test_seed_002_loses_nothing() -> None:
    verdict = look(seed("002"))
    assert verdict.removals == []
    assert verdict.title_range is None


def test_seed_003_says_the_passage_once() -> None:
    text = seed("003")
    verdict = look(text)
    assert {removal.category for removal in verdict.removals} == {"duplicate", "navigation"}
    left = remaining(text, verdict)
    assert left.count("will always be incomplete") == 1
    assert left.count("football teams") == 1
    assert left.endswith("where they buy houses, yachts and football teams.")
    assert "Previous article" not in left
    assert "Next article" not in left


def test_seed_004_has_its_date_in_the_metadata() -> None:
    text = seed("004")
    verdict = look(text)
    assert verdict.metadata.date == "2022-01-06"
    left = remaining(text, verdict)
    assert left.split("\n")[1].startswith("At the request of Kazakh President")
    assert "home page" not in left
