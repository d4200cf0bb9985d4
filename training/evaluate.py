"""Score the packages on FLORES dev, language by language, and hold the floor.

    python evaluate.py --flores FOLDER [--models FOLDER] [--quick] [--write-floors]

``FOLDER`` of FLORES holds one ``<language>.dev`` for each language, line by line the same sentences.
The exit status is 1 when a language stands below its floor in ``floors.json``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
import zipfile
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import ctranslate2
import sentencepiece as spm
from sacrebleu import BLEU, CHRF

HERE = Path(__file__).resolve().parent
QUICK_SENTENCES, QUICK_LANGUAGES = 60, ("sr", "zh", "ru")
_NUMBER = re.compile(r"\d(?:[\d.,\u00a0 ]*\d)?")
_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\"“”„»]\s*)$")


@dataclass(frozen=True, slots=True)
class Score:
    """What a package does with one language."""

    language: str
    package: str
    sentences: int
    bleu: float
    chrf: float
    numbers: float
    names: float
    names_near: float
    sentences_per_second: float
    signature: str


def number_set(text: str) -> set[str]:
    """Numbers without their separators.

    >>> sorted(number_set("1.234,5 and 12"))
    ['12', '12345']
    """
    return {re.sub(r"\D", "", n) for n in _NUMBER.findall(text)}


def names(text: str) -> list[str]:
    """Capitalised words inside sentences: mostly names.

    >>> names("Yesterday President Tokayev spoke. Nobody in Astana left.")
    ['President', 'Tokayev', 'Astana']
    """
    return [
        m.group()
        for m in _WORD.finditer(text)
        if m.group()[0].isupper() and not _SENTENCE_START.search(text[: m.start()])
    ]


def kept(wanted: list[str], output: str, nearness: float = 1.0) -> int:
    """How many of the wanted words stand in the output, or one that is near enough."""
    words = {w.casefold() for w in _WORD.findall(output)}
    return sum(
        w.casefold() in words
        or (nearness < 1 and any(SequenceMatcher(None, w.casefold(), o).ratio() >= nearness for o in words))
        for w in wanted
    )


def load(package: Path, folder: Path, threads: int) -> tuple[dict[str, Any], Any, Any]:
    """Unpack a package and load it: metadata, tokenizer, translator."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    root = next(folder.glob("*/metadata.json")).parent
    metadata: dict[str, Any] = json.loads((root / "metadata.json").read_text(encoding="utf-8"))
    tokenizer = spm.SentencePieceProcessor(model_file=str(root / "sentencepiece.model"))
    translator = ctranslate2.Translator(
        str(root / "model"), compute_type="int8", inter_threads=1, intra_threads=threads
    )
    return metadata, tokenizer, translator


def translate(tokenizer: Any, translator: Any, lines: list[str], decoding: dict[str, Any]) -> list[str]:
    """Translate lines, each as one sentence, in the way that the package wants to be used."""
    results = translator.translate_batch(
        [tokenizer.encode(line, out_type=str) for line in lines],
        max_batch_size=2048,
        batch_type="tokens",
        max_decoding_length=200,
        **decoding,
    )
    return [tokenizer.decode(result.hypotheses[0]) for result in results]


def score(
    language: str,
    package: str,
    tokenizer: Any,
    translator: Any,
    flores: Path,
    limit: int,
    decoding: dict[str, Any],
) -> tuple[Score, list[str]]:
    """Translate the sentences of one language and measure."""
    source = (flores / f"{language}.dev").read_text(encoding="utf-8").splitlines()[:limit]
    reference = (flores / "en.dev").read_text(encoding="utf-8").splitlines()[:limit]
    began = time.perf_counter()
    output = translate(tokenizer, translator, source, decoding)
    seconds = time.perf_counter() - began
    wanted_numbers = [number_set(s) & number_set(r) for s, r in zip(source, reference, strict=True)]
    wanted_names = [names(r) for r in reference]
    found = sum(len(w & number_set(o)) for w, o in zip(wanted_numbers, output, strict=True))
    exact = sum(kept(w, o) for w, o in zip(wanted_names, output, strict=True))
    near = sum(kept(w, o, 0.7) for w, o in zip(wanted_names, output, strict=True))
    bleu, chrf = BLEU(), CHRF()
    return (
        Score(
            language,
            package,
            len(output),
            round(bleu.corpus_score(output, [reference]).score, 1),
            round(chrf.corpus_score(output, [reference]).score, 1),
            round(found / max(1, sum(map(len, wanted_numbers))), 3),
            round(exact / max(1, sum(map(len, wanted_names))), 3),
            round(near / max(1, sum(map(len, wanted_names))), 3),
            round(len(output) / seconds, 1),
            f"BLEU {bleu.get_signature()} · chrF {chrf.get_signature()}",
        ),
        output,
    )


