"""Trains the line classifier of the boilerplate step and writes `normalize/boilerplate/weights.npz`.

Three commands:

    python training/boilerplate.py pages READABILITY OUT   # more labelled pages, from a checkout of
                                                           # mozilla/readability (Apache-2.0)
    python training/boilerplate.py fit DATA… [--out FILE]  # trains on all pages
    python training/boilerplate.py check DATA…             # cross-validates by page, writes nothing

`DATA` are folders with `full*.jsonl` and `residual*.jsonl`: rows with `id` and `lines`, each line with
`text` and `label` (keep, drop, ignore). Besides them, pages are made for the purpose: full pages from
which most of the clutter was taken, as an extractor would, so that lines of clutter among much article
are seen often enough, and pages of which a window around the article is left.

`pages` needs lxml and trafilatura; `fit` and `check` need PyTorch.
"""

from __future__ import annotations

import argparse
import difflib
import json
import random
import re
import sys
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from normalize.boilerplate import classifier
from normalize.boilerplate.features import document_table, line_shape
from normalize.boilerplate.finder import BoilerplateFinder
from normalize.boilerplate.patterns import Matcher, Pattern, builtin
from normalize.boilerplate.structure import is_separator
from normalize.boilerplate.text import plain
from normalize.document import Document

WEIGHTS = Path(__file__).resolve().parent.parent / "normalize/boilerplate/weights.npz"
CHANNELS, TAPS = 24, 5
GAP = 12  # zero rows between documents of a batch: more than the layers look ahead
Row = dict[str, Any]

