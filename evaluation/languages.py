"""How well languages are identified: tables for mixed documents and whole sentences, baselines beside them.

    python -m evaluation.languages --flores DIR --mixed FILE [--quick] [--baselines]

`DIR` holds FLORES-200 sentences, `<language>.<split>`; `FILE` mixed-language documents with known spans
(`{"id", "text", "spans": [{"start", "end", "lang", "kind"}]}` a line). Exit status 1 when a figure is below
its floor in `languages_floors.toml`; 0 with the word "skipped" when the data are not there.

Letters are counted, as nothing else can be in a language. Croatian, Bosnian and Serbian count as one where
the table says so: they share a translation model, and many sentences are right in all three.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import itertools

from rich.console import Console
from rich.table import Table

from normalize.identify import identify, identify_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FLOORS = Path(__file__).with_name("languages_floors.toml")
ONE_LANGUAGE = {"hr": "hbs", "bs": "hbs", "sr": "hbs", "sh": "hbs"}
ALIASES = {"no": "nb", "iw": "he", "wuu": "zh", "yue": "zh"}
SHOWN = ("sr", "hr", "bs", "mk", "bg", "ru", "uk", "be", "kk", "zh", "ja")
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)

console = Console(width=132, highlight=False)


class Found(NamedTuple):
    """A span that something found."""

    start: int
    end: int
    lang: str
    confidence: float = 1.0


def plain(code: str) -> str:
    """A language code without region or script."""
    code = code.lower().split("-")[0]
    return ALIASES.get(code, code)


def merged(code: str) -> str:
    """The same, with Croatian, Bosnian and Serbian as one."""
    return ONE_LANGUAGE.get(plain(code), plain(code))


# ----------------------------------------------------------------------------------------------------
# What is compared: functions from a text to its spans, and from a sentence to its language.


def ours(text: str) -> list[Found]:
    """The spans of `normalize.identify`."""
    return [Found(span.start, span.end, span.lang, span.confidence) for span in identify(text)]


def by_paragraph(classify: Callable[[str], str | None]) -> Callable[[str], list[Found]]:
    """What one gets from a classifier of whole texts: a language per paragraph."""

    def find(text: str) -> list[Found]:
        found, at = [], 0
        for line in text.split("\n"):
            language = classify(line) if line.strip() else None
            if language and plain(language) != "en":
                found.append(Found(at, at + len(line), language))
            at += len(line) + 1
        return found

    return find


def langdetect_classifier() -> Callable[[str], str | None]:
    """Langdetect as it comes."""
    import langdetect

    langdetect.DetectorFactory.seed = 0

    def classify(text: str) -> str | None:
        try:
            return str(langdetect.detect(text))
        except langdetect.LangDetectException:
            return None

    return classify


def py3langid_classifier() -> Callable[[str], str | None]:
    """py3langid as it comes."""
    import py3langid

    return lambda text: str(py3langid.classify(text)[0])


def lingua_baselines() -> tuple[Callable[[str], list[Found]], Callable[[str], str | None]] | None:
    """lingua, by its mode for mixed text; None where it is not installed."""
    try:
        from lingua import LanguageDetectorBuilder
    except ImportError:
        return None
    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def code(language: Any) -> str:
        return str(language.iso_code_639_1.name).lower()

    def find(text: str) -> list[Found]:
        found, at = [], 0
        for line in text.split("\n"):
            found += [
                Found(at + part.start_index, at + part.end_index, code(part.language))
                for part in detector.detect_multiple_languages_of(line)
                if code(part.language) != "en"
            ]
            at += len(line) + 1
        return found

    def classify(text: str) -> str | None:
        language = detector.detect_language_of(text)
        return code(language) if language else None

    return find, classify


# ----------------------------------------------------------------------------------------------------
# Mixed documents


class MixedScore(NamedTuple):
    """Shares over foreign letters."""

    precision: float
    recall: float
    f1: float
    language_right: float
    by_kind: dict[str, float]
    false_documents: int
    english_documents: int
    judged: list[tuple[float, bool]]
    """Confidence of every span over foreign text, and whether its language is right."""


def score_mixed(documents: list[dict[str, Any]], find: Callable[[str], list[Found]]) -> MixedScore:
    """Letter by letter, as the report's `spans` against the known ones."""
    hit = false = missed = right = false_documents = english_documents = 0
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    judged: list[tuple[float, bool]] = []
    for document in documents:
        text = document["text"]
        gold: list[tuple[str, str] | None] = [None] * len(text)
        for span in document["spans"]:
            gold[span["start"] : span["end"]] = [(merged(span["lang"]), span["kind"])] * (
                span["end"] - span["start"]
            )
        mine: list[str | None] = [None] * len(text)
        for found in find(text):
            mine[found.start : found.end] = [merged(found.lang)] * (found.end - found.start)
            known = Counter(entry[0] for entry in gold[found.start : found.end] if entry)
            if known:
                judged.append((found.confidence, known.most_common(1)[0][0] == merged(found.lang)))
        wrong = False
        for char, entry, language in zip(text, gold, mine, strict=True):
            if not char.isalpha():
                continue
            if entry:
                kinds[entry[1]][0] += language is not None
                kinds[entry[1]][1] += 1
                hit += language is not None
                missed += language is None
                right += language == entry[0]
            elif language:
                false += 1
                wrong = True
        if not document["spans"]:
            english_documents += 1
            false_documents += wrong
    precision, recall = hit / (hit + false or 1), hit / (hit + missed or 1)
    return MixedScore(
        precision,
        recall,
        2 * precision * recall / (precision + recall or 1),
        right / (hit or 1),
        {kind: found / total for kind, (found, total) in sorted(kinds.items())},
        false_documents,
        english_documents,
        judged,
    )


