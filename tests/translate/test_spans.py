"""Spans of documents: inline words, names, pairs, headlines, failures."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import pytest

from normalize.document import Document, Removal, Span
from normalize.translate import Attempt, TranslateOptions, Translation, pairing
from normalize.translate.headlines import headline_case
from normalize.translate.names import Speller, unify
from tests.cases import cases


def marked(text: str, lang: str, kind: str) -> Document:
    """A document with a span where `⟦…⟧` stands."""
    start, end = text.index("⟦"), text.index("⟧") - 1
    document = Document(path="-", source=text.replace("⟦", "").replace("⟧", ""))
    document.spans = [Span(start, end, lang, "Cyrl", 1.0, kind)]  # type: ignore[arg-type]
    return document


@pytest.mark.parametrize("case", cases("translate/inline"))
def test_inline(case: dict[str, Any], translation: Translation) -> None:
    document = marked(case["original"], case["lang"], "inline")
    translation.translate([document])
    (span,) = document.spans
    assert span.action == "translated"
    assert span.translation in case["expected"]
    assert set(case.get("flags", [])) <= set(span.flags)


@pytest.mark.parametrize("case", cases("translate/names"))
def test_names(case: dict[str, Any]) -> None:
    assert unify([(case["source"], case["original"])], Speller([case["english"]])) == [case["expected"]]


def test_a_name_that_the_english_part_lacks_is_spelled_one_way() -> None:
    pairs = [
        ("Кажегељдин је рекао то.", "Kazhegeldin said that."),
        ("Питали су Кажегељдина.", "They asked Kazhegeldin."),
        ("Кажегељдин није одговорио.", "Kažegeljdin did not answer."),
    ]
    assert unify(pairs, Speller([]))[2] == "Kazhegeldin did not answer."


@pytest.mark.parametrize("case", cases("translate/headlines"))
def test_headlines(case: dict[str, Any]) -> None:
    assert headline_case(case["original"]) == case["expected"]


OTHER = (
    "\n\nRussian media are pointing at interests in the region and suspect organisations of taking the lead."
    "\n\nThe airborne troops are the elite troops of the army, and their training is very good.\n"
)


@pytest.mark.parametrize("case", cases("translate/pairing"))
def test_pairing(case: dict[str, Any]) -> None:
    document = marked(case["original"] + OTHER, case["lang"], case["kind"])
    assert pairing.paired(document, document.spans[0], case["translation"]) is case["paired"]


def test_a_paired_span_is_dropped_and_the_english_stays(translation: Translation) -> None:
    text = "[⟦俄专家认为哈萨克斯坦大规模抗议背后有西方黑手⟧ Russian experts believe that there are Western black hands behind the mass protests in Kazakhstan]"
    document = marked(text + OTHER, "zh", "headline")
    translation.translate([document])
    (span,) = document.spans
    assert (span.action, span.translation) == ("paired", "")


def test_pairs_are_recognised_without_a_model_too() -> None:
    text = "[⟦La policía detuvo a 14 personas en Barcelona tras las protestas del martes⟧ Police arrested 14 people in Barcelona after the protests on Tuesday]"
    document = marked(text + OTHER, "es", "headline")
    Translation(TranslateOptions(memory=False)).translate([document])
    assert (document.spans[0].action, document.spans[0].flags) == ("paired", [])


def test_without_a_model_the_span_fails_and_says_why() -> None:
    document = marked("One. ⟦დღეს კარგი ამინდია⟧ Two.", "ka", "sentence")
    Translation(TranslateOptions(memory=False)).translate([document])
    (span,) = document.spans
    assert (span.action, span.translation, span.flags) == ("failed", None, ["no-model"])


def test_removed_spans_are_left_alone(says: Any) -> None:
    translation, translator = says(lambda *_: "never")
    document = marked("One.\n⟦Пратите нас⟧\nTwo.", "sr", "sentence")
    document.removals = [Removal(5, 16, "social", "x")]
    translation.translate([document])
    assert document.spans[0].action == "kept"
    assert translator.asked == []


def test_a_failed_sentence_is_tried_other_ways(says: Any) -> None:
    def model(sentence: str, attempt: Attempt) -> str:
        return (
            "The government announced new measures." if attempt.no_repeat else "the the the the the the the"
        )

    translation, translator = says(model)
    (result,) = translation.translate_lines(["Влада је најавила нове мере."], "sr")
    assert result.text == "The government announced new measures."
    assert result.flags == ()
    assert {attempt.name for _, attempt in translator.asked} == {"plain", "beam", "no-repeat"}


def test_if_nothing_passes_the_best_is_written_and_flagged(says: Any) -> None:
    translation, _ = says(
        lambda *_: "The new measures, the new measures, the new measures, the new measures."
    )
    (result,) = translation.translate_lines(["Влада је најавила нове мере."], "sr")
    assert result.ok
    assert "repetition" in result.flags
    assert result.text.count("new measures") == 1


@pytest.mark.parametrize("output", ["", "…", "Влада је најавила нове мере."])
def test_no_translation_is_never_silence(says: Any, output: str) -> None:
    translation, _ = says(lambda *_: output)
    (result,) = translation.translate_lines(["Влада је најавила нове мере."], "sr")
    assert not result.ok
    assert result.text == "Влада је најавила нове мере."
    assert result.flags
    document = marked("One. ⟦Влада је најавила нове мере.⟧ Two.", "sr", "sentence")
    translation.translate([document])
    assert document.spans[0].action == "failed"
    assert document.spans[0].flags


def test_one_failed_sentence_of_several_is_a_span_of_its_own(says: Any) -> None:
    translation, _ = says(
        lambda sentence, _attempt: "" if "Нико" in sentence else "The government fell in the evening."
    )
    document = marked("⟦Влада је пала увече. Нико то није очекивао. Влада је пала увече.⟧", "sr", "paragraph")
    translation.translate([document])
    assert [span.action for span in document.spans] == ["translated", "failed", "translated"]
    assert {span.kind for span in document.spans} == {"sentence"}
    first, second, _ = document.spans
    assert first.translation == "The government fell in the evening."
    assert document.text[second.start : second.end] == "Нико то није очекивао."
    assert "empty" in second.flags
    assert "empty" not in first.flags


def test_fluent_nonsense_is_not_shown(says: Any) -> None:
    translation, _ = says(lambda *_: "It is a lot of the same time, and it is not to be used in the first.")
    source = "Председник је најавио нове мере владе против страних новинара у земљи."
    document = marked(f"⟦{source}⟧", "sr", "paragraph")
    translation.translate([document])
    (span,) = document.spans
    assert (span.action, span.translation) == ("failed", None)
    assert "unfaithful" in span.flags


def test_no_foreign_letters_are_left(says: Any) -> None:
    translation, _ = says(lambda *_: "President Токајев dismissed the government.")
    (result,) = translation.translate_lines(["Председник Токајев отпустио је владу."], "sr")
    assert result.text == "President Tokajev dismissed the government."
    assert "source-script" in result.flags


def test_lines_and_order_are_kept(says: Any) -> None:
    translation, _ = says(
        lambda sentence, _attempt: (
            f"Here are the words of line {''.join(c for c in sentence if c.isdigit())}."
        )
    )
    lines = [f"Ово је само ред {n}." for n in range(40)] + ["", "   ", "12", "***"]
    results = translation.translate_lines(lines, "sr")
    assert [r.text for r in results[:40]] == [f"Here are the words of line {n}." for n in range(40)]
    assert [r.text for r in results[40:]] == ["", "   ", "12", "***"]


def test_hard_wrapped_lines_are_one_sentence(says: Any) -> None:
    translation, translator = says(lambda *_: "The government announced new measures today.")
    document = marked("⟦Влада је данас\nнајавила нове мере.⟧", "sr", "paragraph")
    translation.translate([document])
    assert [sentence for sentence, _ in translator.asked][:1] == ["Влада је данас најавила нове мере."]


def test_it_can_be_pickled_and_shared(translation: Translation) -> None:
    copy = pickle.loads(pickle.dumps(translation))  # noqa: S301 - our own
    found: list[list[str]] = []

    def work() -> None:
        found.append([r.text for r in copy.translate_lines(["Добар дан!", "Како сте?"], "sr")])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(texts == found[0] for texts in found)


def test_the_outcome_is_always_the_same(translation: Translation) -> None:
    lines = ["Влада је најавила нове мере.", "Нико то није очекивао.", "Чланак"]
    first = translation.translate_lines(lines, "sr")
    assert translation.translate_lines(lines[::-1], "sr")[::-1] == first


def test_models_used_are_named(translation: Translation) -> None:
    translation.translate_lines(["Добар дан!"], "sr")
    used = translation.models_used()
    assert all(len(model["sha256"]) == 64 for model in used)
    assert any("sr" in model["languages"] for model in used)
