"""The whole way: what must hold for every input, and what is expected of real documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalize import Normalizer, Result
from normalize.pipeline import Settings, from_text
from normalize.report import source_of
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Normalizer(Settings(translate=False))
WITHOUT_MODELS = Normalizer(Settings(translator="argos", memory=False))

parts = st.sampled_from(
    [
        "The harbour office said on Sunday that the boats would sail again.",
        "Влада је у недељу саопштила да ће војни бродови превозити гориво.",
        "新港口让小镇一分为二",
        "дღეს ამინდი ძალიან კარგია",
        "пријавио",
        "Read more: Ten Things to Do",
        "Share this:",
        "***",
        "* item",
        "© 2022 Northern Coast Media. All rights reserved.",
        "Monday, March 14, 2022",
        "By Helen Marsh",
        "further east.Do you think",
        "Ð¢Ð¾ÐºÐ°Ñ˜ÐµÐ²",
        "\u00a0",
        "\u200b",
        "&amp;",
        "\r\n",
        "\n",
        "\n\n",
        " ",
        "  ",
        "„",
        "“",
        '"',
        "'",
        " -- ",
        "12.5 %",
        "https://a.example/x.Do",
        "# ",
        "## Heading",
        "| a | b |",
        "```\n",
        "[",
        "]",
        "\x00",
    ]
)
texts = st.one_of(st.lists(parts, max_size=25).map("".join), st.text(max_size=60))


def check(text: str, result: Result) -> None:
    """What a report promises."""
    report = result.report
    assert report["error"] is None
    counts = report["conservation"]
    assert (
        counts["source"] == sum(map(str.isalpha, text)) == sum(v for k, v in counts.items() if k != "source")
    )
    for name in ("spans", "removed", "repairs"):
        at = 0
        for row in report[name]:
            assert at <= row["start"] <= row["end"] <= len(text), name
            at = row["end"]
    for row in report["removed"]:
        assert text[row["start"] : row["end"]] == row["text"]
        assert row["line"] == text.replace("\r\n", "\n\0").replace("\r", "\n")[: row["start"]].count("\n") + 1
    for row in report["repairs"]:
        assert text[row["start"] : row["end"]] == row["before"]
    json.dumps(report, ensure_ascii=False)


@settings(max_examples=300)
@given(texts)
def test_nothing_is_lost_and_the_source_can_be_rebuilt(text: str) -> None:
    result = PLAIN.text(text)
    # Half surrogates, which no text can be written with, are replaced on the way in.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    check(text, result)
    assert source_of(result.text, result.report) == text


@settings(max_examples=100)
@given(texts)
def test_the_same_text_gives_the_same_result(text: str) -> None:
    first, second = PLAIN.text(text), Normalizer(Settings(translate=False)).text(text)
    assert (first.text, first.report) == (second.text, second.report)


CLEAN = """# Ferry Strike Leaves Islands Waiting for Fuel

Ferry crews on the northern islands walked out on Saturday after talks about winter pay broke down. By Sunday evening, three of the five islands had less than two days of heating oil left, the harbour office said.

“We did not want this,” said Tomas Berg, who has worked on the night boat for 19 years. “But the last offer was 1.5 percent, and the price of bread alone has risen by 12 percent.”

## What the islands want

Talks are to resume on Tuesday at 19:30 in the town hall. Nazarbayev, São Paulo, Mitteleuropa and a coup d’état are not what they will be about.

- oil for two weeks
- a boat with medicine

