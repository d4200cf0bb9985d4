"""Prints how fast the steps are beside what people use today.

usage: python -m benchmarks.speed [--sentences 500]

Machines differ and are noisy, so the figures that count are ratios: both sides run in turn, in one process,
several times, and the median of the ratios is told.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
import types
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from normalize import Normalizer
from normalize.pipeline import Settings
from normalize.segment import sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parent.parent
MiB = 2**20


def sample_texts() -> tuple[str, str]:
    """English only, and mixed with Serbian, Russian and Chinese: the project's own sample input, repeated."""
    mixed, english = [], []
    for path in sorted((ROOT / "raw").rglob("*.txt")):
        with contextlib.suppress(UnicodeDecodeError):
            text = path.read_text(encoding="utf-8")
            mixed.append(text)
            english += [line for line in text.split("\n") if line.isascii() and len(line) > 80]
    return "\n\n".join(english), "\n\n".join(mixed)


def timed(action: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def for_each(action: Callable[[str], object], texts: Sequence[str]) -> None:
    """Call ``action`` for every text."""
    for text in texts:
        action(text)


def ratio(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 5
) -> tuple[float, float, float]:
    """Median of theirs/ours over paired rounds, and the median seconds of each."""
    ours(), theirs()  # load models and caches
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds)]
    return (
        statistics.median(b / a for a, b in pairs),
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
    )


def documents_for_identification(mixed: Path | None) -> Iterator[tuple[str, list[str]]]:
    """Documents without and with foreign text: those of an evaluation set, or the project's own few."""
    if mixed is not None and mixed.is_file():
        rows = [json.loads(line) for line in mixed.read_text(encoding="utf-8").splitlines()]
        yield "English only", [row["text"] for row in rows if not row["spans"]][:60]
        yield "mixed", [row["text"] for row in rows if row["spans"]][:60]
        return
    english, foreign = sample_texts()
    yield "English only", [english]
    yield "mixed", [foreign]


def identification(mixed: Path | None) -> None:
    """Language identification beside langdetect by paragraph."""
    from langdetect import DetectorFactory, LangDetectException, detect

    from normalize.identify import identify

    DetectorFactory.seed = 0

    def by_paragraph(text: str) -> None:
        for paragraph in text.split("\n"):
            if paragraph.strip():
                with contextlib.suppress(LangDetectException):
                    detect(paragraph)

    for name, documents in documents_for_identification(mixed):
        times, ours, theirs = ratio(
            partial(for_each, identify, documents),
            partial(for_each, by_paragraph, documents),
        )
        print(f"identification, {name}: {times:.1f} times langdetect ({ours:.3f} s, {theirs:.3f} s)")


def serbian(count: int, first: int = 1900) -> list[str]:
    """Sentences to translate: those of the sample input, varied so that none is remembered."""
    text = "\n".join(
        line
        for path in sorted((ROOT / "raw").glob("*.txt"))
        for line in path.read_text(encoding="utf-8").split("\n")
        if sum("\u0400" <= c <= "\u04ff" for c in line) > 40
    )
    found = [text[low:high] for low, high in sentences(text, "sr")]
    return [f"{found[number % len(found)].rstrip('.')} {first + number}." for number in range(count)]


