"""What must hold for any document."""

from __future__ import annotations

import pickle
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalize.boilerplate import BoilerplateFinder, BoilerplateOptions, LineRepetition
from normalize.document import Document, Span
from normalize.errors import CannotStartError
from tests.boilerplate.test_cases import remaining

if TYPE_CHECKING:
    from pathlib import Path

    from normalize.boilerplate import Verdict

FINDER = BoilerplateFinder()
WORDS = [
    "harbour",
    "winter",
    "letter",
    "stone",
    "window",
    "bread",
    "river",
    "captain",
    "village",
    "market",
    "silence",
    "morning",
    "engine",
    "question",
    "garden",
    "shadow",
    "number",
    "travel",
    "measure",
    "welcome",
    "order",
    "danger",
    "summer",
    "bridge",
    "soldier",
    "teacher",
]


def sentence(seed: int) -> str:
    """A sentence of its own for every number: what is said twice is rightly taken out."""
    chance = random.Random(seed)
    words = chance.sample(WORDS, chance.randint(14, 24))
    return f"The {words[0]} was not in the {words[1]}, and {' '.join(words[2:])} with it."


PARAGRAPH = st.lists(st.integers(0, 10**6).map(sentence), min_size=2, max_size=4, unique=True).map(" ".join)


def article(least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Paragraphs in which nothing is said twice."""
    seeds = st.lists(st.integers(0, 10**6), min_size=3 * least, max_size=3 * most, unique=True)
    return seeds.map(
        lambda found: [
            " ".join(map(sentence, found[at : at + 3])) for at in range(0, len(found) - len(found) % 3, 3)
        ]
    )


CLUTTER = st.sampled_from(
    [
        "Share this article",
        "Subscribe to our newsletter",
        "***",
        "No comments:",
        "Back to top",
        "© 2019 Example LLC. All Rights Reserved.",
        "READ MORE: The harbour that never opened",
        "Advertisement",
    ]
)


def look(text: str, finder: BoilerplateFinder = FINDER) -> Verdict:
    return finder.find(Document("a.txt", text))


def well_formed(text: str, verdict: Verdict) -> None:
    at = 0
    for removal in verdict.removals:
        assert at <= removal.start < removal.end <= len(text)
        assert "\n" not in text[removal.start : removal.end], "one removal per line"
        assert removal.rule
        at = removal.end
    if verdict.title_range:
        start, end = verdict.title_range
        assert text[start:end].split() == (verdict.metadata.title or "").split()
        assert all(removal.end <= start or removal.start >= end for removal in verdict.removals)


@given(st.text())
def test_removals_are_in_range_ordered_and_disjoint(text: str) -> None:
    well_formed(text, look(text))


@settings(max_examples=60)
@given(
    st.lists(st.one_of(PARAGRAPH, CLUTTER, st.text(max_size=60)), max_size=12),
    st.sampled_from(["\n", "\n\n"]),
)
def test_documents_of_pieces(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    well_formed(text, look(text))


@settings(max_examples=40)
@given(article(3, 10))
def test_clean_prose_stays(paragraphs: list[str]) -> None:
    assert look("\n\n".join(paragraphs)).removals == []


@settings(max_examples=40)
@given(article(3, 8), st.lists(CLUTTER, max_size=4))
def test_clutter_goes_and_a_second_look_takes_nothing(paragraphs: list[str], clutter: list[str]) -> None:
    text = "\n".join([*paragraphs, *clutter])
    once = remaining(text, look(text))
    assert once == "\n".join(paragraphs)
    assert remaining(once, look(once)) == once


def test_a_finder_travels_between_processes() -> None:
    options = BoilerplateOptions(keep=frozenset({"share"}))
    finder = BoilerplateFinder(options)
    text = "The harbour was closed for three days after the storm, and the ships waited.\nShare this article\n***\n"
    before = look(text, finder)
    after = look(text, pickle.loads(pickle.dumps(finder)))  # noqa: S301 - our own
    assert before == after
    assert [removal.category for removal in after.removals] == ["separator"]


def test_repetition_across_documents() -> None:
    footer = "The Example Gazette has been printed in the valley since 1874"
    texts = [
        f"The {word} stood where it had always stood, and nobody asked for it again.\n"
        f"It was the year in which the {word} was counted for the first time, and the last.\n"
        f"Whoever came by the {word} in those days lifted his hat, for he knew what was due.\n{footer}\n"
        for word in WORDS[:6]
    ]
    repetition = LineRepetition()
    for number, text in enumerate(texts):
        repetition.add(f"gazette/{number}.txt", text)
    restored = pickle.loads(pickle.dumps(repetition))  # noqa: S301 - our own
    for number, text in enumerate(texts):
        verdict = FINDER.find(Document(f"gazette/{number}.txt", text), restored)
        assert [text[removal.start : removal.end] for removal in verdict.removals] == [footer]
        assert verdict.removals[0].rule == "repetition:documents"
    elsewhere = FINDER.find(Document("other/1.txt", texts[0]), restored)
    assert elsewhere.removals == [], "another folder is another site"


def test_copies_of_a_document_are_not_furniture() -> None:
    text = (
        "The harbour was closed for three days after the storm, and the ships waited outside the bay.\n" * 1
    )
    repetition = LineRepetition()
    for number in range(9):
        repetition.add(f"{number}.txt", text)
    assert FINDER.find(Document("0.txt", text), repetition).removals == []


def test_a_translated_line_is_recognized() -> None:
    text = "Ово је чланак о мосту који се гради већ годинама.\nСазнајте новости пре других, упишите се овде\n"
    start = text.index("Сазнајте")
    document = Document("a.txt", text)
    document.spans = [
        Span(
            0, start - 1, "sr", "Cyrl", 1.0, "paragraph", "translated", "This is an article about a bridge."
        ),
        Span(
            start,
            len(text) - 1,
            "sr",
            "Cyrl",
            1.0,
            "paragraph",
            "translated",
            "Sign up for our newsletter here",
        ),
    ]
    found = FINDER.find_translated(document)
    assert [(removal.start, removal.end, removal.category) for removal in found] == [
        (start, len(text) - 1, "newsletter")
    ]
    document.removals = found
    assert FINDER.find_translated(document) == []


ARTICLE = "The harbour was closed for three days after the storm, and the ships waited outside the bay.\n"


def test_own_patterns_and_rules_for_sites(tmp_path: Path) -> None:
    patterns = tmp_path / "own.toml"
    patterns.write_text(
        'category = "advert"\n[[pattern]]\nid = "beer"\nregex = "drink example beer"\n', encoding="utf-8"
    )
    sites = [{"match": "gazette/*", "drop": ["From our .* desk"], "keep": ["share", "No comments:?"]}]
    finder = BoilerplateFinder(BoilerplateOptions(drop_files=(patterns,), site_rules=sites))
    text = ARTICLE + "Drink Example Beer!\nFrom our northern desk\nShare this article\nNo comments:\n"
    verdict = finder.find(Document("gazette/a.txt", text))
    rules = {text[removal.start : removal.end]: removal.rule for removal in verdict.removals}
    assert rules == {"Drink Example Beer!": "own:advert/beer", "From our northern desk": "site:gazette/*"}
    others = finder.find(Document("herald/a.txt", text)).removals
    assert "Share this article" in [text[removal.start : removal.end] for removal in others]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[[pattern]]\nid = 'x'\n", "no `regex`"),
        ("[[pattern]]\nid = 'x'\nregex = '('\n", "no regular expression"),
        ("category = 'beer'\n[[pattern]]\nid = 'x'\nregex = 'a'\n", "unknown category"),
        ("not toml", "not a TOML file"),
    ],
)
def test_bad_pattern_files_are_named(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CannotStartError, match=says) as error:
        BoilerplateFinder(BoilerplateOptions(drop_files=(path,))).check()
    assert "bad.toml" in str(error.value)


@pytest.mark.parametrize(
    "rule", [{}, {"match": 3}, {"match": "*", "drop": "x"}, {"match": "*", "drop": ["("]}]
)
def test_bad_site_rules_are_named(rule: dict[str, object]) -> None:
    with pytest.raises(CannotStartError):
        BoilerplateFinder(BoilerplateOptions(site_rules=[rule])).check()


@pytest.mark.parametrize(
    "text",
    [
        "a" * 500_000,
        "share this " * 50_000,
        "home " * 100_000,
        ". " * 200_000,
        "-" * 500_000,
        "(" * 300_000,
        "read more: " * 40_000,
        "\n" * 300_000,
        "The same sentence stands here again and again, in ten words.\n" * 3_000,
    ],
    ids=["letters", "share", "home", "dots", "dashes", "brackets", "read-more", "empty", "same"],
)
def test_odd_documents_do_not_hang(text: str) -> None:
    well_formed(text, look(text))