The mayor said — and nobody doubted it — that a boat with medicine would sail in any case.
"""


def test_a_clean_document_passes_unchanged(normalizer: Normalizer) -> None:
    result = normalizer.text(CLEAN)
    assert result.text == CLEAN
    assert result.report["removed"] == result.report["spans"] == result.report["repairs"] == []


@pytest.mark.parametrize("text", ["", " ", "\n", "\ufeff", "12 345", "🙂", "x"])
def test_next_to_nothing(normalizer: Normalizer, text: str) -> None:
    result = normalizer.text(text)
    assert result.ok
    assert result.text.strip() == text.strip().replace("\ufeff", "")


def test_mojibake_is_repaired_before_it_is_translated(normalizer: Normalizer) -> None:
    good = "Влада је у недељу саопштила да ће војни бродови превозити гориво."
    text = (
        "The boats sail.\n\n"
        + good.encode().decode("cp1252", "surrogateescape").encode("utf-8", "replace").decode()
    )
    if "?" in text:
        text = "The boats sail.\n\n" + "".join(chr(byte) for byte in good.encode())
    (span,) = normalizer.text(text).report["spans"]
    assert span["lang"] == "sr"
    assert text[span["start"] : span["end"]] == text[17:]


@pytest.fixture(scope="module")
def results(seeds: Path, normalizer: Normalizer) -> dict[str, Result]:
    """What becomes of the acceptance documents, by their numbers."""
    return {path.name[:3]: normalizer.file(path) for path in sorted(seeds.iterdir())}


def is_foreign(letter: str) -> bool:
    """Whether a letter is Cyrillic or Han."""
    return "\u0400" <= letter <= "\u052f" or "\u4e00" <= letter <= "\u9fff"


class TestSeeds:
    """The five acceptance documents."""

    def test_reports_hold_what_they_promise(self, results: dict[str, Result]) -> None:
        for result in results.values():
            check(result.document.source, result)  # type: ignore[union-attr]

    def test_no_foreign_script_is_left(self, results: dict[str, Result]) -> None:
        for name, result in results.items():
            assert result.ok, name
            assert not [c for c in result.text if is_foreign(c)], name

    def test_serbian(self, results: dict[str, Result]) -> None:
        result = results["002"]
        spans = result.report["spans"]
        source = result.document.source  # type: ignore[union-attr]
        paragraphs = [
            line for line in source.split("\n") if sum("\u0400" <= c <= "\u04ff" for c in line) > 60
        ]
        assert [span["kind"] for span in spans].count("paragraph") == len(paragraphs) == 14
        assert {span["lang"] for span in spans} == {"sr"}
        inline = {source[span["start"] : span["end"]]: span for span in spans if span["kind"] == "inline"}
        assert set(inline) == {
            "пријавио",
            "чланак",
            "најавила",
            "извештај",
            "неслагање",
            "рекао Јануари КСНУМКС",
        }
        assert inline["рекао Јануари КСНУМКС"]["translation"] == "said January [number lost in source]"
        assert "lost-number" in inline["рекао Јануари КСНУМКС"]["flags"]
        for word, english in (
            ("пријавио", "reported"),
            ("чланак", "article"),
            ("најавила", "announced"),
            ("извештај", "report"),
        ):
            assert inline[word]["translation"] == english
        # Every paragraph stands in its place: between the English ones that stood around it.
        assert len(result.text.split("\n\n")) == len([line for line in source.split("\n") if line.strip()])
        assert not result.report["removed"]

    def test_pairs(self, results: dict[str, Result]) -> None:
        result = results["001"]
        assert [span["action"] for span in result.report["spans"]] == ["paired"] * 4
        assert result.text.count("Western black hands behind the mass protests") == 1
        assert "[In the “Lost Satellite Nation” Kazakhstan" in result.text
        assert "No comments" not in result.text
        assert result.report["date"] == "2022-01-09"
        assert result.report["title"] == "Kazakhstan Uprise Endangering Russian and Chinese Interests"

    def test_clutter(self, results: dict[str, Result]) -> None:
        result = results["000"]
        paragraphs = result.text.strip().split("\n\n")
        assert paragraphs[0] == "# Kazakhstan: Eyewitnesses Say Unrest Is Being Coordinated"
        assert len(paragraphs) == 11
        assert paragraphs[1].startswith("The riots in Almaty")
        assert paragraphs[-1].endswith("not Washington.")
        assert result.report["author"] == "Free West Media"

    def test_repeated_passage(self, results: dict[str, Result]) -> None:
        text = results["003"].text
        assert text.count("they buy houses, yachts and football teams.") == 1
        assert text.count("any empire that Putin tries to rebuild") == 1
        assert "Previous article" not in text
        assert "Next article" not in text
        assert "further east. Do you think" in text
        assert "the new regime. Indeed, the troops" in text

    def test_navigation_and_date(self, results: dict[str, Result]) -> None:
        result = results["004"]
        assert "home page" not in result.text
        assert result.report["date"] == "2022-01-06"
        assert result.text.startswith("# Violence Continues")


def test_the_text_of_a_row_has_no_markup(without_translation: Normalizer) -> None:
    document = from_text(CLEAN.replace("# ", "", 1), "row#1")
    document.format = "jsonl"
    (result,) = without_translation.documents([document])
    assert not result.text.startswith("#")
    assert not result.text.endswith("\n")


class TestSamples:
    """The project's own sample input, which a new user sees first."""

    def done(self, normalizer: Normalizer, name: str) -> Result:
        return normalizer.file(ROOT / "raw" / name)

    def test_clutter_goes_and_the_headline_stays(self, without_translation: Normalizer) -> None:
        result = self.done(without_translation, "ferry-strike.txt")
        report = result.report
        assert report["title"] == "Ferry Strike Leaves Islands Waiting for Fuel"
        assert (report["date"], report["author"]) == ("2022-03-14", "Helen Marsh")
        assert result.text.startswith("# Ferry Strike Leaves Islands Waiting for Fuel\n\nFerry crews")
        assert result.text.rstrip().endswith("would sail in any case.")
        assert len(result.text.split("\n\n")) == 7

    def test_what_an_extractor_gives(self, without_translation: Normalizer) -> None:
        result = self.done(without_translation, "web/observatory.html")
        assert result.report["author"] == "Ines Duarte"
        assert "## A telescope from 1911" in result.text
        assert "https://observatory.example/tickets" in result.text
        assert "cookies" not in result.text

    def test_encodings_and_mojibake(self, without_translation: Normalizer) -> None:
        weather = self.done(without_translation, "mail/weather-cp1251.txt")
        assert weather.report["source"]["encoding"] == "cp1251"
        assert [span["lang"] for span in weather.report["spans"]] == ["ru"]
        market = self.done(without_translation, "mail/market-mojibake.txt")
        assert [span["lang"] for span in market.report["spans"]] == ["sr"]
        assert "It’s the weather" in market.text

    def test_interview(self, without_translation: Normalizer) -> None:
        text = self.done(without_translation, "interview.txt").text
        assert "before the elections. Do you think" in text
        assert "Previous article" not in text

    def test_mail_footer(self, without_translation: Normalizer) -> None:
        assert "confidential" not in self.done(without_translation, "mail/minutes.txt.gz").text

    def test_a_second_pass_changes_nothing(self, without_translation: Normalizer) -> None:
        for name in ("interview.txt", "web/observatory.html", "mail/minutes.txt.gz"):
            once = self.done(without_translation, name).text
            document = from_text(once, "again.md")
            document.format = "md"
            (again,) = without_translation.documents([document])
            assert again.text == once, name
