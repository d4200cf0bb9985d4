"""Make the word lists of `normalize/translate/lexicon/` from aligned sentences.

usage: python evaluation/lexicon.py OUT.tsv.xz PACK.tsv.xz…

A pack holds one pair a line: source, language, text and English between tabs. Only sources whose licence
lets a list of words stand beside Apache-2.0 code are read (`SOURCES`). Words are aligned by IBM model 1 in
both directions; a word's translations are those that both directions agree on. The keys are in Latin
letters, so that one list serves both alphabets of Serbian.
"""

from __future__ import annotations

import argparse
import lzma
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from normalize.translate import gate, lexicon

#: Public domain, CC-BY-2.0-FR (Tatoeba), CC-BY-4.0 (African Storybook, TensorFlow, React, Open Source
#: Guides), MIT (course texts, bitcoin.org, Rust book), BSD-3-Clause (freeCodeCamp), PSF-2.0 (Python).
SOURCES = (
    "prose-novels-mt",
    "prose-bible",
    "prose-tatoeba",
    "tatoeba-challenge",
    "laser-tatoeba",
    "prose-african-storybook",
    "prose-bitcoin.org",
    "ms-courses",
    "freecodecamp",
    "python-docs",
    "tensorflow-docs",
    "react-docs",
    "prose-rust-book",
    "prose-opensource-guide",
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def read(packs: list[Path], longest: int) -> list[tuple[list[str], list[str]]]:
    """The words of each pair that may be used."""
    found = []
    for pack in packs:
        with lzma.open(pack, "rt", encoding="utf-8") as rows:
            for row in rows:
                source, _, text, english = row.rstrip("\n").split("\t")
                if not source.startswith(SOURCES):
                    continue
                mine = lexicon.words(text)
                theirs = [word.casefold().replace("’", "'") for word in _WORD.findall(english)]
                if 0 < len(mine) <= longest and 0 < len(theirs) <= longest:
                    found.append((mine, theirs))
    return found


def align(
    pairs: list[tuple[list[str], list[str]]], least: int, rounds: int
) -> tuple[list[str], list[str], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Word pairs with the probability of each word given the other, by IBM model 1 both ways."""
    counts = [Counter(word for pair in pairs for word in set(pair[side])) for side in (0, 1)]
    vocabulary = [sorted(w for w, c in count.items() if c >= least) for count in counts]
    index = [{word: i for i, word in enumerate(words)} for words in vocabulary]
    width = len(vocabulary[1])
    codes, mine_at, theirs_at = [], [], []
    base_mine = base_theirs = 0
    for mine, theirs in pairs:
        a = np.asarray([index[0][w] for w in mine if w in index[0]], np.int64)
        b = np.asarray([index[1][w] for w in theirs if w in index[1]], np.int64)
        if not len(a) or not len(b):
            continue
        codes.append((a[:, None] * width + b[None, :]).ravel())
        mine_at.append(np.repeat(np.arange(len(a), dtype=np.int32) + base_mine, len(b)))
        theirs_at.append(np.tile(np.arange(len(b), dtype=np.int32) + base_theirs, len(a)))
        base_mine += len(a)
        base_theirs += len(b)
    code, inverse = np.unique(np.concatenate(codes), return_inverse=True)
    del codes
    inverse = inverse.astype(np.int32)
    row, column = (code // width).astype(np.int32), (code % width).astype(np.int32)
    at = [np.concatenate(mine_at), np.concatenate(theirs_at)]
    results = []
    for given, positions, size in ((row, at[1], base_theirs), (column, at[0], base_mine)):
        t = np.ones(len(code), np.float32)
        for _ in range(rounds):
            p = t[inverse]
            p /= np.bincount(positions, p, size).astype(np.float32)[positions]
            t = np.bincount(inverse, p, len(code)).astype(np.float32)
            t /= np.bincount(given, t)[given]
        results.append(t)
    joint = np.bincount(inverse, minlength=len(code))
    return vocabulary[0], vocabulary[1], np.stack([row, column]), results[0], results[1], joint


def dictionary(packs: list[Path]) -> list[str]:
    """Words of Chinese with the words that explain them, from the entries of CC-CEDICT in the packs."""
    found: dict[str, dict[str, None]] = {}
    for pack in packs:
        with lzma.open(pack, "rt", encoding="utf-8") as rows:
            for row in rows:
                source, _, word, english = row.rstrip("\n").split("\t")
                if source != "dict-cc-cedict" or not 2 <= len(word) <= 6 or len(english.split()) > 4:
                    continue
                for part in _WORD.findall(re.sub(r"\([^)]*\)", "", english)):
                    if part.casefold() not in gate.function_words() and len(part) > 2:
                        found.setdefault(word, {})[part if part[1:].islower() else part.casefold()] = None
    return [f"{word}\t{' '.join(list(meanings)[:5])}" for word, meanings in sorted(found.items())]


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("packs", type=Path, nargs="+")
    parser.add_argument("--longest", type=int, default=24, help="words of a sentence")
    parser.add_argument("--least", type=int, default=4, help="sentences that a word occurs in")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--dictionary", action="store_true", help="the entries of CC-CEDICT, not counts")
    args = parser.parse_args(argv)
    if args.dictionary:
        lines = dictionary(args.packs)
        with lzma.open(args.out, "wt", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
        print(f"{len(lines)} words, {args.out.stat().st_size} bytes", file=sys.stderr)
        return 0
    pairs = read(args.packs, args.longest)
    print(f"{len(pairs)} pairs", file=sys.stderr, flush=True)
    mine, theirs, places, forth, back, joint = align(pairs, args.least, args.rounds)
    score = np.sqrt(forth * back)
    order = np.lexsort((-score, places[0]))
    rows: list[str] = []
    last, kept = -1, 0
    for i in order:
        word = places[0, i]
        if word != last:
            last, kept, best = word, 0, score[i]
        if kept < 3 and score[i] >= max(0.06, 0.25 * best) and joint[i] >= 2:
            rows.append(f"{mine[word]}\t{theirs[places[1, i]]}\t{score[i]:.2f}")
            kept += 1
    with lzma.open(args.out, "wt", encoding="utf-8") as out:
        out.write("\n".join(rows) + "\n")
    print(f"{len(rows)} rows, {args.out.stat().st_size} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
