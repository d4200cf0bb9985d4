"""How well foreign spans with their English beside them are recognised.

usage: python evaluation/pairing.py MIXED.jsonl [--models DIR] [--fit FOLDER]

MIXED.jsonl has documents with known spans: {"id", "text", "spans": [{"start", "end", "lang", "kind"}]};
those of the kind `headline` have their English beside them, the others have not. Prints the share of
headlines that are paired, by language, and the other spans that are taken for pairs. Besides, every
headline is set into other layouts (English first, brackets, dash, slash, line under line) and, for
contrast, beside an English sentence that is not its translation.

`--fit FOLDER` (with aligned `<lang>.<split>` files and `en.<split>`) learns the weights of
`normalize/translate/pairing.toml` from aligned and misaligned sentences and prints them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from normalize.document import Document, Span  # noqa: E402
from normalize.translate import (  # noqa: E402
    PLAIN,
    Attempt,
    Hypothesis,
    ModelInfo,
    TranslateOptions,
    Translation,
    lexicon,
    pairing,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYOUTS = {
    "[foreign English]": "[{f} {e}]",
    "[English foreign]": "[{e} {f}]",
    "English (foreign)": "{e} ({f})",
    "foreign (English)": "{f} ({e})",
    "foreign – English": "{f} – {e}",
    "English / foreign": "{e} / {f}",
    "line under line": "{f}\n{e}",
    "line above line": "{e}\n\n{f}",
}


class _Nothing:
    """A translator without any model."""

    def available(self, lang: str) -> bool:
        del lang
        return False

    def model(self, lang: str) -> ModelInfo:
        raise KeyError(lang)

    def translate(self, sentences: Sequence[str], lang: str, attempt: Attempt = PLAIN) -> list[Hypothesis]:
        raise KeyError(lang, sentences, attempt)


def documents(path: Path) -> list[tuple[Document, list[dict[str, Any]]]]:
    """The documents of a mixed file, with their spans as they are known."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        document = Document(path=row["id"], source=row["text"])
        document.spans = [Span(s["start"], s["end"], s["lang"], "Zyyy", 1.0, s["kind"]) for s in row["spans"]]
        found.append((document, row["spans"]))
    return found


def measure(path: Path, translation: Translation, *, kinds: bool) -> None:  # noqa: C901 - one table after the other
    """Print how the spans of a mixed file are judged."""
    rows = documents(path)
    for document, _ in rows:
        for span in document.spans:
            if not kinds and span.kind == "headline":
                span.kind = "sentence"
    translation.translate([document for document, _ in rows])
    by_language: dict[str, list[bool]] = defaultdict(list)
    others: dict[str, list[bool]] = defaultdict(list)
    for document, known in rows:
        for truth in known:
            # A span that was translated in part has become several.
            span = next(s for s in document.spans if s.start == truth["start"])
            paired = span.action == "paired"
            if truth["kind"] == "headline":
                by_language[span.lang].append(paired)
                if not paired:
                    print("  missed", span.lang, document.text[span.start : span.end][:70])
            else:
                others[truth["kind"]].append(paired)
                if paired:
                    print(
                        "  taken for a pair",
                        span.lang,
                        truth["kind"],
                        document.text[span.start : span.end][:70],
                    )
    every = [paired for found in by_language.values() for paired in found]
    with_model = [p for lang, found in by_language.items() if translation.available(lang) for p in found]
    print(f"headlines paired: {sum(every)} of {len(every)} ({np.mean(every):.3f})")
    if with_model:
        share = np.mean(with_model)
        print(f"  with a model for the language: {sum(with_model)} of {len(with_model)} ({share:.3f})")
    print("  " + " ".join(f"{lang} {sum(f)}/{len(f)}" for lang, f in sorted(by_language.items())))
    for kind, found in sorted(others.items()):
        print(f"{kind} taken for pairs: {sum(found)} of {len(found)}")


def layouts(path: Path, translation: Translation, most: int = 120) -> None:
    """Print how headlines of known languages are judged in other layouts, and beside other English."""
    pairs = []
    for document, spans in documents(path):
        text = document.text
        for span, truth in zip(document.spans, spans, strict=True):
            end = text.find("]", span.end)
            known = lexicon.has(span.lang) or translation.available(span.lang)
            if truth["kind"] == "headline" and end > 0 and known:
                pairs.append((span.lang, text[span.start : span.end], text[span.end : end].strip()))
    rnd = random.Random(1)  # noqa: S311 - no secret
    pairs = rnd.sample(pairs, min(most, len(pairs)))
    wrong = [english for _, _, english in pairs]
    wrong = wrong[1:] + wrong[:1]
    print("| layout | own English paired | other English paired |\n| --- | ---: | ---: |")
    for name, layout in LAYOUTS.items():
        shares = []  # of pairs with their own English, and with that of another
        for side in (0, 1):
            made = []
            for index, (lang, foreign, english) in enumerate(pairs):
                beside = english if side == 0 else wrong[index]
                around = wrong[(index + 7) % len(wrong)], wrong[(index + 13) % len(wrong)]
                line = layout.format(f=foreign, e=beside)
                text = f"{around[0]}.\n\n{line}\n\n{around[1]}.\n"
                start = text.index(foreign)
                document = Document(path="x", source=text)
                document.spans = [Span(start, start + len(foreign), lang, "Zyyy", 1.0, "headline")]
                made.append(document)
            translation.translate(made)
            shares.append(np.mean([d.spans[0].action == "paired" for d in made]))
        print(f"| {name} | {shares[0]:.3f} | {shares[1]:.3f} |")