def show_mixed(rows: dict[str, MixedScore]) -> None:
    """The table of mixed documents."""
    kinds = next(iter(rows.values())).by_kind
    table = Table(title="Mixed documents: shares of foreign letters")
    table.add_column("by")
    for column in (
        "precision",
        "recall",
        "F1",
        "language right",
        *kinds,
        "English documents with a false span",
    ):
        table.add_column(column, justify="right")
    for name, score in rows.items():
        table.add_row(
            name,
            *(f"{value:.4f}" for value in (score.precision, score.recall, score.f1, score.language_right)),
            *(f"{score.by_kind[kind]:.3f}" for kind in kinds),
            f"{score.false_documents} of {score.english_documents}",
        )
    console.print(table)


# ----------------------------------------------------------------------------------------------------
# Whole sentences


def first_words(sentence: str) -> str:
    """The first five words; ten characters where words are not parted by spaces."""
    words = sentence.split()
    return " ".join(words[:5]) if len(words) >= 5 else sentence[:10]


def read_flores(folder: Path, step: int) -> dict[str, list[str]]:
    """Sentences by language."""
    return {
        path.name.split(".")[0]: path.read_text("utf-8").rstrip("\n").split("\n")[::step]
        for path in sorted(folder.glob("*.dev*"))
    }


def score_sentences(
    sentences: dict[str, list[str]], classify: Callable[[str], str | None]
) -> dict[str, Counter[str]]:
    """For each language, what its sentences were taken for."""
    return {
        language: Counter(plain(classify(text) or "und") for text in texts if text.strip())
        for language, texts in sentences.items()
    }


def share_right(outcomes: dict[str, Counter[str]], same: Callable[[str], str]) -> float:
    """Mean over languages of the share that is right."""
    shares = [
        sum(times for found, times in outcome.items() if same(found) == same(language)) / outcome.total()
        for language, outcome in outcomes.items()
    ]
    return sum(shares) / len(shares)