# Pages from READABILITY ---------------------------------------------------------------------------

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "title",
        "textarea",
    ]
)
SKIPPED = {"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "math"}


def page_lines(root: Any) -> list[str]:
    """The text of a page, a line per block."""
    lines: list[str] = []
    buffer: list[str] = []

    def flush() -> None:
        text = re.sub(r"\s+", " ", "".join(buffer)).strip()
        buffer.clear()
        if text:
            lines.append(text)

    def walk(element: Any) -> None:
        if not isinstance(element.tag, str) or element.tag.lower() in SKIPPED:
            return
        block = element.tag.lower() in BLOCKS
        if block:
            flush()
        buffer.append(element.text or "")
        for child in element:
            walk(child)
            buffer.append(child.tail or "")
        if block:
            flush()

    walk(root)
    flush()
    return lines


def labelled(lines: list[str], expected: list[str], title: str) -> list[dict[str, str]]:
    """Each line with its label: in the expected article (in that order), or nearly so, or not."""
    ours, theirs = (
        [re.sub(r"\W+", " ", line.lower()).strip() for line in side] for side in (lines, expected)
    )
    kept = set()
    for match in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        kept |= set(range(match.a, match.a + match.size))

    def grams(text: str) -> list[str]:
        words = text.split()
        return [" ".join(words[i : i + 4]) for i in range(max(1, len(words) - 3))]

    known = {gram for line in theirs for gram in grams(line)}
    head = re.sub(r"\W+", " ", title.lower()).strip()
    out = []
    for index, line in enumerate(ours):
        label = "drop"
        if index in kept:
            label = "keep"
        elif line and (line == head or (len(line) > 15 and line in head)):
            label = "ignore"
        elif line.count(" ") >= 5:
            share = sum(gram in known for gram in grams(line)) / len(grams(line))
            label = "keep" if share > 0.8 else "ignore" if share > 0.3 else "drop"
        out.append({"text": lines[index], "label": label})
    return out


def make_pages(checkout: Path, out: Path) -> None:
    """Labelled pages, whole and as an extractor leaves them, from the test pages of mozilla/readability."""
    import trafilatura
    from lxml import html

    found: dict[str, list[Row]] = {"full": [], "residual": []}
    for folder in sorted((checkout / "test/test-pages").iterdir()):
        source = (folder / "source.html").read_bytes()
        parser = html.HTMLParser(encoding="utf-8")
        expected = page_lines(html.fromstring((folder / "expected.html").read_bytes(), parser=parser))
        title = json.loads((folder / "expected-metadata.json").read_text(encoding="utf-8")).get("title") or ""
        lines = labelled(
            page_lines(html.fromstring(source, parser=html.HTMLParser(encoding="utf-8"))), expected, title
        )
        kept = sum(len(line["text"]) for line in lines if line["label"] == "keep")
        wanted = sum(map(len, expected))
        if wanted < 600 or kept < 0.7 * wanted:
            continue
        extracted = trafilatura.extract(source.decode("utf-8", "replace"), favor_recall=True) or ""
        rest = labelled([line.strip() for line in extracted.split("\n") if line.strip()], expected, title)
        found["full"].append({"id": f"readability-{folder.name}", "lines": lines})
        found["residual"].append({"id": f"readability-{folder.name}", "lines": rest})
    out.mkdir(parents=True, exist_ok=True)
    for kind, rows in found.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (out / f"{kind}-readability.jsonl").write_text(text, encoding="utf-8")
        print(kind, len(rows), "pages")


# Documents ----------------------------------------------------------------------------------------


@dataclass
class Example:
    """One document to learn from."""

    id: str
    kind: str
    borrowed: bool
    table: np.ndarray
    labels: np.ndarray
    lengths: np.ndarray
    row: Row
    weights: np.ndarray
    inputs: np.ndarray | None = None


class Shapes:
    """The features of lines, each computed once."""

    def __init__(self) -> None:
        self.matcher = Matcher(builtin())
        self.known: dict[str, Any] = {}

    def __call__(self, text: str) -> Any:
        """The features of one line."""
        if text not in self.known:
            hit: Pattern | None = None
            if not is_separator(text) and len(text) <= 2600:
                hit = self.matcher.line(plain(text))
            self.known[text] = line_shape(text, hit)
        return self.known[text]


def example(row: Row, kind: str, shapes: Shapes) -> Example:
    """A labelled document as rows of features, with the weight that each line has in training."""
    lines = [line for line in row["lines"] if line["text"].strip()]
    labels = np.array([{"keep": 0, "drop": 1, "ignore": -1}[line["label"]] for line in lines])
    lengths = np.array([len(line["text"]) for line in lines])
    borrowed = row["id"].startswith("readability-")
    bulk = (np.minimum(lengths, 1500) / 100.0) ** 0.6
    weights = np.where(labels == 0, 0.6 + bulk, 0.6 + 0.5 * bulk) * (labels >= 0)
    weights = (
        weights
        * {"full": 1.0, "residual": 1.5, "thinned": 0.8, "window": 0.5}[kind]
        * (0.5 if borrowed else 1.0)
    )
    table = document_table([shapes(line["text"].strip()) for line in lines])
    return Example(row["id"], kind, borrowed, table, labels, lengths, row, weights.astype(np.float32))


def thinned(row: Row, rng: random.Random) -> Row:
    """A full page after an imagined extractor: the article, what stands in it, and a little around it."""
    lines = row["lines"]
    keep = [i for i, line in enumerate(lines) if line["label"] == "keep"]
    first, last = keep[0], keep[-1]
    anywhere, near = rng.choice([0.0, 0.02, 0.05, 0.1]), rng.choice([2, 5, 10])

    def stays(index: int) -> bool:
        if lines[index]["label"] != "drop":
            return True
        if first <= index <= last:
            return rng.random() < 0.6
        close = min(abs(index - first), abs(index - last)) <= near
        return rng.random() < anywhere or (close and rng.random() < 0.5)

    return {"id": row["id"], "lines": [line for index, line in enumerate(lines) if stays(index)]}


def window(row: Row, rng: random.Random) -> Row:
    """A full page cut off somewhere around the article."""
    keep = [i for i, line in enumerate(row["lines"]) if line["label"] == "keep"]
    low = max(0, keep[0] - rng.choice([0, 1, 3, 10]))
    return {"id": row["id"], "lines": row["lines"][low : keep[-1] + 1 + rng.choice([0, 2, 5, 12, 30])]}


def load(folders: list[Path], seed: int = 7) -> list[Example]:
    """All examples: the labelled documents and those made from them."""
    rng, shapes = random.Random(seed), Shapes()  # noqa: S311
    found = []
    for folder in folders:
        for kind in ("full", "residual"):
            for path in sorted(folder.glob(f"{kind}*.jsonl")):
                for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
                    if not row["lines"]:
                        continue
                    found.append(example(row, kind, shapes))
                    if kind == "full" and any(line["label"] == "keep" for line in row["lines"]):
                        found.append(example(thinned(row, rng), "thinned", shapes))
                        found.append(example(window(row, rng), "window", shapes))
    return found


# Training -----------------------------------------------------------------------------------------


def network(features: int, dropout: float) -> Any:
    """The network of `normalize/boilerplate/classifier.py`, to be trained."""
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.input = nn.Linear(features, CHANNELS)
            self.convs = nn.ModuleList(
                nn.Conv1d(CHANNELS, CHANNELS, TAPS, padding=d * (TAPS // 2), dilation=d)
                for d in classifier.DILATIONS
            )
            self.output = nn.Linear(CHANNELS, 1)
            self.skip = nn.Linear(features, 1, bias=False)
            self.dropout = nn.Dropout(dropout)

        def forward(self, x: Any, mask: Any) -> Any:
            hidden = (torch.relu(self.input(self.dropout(x))) * mask[:, None]).t()[None]
            for conv in self.convs:
                hidden = (hidden + torch.relu(conv(self.dropout(hidden)))) * mask[None, None]
            return self.output(hidden[0].t())[:, 0] + self.skip(x)[:, 0]

    return Net()


def train(examples: list[Example], seed: int, epochs: int = 14, rate: float = 4e-3) -> dict[str, np.ndarray]:
    """Train one network; its weights under the names that the product reads."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = random.Random(seed)  # noqa: S311
    everything = np.concatenate([item.table for item in examples])
    mean, scale = everything.mean(0), everything.std(0) + 1e-2
    for item in examples:
        item.inputs = np.clip((item.table - mean) / scale, -classifier.CLIP, classifier.CLIP).astype(
            np.float32
        )
    net = network(len(mean), 0.2)
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=2e-3)
    steps = epochs * (len(list(batches(examples, random.Random(0)))) + 3)  # noqa: S311
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.2)
    for _ in range(epochs):
        for batch in batches(examples, rng):
            x, mask, y, weight = packed(batch)
            loss = (
                binary_cross_entropy_with_logits(net(x, mask), y, reduction="none") * weight
            ).sum() / weight.sum()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    stored = {name: value.detach().numpy() for name, value in net.state_dict().items()}
    out = {
        "mean": mean,
        "scale": scale,
        "input": stored["input.weight"].T,
        "input_bias": stored["input.bias"],
        "output": stored["output.weight"][0],
        "output_bias": stored["output.bias"],
        "skip": stored["skip.weight"][0],
    }
    for layer in range(len(classifier.DILATIONS)):
        out[f"conv{layer}"] = stored[f"convs.{layer}.weight"].transpose(2, 1, 0)
        out[f"conv{layer}_bias"] = stored[f"convs.{layer}.bias"]
    return {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in out.items()}


def batches(examples: list[Example], rng: random.Random, size: int = 2500) -> Any:
    """The examples in random order, some thousand lines at a time."""
    order = list(examples)
    rng.shuffle(order)
    batch: list[Example] = []
    for item in order:
        batch.append(item)
        if sum(len(other.labels) + GAP for other in batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def packed(batch: list[Example]) -> list[Any]:
    """Documents in a row, with empty rows between: features, which rows are real, labels, weights."""
    import torch

    columns: list[list[np.ndarray]] = [[], [], [], []]
    for item in batch:
        assert item.inputs is not None
        n = len(item.labels)
        gap = np.zeros(GAP)
        columns[0] += [item.inputs, np.zeros((GAP, item.inputs.shape[1]))]
        columns[1] += [np.ones(n), gap]
        columns[2] += [np.maximum(item.labels, 0), gap]
        columns[3] += [item.weights, gap]
    return [torch.from_numpy(np.concatenate(column).astype(np.float32)) for column in columns]


def members(examples: list[Example], seeds: int) -> list[dict[str, np.ndarray]]:
    """Several networks, whose judgements the product averages."""
    found = []
    for seed in range(1, seeds + 1):
        started = time.time()
        found.append(train(examples, seed))
        print(f"network {seed}: {time.time() - started:.0f} s", flush=True)
    return found


# Commands -----------------------------------------------------------------------------------------


def fit(folders: list[Path], out: Path, seeds: int) -> None:
    """Train on everything and write the weights."""
    networks = members(load(folders), seeds)
    arrays = {
        f"m{number}/{name}": array.astype(np.float32 if name in {"mean", "scale"} else np.float16)
        for number, item in enumerate(networks)
        for name, array in item.items()
    }
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    print(out, out.stat().st_size, "bytes")


def check(folders: list[Path], folds: int, seeds: int) -> None:
    """Judge every labelled page by networks that saw nothing of it, through the whole step."""
    examples = load(folders)
    counts = {kind: np.zeros(6) for kind in ("full", "residual")}
    for fold in range(folds):
        seen = [item for item in examples if zlib.crc32(item.id.encode()) % folds != fold]
        networks = members(seen, seeds)
        classifier._weights = lambda networks=networks: networks  # type: ignore[assignment]
        finder = BoilerplateFinder()
        for item in examples:
            if zlib.crc32(item.id.encode()) % folds == fold and item.kind in counts and not item.borrowed:
                counts[item.kind] += judged(finder, item.row)
    for kind, (hit, wrong, missed, kept, lost, clutter) in counts.items():
        purity, whole = kept / (kept + clutter), kept / (kept + lost)
        print(
            f"{kind}: lines removed, precision {hit / (hit + wrong):.3f}, recall {hit / (hit + missed):.3f}; "
            f"kept characters, F1 {2 * purity * whole / (purity + whole):.4f}; article lost {1 - whole:.4f}"
        )


def judged(finder: BoilerplateFinder, row: Row) -> np.ndarray:
    """Lines rightly, wrongly removed, missed; characters of the article kept, lost; of clutter kept."""
    text = "".join(line["text"] + "\n" for line in row["lines"])
    gone = {
        text.count("\n", 0, removal.start) for removal in finder.find(Document("page.txt", text)).removals
    }
    counts = np.zeros(6)
    for index, line in enumerate(row["lines"]):
        size, removed = len(line["text"]), index in gone
        if line["label"] == "drop":
            counts += (removed, 0, not removed, 0, 0, 0 if removed else size)
        elif line["label"] == "keep":
            counts += (0, removed, 0, 0 if removed else size, size if removed else 0, 0)
    return counts


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    pages = commands.add_parser("pages")
    pages.add_argument("checkout", type=Path)
    pages.add_argument("out", type=Path)
    for name in ("fit", "check"):
        command = commands.add_parser(name)
        command.add_argument("data", type=Path, nargs="+")
        command.add_argument("--networks", type=int, default=2)
        if name == "fit":
            command.add_argument("--out", type=Path, default=WEIGHTS)
        else:
            command.add_argument("--folds", type=int, default=4)
    options = parser.parse_args()
    if options.command == "pages":
        make_pages(options.checkout, options.out)
    elif options.command == "fit":
        fit(options.data, options.out, options.networks)
    else:
        check(options.data, options.folds, options.networks)


if __name__ == "__main__":
    main()
