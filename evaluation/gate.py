"""How well the gate tells good translations from broken ones.

usage: python evaluation/gate.py [--cases FILE] [--aligned LANG SOURCE ENGLISH …] [--make GOOD.tsv BROKEN.tsv]

Prints, by kind and by flag, how many of the broken outputs are caught and how many of the good ones are
flagged. `--aligned` measures false alarms on aligned files of one's own, line by line. `--make` writes the
cases anew: rows of language, source and English (and the expected flag, for broken ones) between tabs;
more broken ones are made of the good, each in one way in which translation models go wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from typing import TYPE_CHECKING  # noqa: E402

from normalize.translate import gate  # noqa: E402
from normalize.translate.letters import to_latin  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CASES = ROOT / "tests" / "translate" / "gate_cases.jsonl"

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The cases of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def flags_of(row: Row) -> list[str]:
    """What the gate says of a case."""
    return gate.check(row["source"], row["output"], row["lang"])


def table(rows: list[Row]) -> str:
    """The outcome, as a table in Markdown."""
    groups: dict[tuple[str, str], list[bool]] = {}
    named: dict[str, list[bool]] = {}
    for row in rows:
        flags = flags_of(row)
        groups.setdefault((row["verdict"], row["kind"]), []).append(bool(flags))
        if row["verdict"] == "broken":
            named.setdefault(row["flag"], []).append(bool(flags))
    lines = ["| outputs | kind | rows | flagged | share |", "| --- | --- | ---: | ---: | ---: |"]
    for (verdict, kind), found in sorted(groups.items()):
        lines.append(f"| {verdict} | {kind} | {len(found)} | {sum(found)} | {sum(found) / len(found):.3f} |")
    for verdict in ("broken", "good"):
        every = [flagged for (v, _), found in groups.items() if v == verdict for flagged in found]
        lines.append(f"| **{verdict}** | all | {len(every)} | {sum(every)} | {sum(every) / len(every):.3f} |")
    lines += ["", "| broken by | rows | caught |", "| --- | ---: | ---: |"]
    lines += [f"| {flag} | {len(found)} | {sum(found)} |" for flag, found in sorted(named.items())]
    return "\n".join(lines)


def aligned(lang: str, source: Path, english: Path) -> str:
    """False alarms on aligned sentences."""
    seen: Counter[str] = Counter()
    count = flagged = 0
    for mine, theirs in zip(
        source.read_text(encoding="utf-8").splitlines(),
        english.read_text(encoding="utf-8").splitlines(),
        strict=False,
    ):
        if mine.strip() and theirs.strip():
            flags = gate.check(mine, theirs, lang)
            count += 1
            flagged += bool(flags)
            seen.update(flags)
    return f"{lang}: {flagged} of {count} flagged ({flagged / max(1, count):.4f}) {dict(seen.most_common())}"


# --- making broken outputs of good ones ------------------------------------------------------------


def _loop(row: Row, rnd: random.Random) -> str | None:
    words = row["output"].split()
    if len(words) < 4:
        return None
    size = rnd.randint(1, min(4, len(words) - 1))
    at = rnd.randrange(len(words) - size)
    return " ".join(words[: at + size] + words[at : at + size] * rnd.randint(3, 9))


def _phrase_twice(row: Row, rnd: random.Random) -> str | None:
    del rnd
    words = row["output"].split()
    return " ".join([*words, *words]) if len(words) >= 6 else None


def _copied(row: Row, rnd: random.Random) -> str | None:
    del rnd
    return row["source"]


def _respelled(row: Row, rnd: random.Random) -> str | None:
    del rnd
    out = to_latin(row["source"])
    return out if out != row["source"].casefold() and re.search(r"[a-z]{3}.*[a-z]{3}", out) else None


def _half(row: Row, rnd: random.Random) -> str | None:
    del rnd
    mine, theirs = row["source"].split(), row["output"].split()
    if len(mine) < 6 or len(theirs) < 6:
        return None
    return " ".join(theirs[: len(theirs) // 2] + mine[len(mine) // 2 :])


def _left_over(row: Row, rnd: random.Random) -> str | None:
    mine, theirs = re.findall(r"[^\W\d_a-zA-Z]{3,}", row["source"]), row["output"].split()
    mine = [word for word in mine if not re.search(r"[a-zA-ZÀ-ž]", word)]
    if not mine or len(theirs) < 4:
        return None
    at = rnd.randrange(1, len(theirs))
    return " ".join([*theirs[:at], rnd.choice(mine)[:6], *theirs[at + 1 :]])


def _cut(row: Row, rnd: random.Random) -> str | None:
    words = row["output"].split()
    return " ".join(words[: rnd.randint(1, len(words) // 4)]) if len(words) >= 9 else None


def _number_changed(row: Row, rnd: random.Random) -> str | None:
    found = [
        m for m in re.finditer(r"\d+", row["output"]) if re.search(rf"\d*{m.group()[-1]}", row["source"])
    ]
    if not found or not re.search(r"\d", row["source"]):
        return None
    match = rnd.choice(found)
    if match.group() not in row["source"]:
        return None
    other = str(int(match.group()) + rnd.choice([3, 7, 11, 20]))
    return row["output"][: match.start()] + other + row["output"][match.end() :]


def _number_lost(row: Row, rnd: random.Random) -> str | None:
    found = [m for m in re.finditer(r"\d[\d.,:]*\d|\d", row["output"]) if m.group() in row["source"]]
    if not found:
        return None
    match = rnd.choice(found)
    return re.sub(r"\s+", " ", row["output"][: match.start()] + row["output"][match.end() :]).strip()


def _number_invented(row: Row, rnd: random.Random) -> str | None:
    words = row["output"].split()
    if len(words) < 4:
        return None
    return " ".join([*words[:3], str(rnd.randint(13, 4000)), *words[3:]])


def _boilerplate(row: Row, rnd: random.Random) -> str | None:
    tails = [
        "Share on Facebook",
        "Click here to subscribe to our newsletter.",
        "All rights reserved.",
        "Read more",
        "Thank you for watching!",
        "Follow us on Twitter",
        "We use cookies. Privacy policy",
    ]
    return row["output"] + " " + rnd.choice(tails)


def _padded(row: Row, rnd: random.Random) -> str | None:
    more = (
        "and this is why the people of the city have always said that nothing would ever change in their "
        "lives, even though the years went by and other towns grew larger and richer with each new road"
    )
    words = more.split()
    return (
        row["output"].rstrip(".") + " " + " ".join(words[: rnd.randint(28, 38)]) + "."
        if len(row["output"]) < 60
        else None
    )


def _empty(row: Row, rnd: random.Random) -> str | None:
    del row
    return rnd.choice(["", " ", ".", "…", "?!", "“”"])


def _unknown(row: Row, rnd: random.Random) -> str | None:
    words = row["output"].split()
    if len(words) < 3:
        return None
    return " ".join([*words[:1], rnd.choice(["⁇", "<unk>", "\ufffd\ufffd"]), *words[2:]])


WAYS: dict[str, list[Callable[[Row, random.Random], str | None]]] = {
    "repetition": [_loop, _loop, _phrase_twice],
    "copied": [_copied, _respelled, _half],
    "source-script": [_left_over],
    "truncated": [_cut, _cut],
    "number-missing": [_number_changed, _number_lost],
    "number-invented": [_number_invented],
    "boilerplate": [_boilerplate],
    "length": [_padded],
    "empty": [_empty],
    "garbled": [_unknown],
}


def broken(rows: list[Row], each: int) -> Iterator[Row]:
    """Broken outputs, `each` of every way to break one, made of good ones."""
    rnd = random.Random(5)  # noqa: S311 - no secret
    for flag, ways in WAYS.items():
        for way in ways:
            made = 0
            for row in rnd.sample(rows, len(rows)):
                output = way(row, rnd)
                if output is None or output == row["output"]:
                    continue
                yield {**row, "kind": "synthetic", "verdict": "broken", "flag": flag, "output": output}
                made += 1
                if made == each:
                    break


def make(good: Path, bad: Path) -> list[Row]:
    """All cases: good ones, broken ones as seen, broken ones as made."""
    rows = []
    for line in good.read_text(encoding="utf-8").splitlines():
        lang, source, output, *kind = line.split("\t")
        rows.append(
            {
                "kind": kind[0] if kind else "negative",
                "verdict": "good",
                "lang": lang,
                "source": source,
                "output": output,
            }
        )
    seen = []
    for line in bad.read_text(encoding="utf-8").splitlines():
        lang, source, output, flag = line.split("\t")
        seen.append(
            {
                "kind": "in_the_wild",
                "verdict": "broken",
                "flag": flag,
                "lang": lang,
                "source": source,
                "output": output,
            }
        )
    return [*rows, *seen, *broken(rows, 9)]


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description="How well the gate tells good translations from broken ones."
    )
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument(
        "--aligned", nargs="+", default=[], metavar="LANG SOURCE ENGLISH", help="aligned files, in threes"
    )
    parser.add_argument("--make", nargs=2, type=Path, metavar=("GOOD", "BROKEN"))
    parser.add_argument("--errors", action="store_true", help="print the rows that the gate gets wrong")
    args = parser.parse_args(argv)
    if args.make:
        rows = make(*args.make)
        args.cases.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
    rows = read(args.cases)
    print(table(rows))
    if args.errors:
        for row in rows:
            flags = flags_of(row)
            if bool(flags) != (row["verdict"] == "broken"):
                print(
                    row["verdict"], row.get("flag", ""), flags, row["source"], "=>", row["output"], sep=" | "
                )
    for lang, source, english in zip(*[iter(args.aligned)] * 3, strict=True):
        print(aligned(lang, Path(source), Path(english)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