def translation(count: int) -> None:
    """Translation beside argostranslate and beside CTranslate2 by hand, same model and sentences."""
    packages = sorted((ROOT / "models").glob("translate-hbs_en*.argosmodel"))
    if not packages:
        print("translation: no built-in Serbian model")
        return
    lines = serbian(count)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(packages[-1]) as archive:
            archive.extractall(folder)
        (root,) = Path(folder).iterdir()
        theirs = argos(root, lines[: max(20, count // 10)])
        if theirs is None:
            return
        ours = Normalizer(Settings(memory=False)).translation
        share = len(lines) / max(20, count // 10)
        ours.translate_lines(lines[:5], "sr")
        # New sentences each time: what was translated once is not translated again.
        rounds = [serbian(count, first) for first in (3000, 5000, 7000)]
        a = statistics.median(timed(partial(ours.translate_lines, new, "sr")) for new in rounds)
        b = statistics.median(timed(theirs) for _ in range(3)) * share
        print(f"translation, {count} sentences: {b / a:.1f} times argostranslate ({a:.1f} s, {b:.1f} s)")
        by_hand(root, lines, a)


def argos(root: Path, lines: Sequence[str]) -> Callable[[], object] | None:
    """`argostranslate.translate` with the same model, given our sentence splitter (its own is a download)."""
    # argostranslate.translate imports minisbd, whose licence (AGPL-3.0) this project keeps out.
    stub = types.ModuleType("minisbd")
    stub.SBDetect = stub.models = types.SimpleNamespace()  # type: ignore[attr-defined]
    sys.modules.setdefault("minisbd", stub)
    try:
        from argostranslate.package import Package
        from argostranslate.translate import Language, PackageTranslation
    except ImportError as error:
        print(f"translation: argostranslate cannot be imported here ({error})")
        return None

    class Splitter:
        def split_sentences(self, text: str) -> list[str]:
            return [text[low:high] for low, high in sentences(text, "sr")]

    # Not through its constructor, which asks for the splitter that has to be downloaded.
    translation = PackageTranslation.__new__(PackageTranslation)
    translation.from_lang, translation.to_lang = Language("sr", "Serbian"), Language("en", "English")
    translation.pkg, translation.translator, translation.sentencizer = Package(root), None, Splitter()
    return lambda: [translation.translate(line) for line in lines]


def by_hand(root: Path, lines: Sequence[str], ours: float) -> None:
    """CTranslate2 called directly, on sorted batches: the least that any wrapper can take."""
    import ctranslate2
    import sentencepiece

    translator = ctranslate2.Translator(str(root / "model"), compute_type="int8")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(root / "sentencepiece.model"))
    # As the package asks for: both sides must do the same work.
    decoding = json.loads((root / "metadata.json").read_text(encoding="utf-8"))["normalize"]["decoding"]

    def run() -> None:
        encoded = sorted((pieces.encode(line, out_type=str) for line in lines), key=len, reverse=True)
        translator.translate_batch(encoded, max_batch_size=2048, batch_type="tokens", **decoding)

    run()
    floor = statistics.median(timed(run) for _ in range(3))
    print(f"translation, all checks: {ours / floor:.2f} times CTranslate2 by hand ({floor:.1f} s)")


def pipeline() -> None:
    """The whole way of English documents."""
    english, _ = sample_texts()
    documents = [f"Document {number}\n\n{english}" for number in range(max(4, int(MiB / len(english))))]
    normalizer = Normalizer(Settings())
    list(normalizer.texts(documents[:2]))
    # Processor time: one thread does all of it, and a busy machine must not count.
    started = time.process_time()
    for _ in normalizer.texts(documents):
        pass
    seconds = time.process_time() - started
    print(f"whole pipeline, English only: {sum(map(len, documents)) / MiB / seconds:.2f} MB/s on one core")


def memory() -> None:
    """Peak memory of a process that has translated Serbian and Chinese."""
    code = (
        "import resource; from normalize import Normalizer; n = Normalizer();"
        "n.text('The boats sail. ' * 9 + '\\n\\nВлада је то саопштила.\\n\\n新港口让小镇一分为二。');"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    print(f"peak memory with two models loaded: {done.stdout.strip()} MiB")


def startup() -> None:
    """How long `normalize --help` takes."""
    best = min(
        timed(
            lambda: subprocess.run(
                [sys.executable, "-m", "normalize", "--help"], capture_output=True, check=True, cwd=ROOT
            )
        )
        for _ in range(5)
    )
    print(f"normalize --help: {best:.2f} s")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument(
        "--mixed", type=Path, help="documents for identification, JSON lines with text and spans"
    )
    arguments = parser.parse_args()
    startup()
    identification(arguments.mixed)
    pipeline()
    memory()
    translation(arguments.sentences)


if __name__ == "__main__":
    main()