def show_sentences(rows: dict[str, tuple[dict[str, Counter[str]], dict[str, Counter[str]]]]) -> None:
    """The tables of whole sentences and their beginnings."""
    table = Table(title="FLORES sentences: share right, mean over languages (hr, bs, sr as one in brackets)")
    for column in ("by", "whole sentence", "first five words", *SHOWN):
        table.add_column(column, justify="left" if column == "by" else "right")
    for name, (whole, five) in rows.items():
        table.add_row(
            name,
            f"{share_right(whole, plain):.4f} ({share_right(whole, merged):.4f})",
            f"{share_right(five, plain):.4f} ({share_right(five, merged):.4f})",
            *(f"{whole[code][code] / whole[code].total():.2f}" if code in whole else "–" for code in SHOWN),
        )
    console.print(table)
    whole, five = rows["normalize"]
    table = Table(title="Where sentences are taken for another language (normalize)")
    for column in ("language", "whole", "five words", "taken for (five words)"):
        table.add_column(column)
    for code in sorted(five, key=lambda code: five[code][code] / five[code].total())[:14]:
        others = ", ".join(f"{found} {times}" for found, times in five[code].most_common(4) if found != code)
        table.add_row(
            code,
            f"{whole[code][code] / whole[code].total():.3f}",
            f"{five[code][code] / five[code].total():.3f}",
            others,
        )
    console.print(table)


# ----------------------------------------------------------------------------------------------------
# Confidence, scripts, speed


def show_reliability(groups: dict[str, list[tuple[float, bool]]]) -> float:
    """The reliability table; returns the share right of what is reported at 0.9 or more, at its lowest."""
    table = Table(title="Reliability: of what is reported at this confidence, how much is right")
    table.add_column("confidence")
    for name in groups:
        table.add_column(name, justify="right")
    for low, high in itertools.pairwise(BINS):
        cells = []
        for judged in groups.values():
            inside = [right for confidence, right in judged if low <= confidence < high]
            cells.append(f"{sum(inside) / len(inside):.3f} of {len(inside)}" if inside else "–")
        table.add_row(f"{low:.2f} – {min(high, 1.0):.2f}", *cells)
    console.print(table)
    sure = [[right for confidence, right in judged if confidence >= 0.9] for judged in groups.values()]
    return min(sum(inside) / len(inside) for inside in sure if inside)


def han_share(sentences: dict[str, list[str]]) -> float | None:
    """Share of Chinese sentences (simplified characters) whose script is right."""
    if "zh" not in sentences:
        return None
    scripts = [identify_language(text)[1] for text in sentences["zh"]]
    return scripts.count("Hans") / len(scripts)


