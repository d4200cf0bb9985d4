"""Language identification: data-driven cases, properties, real documents, the machinery."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.identify import identify, identify_language, language_shares
from normalize.identify import profiles as langdetect_profiles
from tests.cases import cases

if TYPE_CHECKING:
    from pathlib import Path

    from normalize.document import Span

ENGLISH = (
    "The government announced a new plan for the region on Tuesday, and most people were happy with it. "
    "Nobody knows what will happen next year, because the weather has changed so much."
)
SERBIAN = "Влада је у уторак најавила нови план за регион, и већина људи је била задовољна њиме."
PARAGRAPHS = {
    "sr": SERBIAN,
    "ru": "Правительство объявило во вторник о новом плане для региона, и большинство людей были им довольны.",
    "zh": "政府周二宣布了一项针对该地区的新计划，大多数人对此表示满意。",
    "de": "Die Regierung hat am Dienstag einen neuen Plan für die Region vorgestellt, und die meisten Leute waren zufrieden.",
    "fr": "Le gouvernement a annoncé mardi un nouveau plan pour la région, et la plupart des gens en étaient contents.",
    "hr": "Vlada je u utorak najavila novi plan za regiju, a većina ljudi bila je time zadovoljna tijekom tjedna.",
}


def rows(text: str, spans: list[Span]) -> list[list[str]]:
    return [[span.lang, span.script, span.kind, text[span.start : span.end]] for span in spans]


@pytest.mark.parametrize("case", cases("identify"))
def test_case(case: dict[str, Any]) -> None:
    text = case["original"]
    expected = [] if case["expected"] == text else case["expected"]
    assert rows(text, identify(text)) == expected


# Properties

PIECES = st.sampled_from(
    [ENGLISH, *PARAGRAPHS.values(), "“", "”", "[", "]", "\n\n", " ", "123", "😀", "é", "чланак", "漢"]
)
TEXTS = st.one_of(
    st.text(), st.lists(PIECES, max_size=8).map("".join), st.lists(PIECES, max_size=8).map(" ".join)
)


@given(TEXTS)
def test_spans_are_in_order_and_inside(text: str) -> None:
    at = 0
    for span in identify(text):
        assert at <= span.start < span.end <= len(text)
        assert any(map(str.isalpha, text[span.start : span.end]))
        assert not text[span.start].isspace()
        assert not text[span.end - 1].isspace()
        assert 0 < span.confidence <= 1
        assert span.lang != "en"
        at = span.end


@given(TEXTS)
def test_the_same_text_gives_the_same_spans(text: str) -> None:
    assert identify(text) == identify(text)


@given(st.sampled_from(sorted(PARAGRAPHS)), st.integers(0, 3), st.integers(0, 3))
def test_a_foreign_paragraph_is_found_wherever_it_stands(lang: str, before: int, after: int) -> None:
    text = "\n\n".join([*[ENGLISH] * before, PARAGRAPHS[lang], *[ENGLISH] * after])
    (span,) = identify(text)
    assert text[span.start : span.end] == PARAGRAPHS[lang]
    assert (span.lang, span.kind) == (lang, "paragraph")


@given(TEXTS)
def test_letters_are_counted_once(text: str) -> None:
    shares = language_shares(text, identify(text))
    assert sum(shares.values()) == sum(map(str.isalpha, text))


@given(st.text())
def test_a_whole_text_has_one_answer(text: str) -> None:
    lang, script, confidence = identify_language(text)
    assert lang
    assert len(script) == 4
    assert 0 <= confidence <= 1


# Languages


@pytest.mark.parametrize("lang", sorted(PARAGRAPHS))
def test_whole_texts(lang: str) -> None:
    found, _, confidence = identify_language(PARAGRAPHS[lang])
    assert found == lang
    assert confidence > 0.5


def test_english_is_english() -> None:
    assert identify_language(ENGLISH)[0] == "en"
    assert identify(ENGLISH) == []
    assert language_shares(ENGLISH, []) == {"en": sum(map(str.isalpha, ENGLISH))}


def test_text_without_letters() -> None:
    assert identify_language("123 …") == ("und", "Zyyy", 0.0)


def test_only_the_languages_asked_for() -> None:
    text = "\n\n".join(PARAGRAPHS.values())
    found = {span.lang for span in identify(text, languages=frozenset({"ru", "de"}))}
    assert found <= {"ru", "de"}
    assert {span.lang for span in identify(text)} == set(PARAGRAPHS)


def test_the_rest_of_a_document_settles_a_word() -> None:
    word = "The план was good."
    assert identify(f"{SERBIAN}\n\n{SERBIAN}\n\n{word}")[-1].lang == "sr"
    assert identify(f"{PARAGRAPHS['ru']}\n\n{PARAGRAPHS['ru']}\n\n{word}")[-1].lang == "ru"


# Machinery


def test_import_is_cheap() -> None:
    """Nothing heavy is imported and no file read until the first text comes."""
    script = "import sys, normalize.identify; print(sorted(m for m in ('numpy', 'py3langid', 'langdetect') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_threads_agree() -> None:
    texts = ["\n\n".join([ENGLISH, *PARAGRAPHS.values()])[shift:] for shift in range(24)]
    alone = [identify(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(identify, texts)) == alone


def test_another_process_agrees() -> None:
    text = "\n\n".join([ENGLISH, *PARAGRAPHS.values()])
    script = (
        "import json, sys; from normalize.identify import identify; "
        "print(json.dumps([[s.start, s.end, s.lang, s.confidence] for s in identify(sys.argv[1])]))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", script, text],
            capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        assert json.loads(done.stdout) == [[s.start, s.end, s.lang, s.confidence] for s in identify(text)]


@pytest.mark.slow
@pytest.mark.parametrize("sentence", [SERBIAN, ENGLISH, PARAGRAPHS["de"], f"{PARAGRAPHS['de']} {ENGLISH}"])
def test_time_grows_with_the_length_only(sentence: str) -> None:
    """One line of four times the length takes about four times as long; a square would take sixteen times."""

    def seconds(times: int) -> float:
        text = f"{sentence} " * times
        start = time.process_time()
        identify(text)
        return time.process_time() - start

    seconds(10)
    assert seconds(1600) < 9 * max(seconds(400), 0.01)


def test_langdetect_knows_the_new_languages() -> None:
    """Its own loader takes our profiles, and its own detector answers with them."""
    languages = ("sr", "mk", "bg", "ru", "uk", "be", "kk")
    factory = langdetect_profiles.factory(languages)
    assert set(languages) <= set(factory.get_lang_list())
    for lang, text in (("sr", SERBIAN), ("ru", PARAGRAPHS["ru"])):
        detector = factory.create()
        detector.append(text)
        assert detector.detect() == lang
    scores = langdetect_profiles.scores(SERBIAN.lower(), languages)
    assert max(scores, key=scores.__getitem__) == "sr"


# Real documents


def test_the_article_with_serbian_in_it(seeds: Path) -> None:
    (path,) = seeds.glob("002_*.txt")
    text = path.read_text("utf-8")
    spans = identify(text)
    assert {span.lang for span in spans} == {"sr"}
    cyrillic = sum("\u0400" <= char <= "\u04ff" for char in text)
    assert cyrillic == sum("\u0400" <= c <= "\u04ff" for s in spans for c in text[s.start : s.end])
    assert sum(span.kind == "paragraph" for span in spans) == 14
    assert [text[span.start : span.end] for span in spans if span.kind == "inline"] == [
        "пријавио", "рекао Јануари КСНУМКС", "неслагање", "извештај", "чланак", "најавила", "најавила",
    ]  # fmt: skip


def test_the_article_with_chinese_headlines(seeds: Path) -> None:
    (path,) = seeds.glob("001_*.txt")
    text = path.read_text("utf-8")
    assert rows(text, identify(text)) == [
        ["zh", "Hans", "headline", headline]
        for headline in (
            "“失落的卫星国”哈萨克斯坦:难以“独立行走”的通胀与坚戈",
            "哈萨克斯坦不明人员发放枪支【河青新闻网】",
            "俄专家认为哈萨克斯坦大规模抗议背后有西方黑手",
            '2500名俄军到哈平叛 "战斗民族"怎么打?',
        )
    ]


@pytest.mark.parametrize("name", ["000", "003", "004"])
def test_the_articles_that_are_english(seeds: Path, name: str) -> None:
    (path,) = seeds.glob(f"{name}_*.txt")
    assert identify(path.read_text("utf-8")) == []