def fit(folder: Path, translation: Translation, only: Sequence[str] = ()) -> None:
    """Learn the weights from aligned sentences and print them."""
    split = next(folder.glob("en.*")).suffix
    english = (folder / f"en{split}").read_text(encoding="utf-8").splitlines()
    rnd = random.Random(2)  # noqa: S311 - no secret
    for name in ("listed", "untranslated", "both", "translated"):
        rows: list[list[float]] = []
        labels: list[bool] = []
        for path in sorted(folder.glob(f"*{split}")):
            lang = path.name.removesuffix(split)
            usable = {
                "listed": lexicon.has(lang),
                "untranslated": not lexicon.has(lang),
                "both": lexicon.has(lang) and translation.available(lang) and (not only or lang in only),
                "translated": translation.available(lang) and (not only or lang in only),
            }
            if lang == "en" or not usable[name]:
                continue
            mine = path.read_text(encoding="utf-8").splitlines()
            places = rnd.sample(range(8, len(english) - 8), 40 if name == "untranslated" else 100)
            texts = [_shortened(mine[i].rstrip(" .。"), rnd) for i in places]
            said: list[str | None] = [None] * len(texts)
            if name in {"both", "translated"}:
                said = [answer.text for answer in translation.sentences.raw(texts, lang)]
            for i, text, output in zip(places, texts, said, strict=True):
                near = [pairing.likeness(text, output, english[i + d], lang) for d in (-5, -4, -3, 3, 4, 5)]
                base = pairing.baseline(near)
                for j in (i, i, i - 1, i + 1):
                    found = pairing.likeness(text, output, english[j].rstrip(" ."), lang)
                    rows.append(pairing.features(found, base))
                    labels.append(i == j)
        if not rows:
            continue
        values = np.asarray(rows)
        if name == "translated":  # as if there were no word list
            values[:, [2, 8]] = 0
        weights, bias = logistic(values, np.asarray(labels, float))
        half = len(weights) // 2
        print(f"[{name}]\nbias = {bias:.3f}")
        print("likeness = [" + ", ".join(f"{w:.3f}" for w in weights[:half]) + "]")
        print("margin = [" + ", ".join(f"{w:.3f}" for w in weights[half:]) + "]\n")


def _shortened(text: str, rnd: random.Random) -> str:
    """Now and then without its first words: headlines are terser than their English."""
    words = text.split()
    if len(words) > 8 and rnd.random() < 0.3:
        return " ".join(words[rnd.randint(1, 3) :])
    return text[rnd.randint(2, 6) :] if len(words) < 3 and len(text) > 24 and rnd.random() < 0.3 else text


def logistic(x: np.ndarray, y: np.ndarray, ridge: float = 1.0) -> tuple[np.ndarray, float]:
    """Weights and bias of a logistic regression, by Newton's method."""
    x = np.hstack([x, np.ones((len(x), 1))])
    w = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], ridge)
    penalty[-1] = 0
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (y - p) - penalty * w
        hessian = (x.T * (p * (1 - p))) @ x + np.diag(penalty + 1e-9)
        w += np.linalg.solve(hessian, gradient)
    judged = x @ w > 0
    found, left = np.mean(judged[y == 1]), 1 - np.mean(judged[y == 0])
    print(f"# right: {found:.3f} of pairs, {left:.3f} of others", flush=True)
    return w[:-1], float(w[-1])


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description="How well spans with their English beside them are recognised."
    )
    parser.add_argument("mixed", type=Path, nargs="?")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--fit", type=Path, metavar="FOLDER")
    parser.add_argument("--only", nargs="*", default=[], metavar="LANG", help="--fit translates only these")
    parser.add_argument("--no-models", action="store_true", help="as if no model were installed")
    parser.add_argument("--no-kinds", action="store_true", help="do not tell which spans are headlines")
    args = parser.parse_args(argv)
    translation = Translation(
        TranslateOptions(models=args.models, memory=False), _Nothing() if args.no_models else None
    )
    if args.fit:
        fit(args.fit, translation, args.only)
    if args.mixed:
        measure(args.mixed, translation, kinds=not args.no_kinds)
        layouts(args.mixed, translation)
    return 0


if __name__ == "__main__":
    sys.exit(main())