def characters_a_second(texts: list[str], run: Callable[[str], object], rounds: int) -> float:
    """Characters a second of processor time, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for text in texts:
            run(text)
        best = min(best, time.process_time() - start)
    return sum(map(len, texts)) / best


def show_speed(documents: list[dict[str, Any]]) -> tuple[float, float]:
    """How many times as fast as langdetect by paragraph, on the same texts in turn: mixed, English only."""
    baseline = by_paragraph(langdetect_classifier())
    table = Table(title="Speed, characters a second")
    for column in ("text", "normalize", "langdetect", "times as fast"):
        table.add_column(column, justify="right")
    ratios = []
    english = [document["text"] for document in documents if not document["spans"]]
    mixed = [document["text"] for document in documents]
    for name, texts in (("mixed", mixed), ("English only", english)):
        sample = texts[:24]
        for text in texts:
            identify(text)
        baseline(sample[0])
        mine, theirs = 0.0, 0.0
        for _ in range(3):
            mine = max(mine, characters_a_second(texts, identify, 2))
            theirs = max(theirs, characters_a_second(sample, baseline, 1))
        ratios.append(mine / theirs)
        table.add_row(name, f"{mine:,.0f}", f"{theirs:,.0f}", f"{mine / theirs:.1f}")
    console.print(table)
    return ratios[0], ratios[1]


# ----------------------------------------------------------------------------------------------------


def check(figures: dict[str, float], floors: dict[str, float]) -> list[str]:
    """What is below its floor."""
    return [
        f"{name} is {figures[name]:.4f}, its floor is {floor}"
        for name, floor in floors.items()
        if name in figures and figures[name] < floor
    ]


def evaluate(args: argparse.Namespace) -> dict[str, float]:
    """All tables; returns the figures that have floors."""
    figures: dict[str, float] = {}
    reliability: dict[str, list[tuple[float, bool]]] = {}
    finders: dict[str, Callable[[str], list[Found]]] = {"normalize": ours}
    classifiers: dict[str, Callable[[str], str | None]] = {
        "normalize": lambda text: identify_language(text)[0]
    }
    if args.baselines:
        for name, classifier in (
            ("langdetect", langdetect_classifier()),
            ("py3langid", py3langid_classifier()),
        ):
            finders[name], classifiers[name] = by_paragraph(classifier), classifier
        lingua = lingua_baselines()
        if lingua:
            finders["lingua"], classifiers["lingua"] = lingua
    if args.mixed and args.mixed.exists():
        documents = [json.loads(line) for line in args.mixed.read_text("utf-8").splitlines()]
        scores = {name: score_mixed(documents, find) for name, find in finders.items()}
        show_mixed(scores)
        mine = scores["normalize"]
        figures |= {"mixed_f1": mine.f1, "language_right": mine.language_right}
        figures |= {f"recall_{kind}": value for kind, value in mine.by_kind.items()}
        figures["clean_english_documents"] = 1 - mine.false_documents / (mine.english_documents or 1)
        reliability["spans of mixed documents"] = mine.judged
        if not args.quick:
            figures["times_langdetect_mixed"], figures["times_langdetect_english"] = show_speed(documents)
    if args.flores and args.flores.exists():
        sentences = read_flores(args.flores, 10 if args.quick else 1)
        rows = {}
        fives = {code: [first_words(text) for text in texts] for code, texts in sentences.items()}
        for name, classify in classifiers.items():
            rows[name] = (score_sentences(sentences, classify), score_sentences(fives, classify))
        show_sentences(rows)
        figures["flores_whole"] = share_right(rows["normalize"][0], plain)
        figures["flores_five_words"] = share_right(rows["normalize"][1], plain)
        reliability |= judged_sentences(sentences, fives)
        simplified = han_share(sentences)
        if simplified is not None:
            figures["simplified_chinese"] = simplified
            console.print(f"Chinese in simplified characters known as such: {simplified:.3f}")
    if reliability:
        figures["right_at_0.9"] = show_reliability(reliability)
    return figures


def judged_sentences(
    sentences: dict[str, list[str]], fives: dict[str, list[str]]
) -> dict[str, list[tuple[float, bool]]]:
    """Confidence and rightness of whole sentences and of their beginnings, on a sample."""
    draw = random.Random(1)  # noqa: S311 - a sample, no secret
    judged: dict[str, list[tuple[float, bool]]] = {}
    for name, texts in (("whole sentences", sentences), ("first five words", fives)):
        judged[name] = []
        for code, lines in texts.items():
            for text in draw.sample(lines, min(60, len(lines))):
                language, _, confidence = identify_language(text)
                judged[name].append((confidence, plain(language) == plain(code)))
    return judged


def main(argv: Iterable[str] | None = None) -> int:
    """Print the tables; the exit status says whether all floors hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flores", type=Path, help="folder of FLORES sentences")
    parser.add_argument("--mixed", type=Path, help="mixed documents with known spans")
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the sentences, no timing: under a minute"
    )
    parser.add_argument(
        "--baselines", action="store_true", help="langdetect, py3langid and lingua beside ours"
    )
    args = parser.parse_args(None if argv is None else list(argv))
    if not any(path and path.exists() for path in (args.flores, args.mixed)):
        print("evaluation of language identification: no data found, skipped")
        return 0
    figures = evaluate(args)
    failures = check(figures, tomllib.loads(FLOORS.read_text("utf-8"))["floors"])
    for failure in failures:
        print("below the floor:", failure)
    if not failures:
        print("all floors hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
