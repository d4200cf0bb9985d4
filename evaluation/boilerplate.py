"""How well clutter is told from the article: a table for whole pages and for what an extractor leaves over.

    python -m evaluation.boilerplate --data DIR [--quick] [--baselines]

`DIR` holds `full*.jsonl` and `residual*.jsonl`: pages as lines with a label each (keep, drop, ignore). Exit
status 1 when a figure is below its floor in `boilerplate_floors.toml`; 0 with the word "skipped" when the
data are not there. Lines whose label a reader would not agree with are named in `boilerplate_disputed.toml`;
the table shows the figures with them and without.

These pages are those that the classifier was trained on, so the figures say whether something broke, not how
it does elsewhere: `training/boilerplate.py check` prints the cross-validated ones.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from rich.console import Console
from rich.table import Table

from normalize.boilerplate import BoilerplateFinder
from normalize.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
FLOORS = HERE / "boilerplate_floors.toml"
DISPUTED = HERE / "boilerplate_disputed.toml"
KINDS = ("full", "residual")
QUICK_STEP = 3
C4_WORDS = (
    "javascript",
    "lorem ipsum",
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)

console = Console(width=132, highlight=False)


class Score(NamedTuple):
    """What the table shows for one tool on one kind of page."""

    precision: float
    recall: float
    f1: float
    lost: float


# Tools: from lines to which of them go -----------------------------------------------------------------


def ours() -> Callable[[list[str]], list[bool]]:
    """The boilerplate step."""
    finder = BoilerplateFinder()

    def drop(lines: list[str]) -> list[bool]:
        text = "".join(f"{line}\n" for line in lines)
        gone = {
            text.count("\n", 0, removal.start) for removal in finder.find(Document("page", text)).removals
        }
        return [index in gone for index in range(len(lines))]

    return drop


def c4(lines: list[str]) -> list[bool]:
    """The line filters of the C4 corpus."""

    def good(line: str) -> bool:
        ends = line.rstrip().endswith((".", "!", "?", '"'))
        return ends and len(line.split()) >= 5 and not any(word in line.lower() for word in C4_WORDS)

    return [not good(line) for line in lines]


def as_page(lines: list[str]) -> str:
    """Lines as a page of paragraphs, for tools that want HTML."""
    return "<html><body>" + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</body></html>"


def justext(lines: list[str]) -> list[bool]:
    """The jusText package."""
    import justext as package

    paragraphs = package.justext(as_page(lines).encode(), package.get_stoplist("English"), encoding="utf-8")
    kept = {re.sub(r"\s+", " ", part.text).strip() for part in paragraphs if not part.is_boilerplate}
    return [re.sub(r"\s+", " ", line).strip() not in kept for line in lines]


def trafilatura(lines: list[str]) -> list[bool]:
    """The trafilatura package."""
    import trafilatura as package

    text = package.extract(as_page(lines), include_comments=False) or ""
    kept = {re.sub(r"\s+", " ", line).strip(" -") for line in text.split("\n")}
    return [re.sub(r"\s+", " ", line).strip(" -") not in kept for line in lines]


def keepall(lines: list[str]) -> list[bool]:
    """Nothing goes."""
    return [False] * len(lines)


# Scoring ---------------------------------------------------------------------------------------------


def load(folder: Path, kind: str, quick: bool) -> list[dict[str, Any]]:
    """The pages of one kind."""
    rows = [
        json.loads(line)
        for path in sorted(folder.glob(f"{kind}*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return rows[::QUICK_STEP] if quick and kind == "full" else rows


def disputed(kind: str) -> frozenset[tuple[str, int]]:
    """Pages and lines (from 1) whose label is not what a reader would want."""
    entries = tomllib.loads(DISPUTED.read_text(encoding="utf-8")).get(kind, [])
    return frozenset((entry["page"], line) for entry in entries for line in entry["lines"])


def score(
    rows: list[dict[str, Any]], gone: list[list[bool]], leave_out: frozenset[tuple[str, int]] = frozenset()
) -> Score:
    """Lines removed: precision and recall. Characters kept: F1. The share of the article that is lost."""
    hit = wrong = missed = kept = lost = clutter = 0
    for row, dropped in zip(rows, gone, strict=True):
        for number, (line, is_gone) in enumerate(zip(row["lines"], dropped, strict=True), 1):
            if (row["id"], number) in leave_out:
                continue
            size = len(line["text"])
            if line["label"] == "drop":
                hit += is_gone
                missed += not is_gone
                clutter += 0 if is_gone else size
            elif line["label"] == "keep":
                wrong += is_gone
                kept += 0 if is_gone else size
                lost += size if is_gone else 0
    purity, whole = kept / max(kept + clutter, 1), kept / max(kept + lost, 1)
    return Score(
        hit / max(hit + wrong, 1),
        hit / max(hit + missed, 1),
        2 * purity * whole / max(purity + whole, 1e-9),
        1 - whole,
    )


def below(kind: str, found: Score) -> list[str]:
    """What is worse than its floor (for `lost`: than its ceiling)."""
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))[kind]
    faults = []
    for name, bound in floors.items():
        value = getattr(found, name)
        if (value > bound) if name == "lost" else (value < bound):
            faults.append(f"{kind}: {name} is {value:.4f}, the bound is {bound}")
    return faults


def tools(baselines: bool) -> dict[str, Callable[[list[str]], list[bool]]]:
    """What is compared."""
    found: dict[str, Callable[[list[str]], list[bool]]] = {"normalize": ours()}
    if baselines:
        found |= {"keep all": keepall, "C4 filters": c4}
        for name, tool in (("justext", justext), ("trafilatura", trafilatura)):
            try:
                __import__(name)
            except ImportError:
                console.print(f"{name} is not installed, left out")
            else:
                found[name] = tool
    return found


def main() -> int:
    """Print the table; 1 when a floor is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="every third of the whole pages")
    parser.add_argument("--baselines", action="store_true", help="also what people use today")
    options = parser.parse_args()
    if not any(options.data.glob("full*.jsonl")):
        console.print(f"skipped: no labelled pages in {options.data}")
        return 0
    table = Table(
        "pages", "tool", "lines removed: precision", "recall", "kept characters: F1", "article lost"
    )
    faults = []
    for kind in KINDS:
        rows = load(options.data, kind, options.quick)
        for name, tool in tools(options.baselines).items():
            gone = [tool([line["text"] for line in row["lines"]]) for row in rows]
            found = score(rows, gone)
            table.add_row(kind, name, *(f"{value:.4f}" for value in found))
            if name == "normalize":
                undisputed = score(rows, gone, disputed(kind))
                table.add_row(kind, "… without disputed labels", *(f"{value:.4f}" for value in undisputed))
                faults += below(kind, found)
    console.print(table)
    for fault in faults:
        console.print(f"below the floor: {fault}", style="red")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