def table(scores: list[Score]) -> str:
    """The scores as a Markdown table."""
    rows = [
        "| language | package | sentences | BLEU | chrF | numbers | names | names, near | sentences/s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows += [
        f"| {s.language} | {s.package} | {s.sentences} | {s.bleu} | {s.chrf} | {s.numbers:.1%} "
        f"| {s.names:.1%} | {s.names_near:.1%} | {s.sentences_per_second} |"
        for s in scores
    ]
    return "\n".join(rows)


def below(scores: list[Score], floors: dict[str, dict[str, float]]) -> list[str]:
    """What stands below its floor, in words."""
    found = []
    for s in scores:
        values = asdict(s)
        for measure, floor in floors.get(s.language, {}).items():
            if values[measure] < floor:
                found.append(f"{s.language}: {measure} {values[measure]} is below the floor {floor}")
    return found


def score_all(args: argparse.Namespace) -> list[Score]:
    """Score every package in the languages it says it translates."""
    scores: list[Score] = []
    for package in sorted(args.models.glob("*.argosmodel")):
        with tempfile.TemporaryDirectory() as temporary:
            metadata, tokenizer, translator = load(package, Path(temporary), args.threads)
            own = metadata.get("normalize", {})
            decoding = dict(own.get("decoding", {"beam_size": 2}))
            if args.beam:
                decoding["beam_size"] = args.beam
            for language in own.get("languages", [metadata["from_code"]]):
                if args.languages and language not in args.languages:
                    continue
                if not (args.flores / f"{language}.dev").exists():
                    print(f"{language}: not in {args.flores}", file=sys.stderr)
                    continue
                result, output = score(
                    language, package.name, tokenizer, translator, args.flores, args.limit, decoding
                )
                scores.append(result)
                if args.outputs:
                    args.outputs.mkdir(parents=True, exist_ok=True)
                    (args.outputs / f"{language}.en").write_text("\n".join(output) + "\n", "utf-8")
    return scores


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flores", type=Path, required=True, help="folder of <language>.dev")
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    parser.add_argument("--floors", type=Path, default=HERE / "floors.json")
    parser.add_argument("--languages", nargs="+")
    parser.add_argument("--limit", type=int, default=997)
    parser.add_argument("--beam", type=int, help="another beam than the package's own")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="a few sentences of a few languages")
    parser.add_argument("--write-floors", action="store_true", help="new floors, a little below")
    parser.add_argument("--outputs", type=Path, help="folder for the translations")
    args = parser.parse_args(argv)
    if not (args.flores / "en.dev").exists():
        print(f"skipped: no FLORES sentences in {args.flores}", file=sys.stderr)
        return 0
    if args.quick:
        args.limit = QUICK_SENTENCES
        args.languages = args.languages or list(QUICK_LANGUAGES)
    scores = score_all(args)
    if not scores:
        print(f"no package in {args.models} for these languages", file=sys.stderr)
        return 2
    print(table(scores))
    print(f"\n{scores[0].signature} · {args.beam or 'own'} beam, int8")
    kind = "quick" if args.quick else "full"
    floors = json.loads(args.floors.read_text()) if args.floors.exists() else {}
    if args.write_floors:
        floors[kind] = {
            s.language: {
                "bleu": round(s.bleu * 0.95, 1),
                "chrf": round(s.chrf * 0.98, 1),
                "numbers": round(s.numbers * 0.95, 3),
                "names": round(s.names * 0.93, 3),
            }
            for s in scores
        }
        args.floors.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n")
        return 0
    failures = below(scores, floors.get(kind, {}))
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
