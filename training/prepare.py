"""Turn packs of parallel text into a SentencePiece model and token arrays.

    python prepare.py WORK --text FOLDER... [--groups hbs=0.45 zh=0.33 slavic=0.22]

A ``FOLDER`` holds ``<pair>-en*.tsv.xz``: one pair a line, source, language, text and English between
tabs. ``WORK`` gets ``sp.model`` (one vocabulary for all languages, the normalisation of
:mod:`normalization` inside), ``target.txt`` (the pieces that English is written with) and
``data.npz``. A second call keeps ``sp.model`` and ``target.txt``, so that training can go on with
other text.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import sentencepiece as spm
from augment import synthetic, variants
from filters import aligned
from normalization import write_rules
from sentencepiece import sentencepiece_model_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

PAD, BOS, EOS, UNK = 3, 1, 2, 0

#: The share of generated lines among the drawn tokens of a group.
SYNTHETIC = 0.04

#: Which packs each group of languages is made of.
GROUPS = {"hbs": ("hbs",), "zh": ("zh",), "slavic": ("ru", "uk", "bg", "mk")}

#: How often a pair of a source is drawn: sentences that people write far more often than the labels
#: of a program. The first matching prefix counts; a second number is for less than eight words.
WEIGHTS: list[tuple[str, float, float]] = [
    ("written", 10.0, 4.0),
    ("names-", 0.5, 0.5),
    ("prose-novels-mt", 2.0, 1.0),
    ("prose-lctt", 1.5, 0.8),
    ("prose-bible", 0.4, 0.3),
    ("prose-tatoeba", 4.0, 2.0),
    ("tatoeba-challenge", 4.0, 2.0),
    ("laser-tatoeba", 4.0, 2.0),
    ("prose-wmt", 6.0, 2.0),
    ("wmt-newstest", 6.0, 2.0),
    ("tico19", 5.0, 2.0),
    ("prose-bitcoin.org", 6.0, 2.0),
    ("prose-3am-captions", 0.8, 0.5),
    ("prose-rust-book", 0.5, 0.2),
    ("prose-african-storybook", 3.0, 2.0),
    ("prose-", 4.0, 1.5),
    ("synthetic", 1.0, 1.0),
    ("ms-courses-llm", 1.2, 0.3),
    ("mozilla-www", 2.0, 0.4),
    ("wesnoth", 2.0, 0.5),
    ("freecodecamp", 0.6, 0.2),
    ("gnome-user-docs", 0.8, 0.2),
    ("debian-handbook", 1.0, 0.2),
    ("python-docs", 0.3, 0.1),
    ("django-docs", 0.3, 0.1),
    ("tensorflow-docs", 0.4, 0.1),
    ("dict-cc-cedict", 0.3, 0.3),
    ("dict-freedict", 0.3, 0.3),
    ("", 0.5, 0.15),
]

#: What the weights are multiplied with in a branch: while the learning rate falls, text that is like
#: what users have counts for more. The first matching prefix counts.
BRANCH: list[tuple[str, float]] = [
    ("written", 1.2),
    ("dict-cc-cedict", 16.0),
    ("names-", 1.5),
    ("prose-novels-mt", 0.8),
    ("prose-lctt", 0.7),
    ("ms-courses-llm", 0.8),
    ("prose-", 1.0),
    ("tatoeba-challenge", 1.0),
    ("laser-tatoeba", 1.0),
    ("wmt-newstest", 1.0),
    ("tico19", 1.0),
    ("synthetic", 1.0),
    ("", 0.35),
]


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence or a word, where it came from, and its English."""

    group: str
    source: str
    language: str
    text: str
    english: str

    @property
    def weight(self) -> float:
        """How often to draw this pair, against others of its group."""
        full, short = next((f, s) for prefix, f, s in WEIGHTS if self.source.startswith(prefix))
        return full if len(self.english.split()) >= 8 else short

    @property
    def branch_weight(self) -> float:
        """How often to draw it in a branch."""
        return self.weight * next(f for prefix, f in BRANCH if self.source.startswith(prefix))


def read_packs(folders: list[Path], group: str) -> Iterator[Pair]:
    """Yield each aligned pair of a group once."""
    seen: set[bytes] = set()
    for pair in GROUPS[group]:
        packs = [path for folder in folders for path in folder.glob(f"{pair}-en*.tsv.xz")]
        # The small packs of prose and news first: of equal pairs the better source stays.
        for path in sorted(packs, key=lambda p: (p.stat().st_size, p.name)):
            with lzma.open(path, "rt", encoding="utf-8") as rows:
                for row in rows:
                    source, language, text, english = row.rstrip("\n").split("\t")
                    if not aligned(text, english, "zh" if pair == "zh" else language):
                        continue
                    key = hashlib.blake2b(
                        f"{text.casefold()}\t{english.casefold()}".encode(), digest_size=10
                    ).digest()
                    if key not in seen:
                        seen.add(key)
                        yield Pair(group, source, pair, text, english)


def train_vocabulary(work: Path, pairs: list[Pair], size: int, lines: int, threads: int) -> None:
    """Train one SentencePiece model on a sample, drawn as training will draw."""
    write_rules(work / "rules.tsv")
    rng = random.Random(1)  # noqa: S311
    share = {"hbs": 0.42, "zh": 0.33, "slavic": 0.25}
    sample = work / "sample.txt"
    with sample.open("w", encoding="utf-8") as out:
        for group, part in share.items():
            members = [p for p in pairs if p.group == group]
            for p in rng.choices(members, [p.weight for p in members], k=int(lines * part)):
                out.write(f"{p.text}\n{p.english}\n")
    spm.SentencePieceTrainer.train(
        input=str(sample),
        model_prefix=str(work / "sp"),
        vocab_size=size,
        pad_id=PAD,
        character_coverage=0.9998,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_tsv=str(work / "rules.tsv"),
        max_sentence_length=2000,
        num_threads=threads,
        input_sentence_size=2 * lines,
        num_sub_iterations=2,
        seed_sentencepiece_size=400_000,
        train_extremely_large_corpus=False,
    )
    sample.unlink()


def target_pieces(sp: spm.SentencePieceProcessor, english: Iterable[str], size: int) -> list[str]:
    """The ``size`` pieces most used in English, control pieces and bytes always among them."""
    counts: Counter[int] = Counter()
    for ids in sp.encode(list(english), num_threads=-1):
        counts.update(ids)
    always = [i for i in range(sp.get_piece_size()) if sp.is_control(i) or sp.is_byte(i) or sp.is_unknown(i)]
    letters = [
        i
        for i in range(sp.get_piece_size())
        if i not in always and len(sp.id_to_piece(i)) == 1 and ord(sp.id_to_piece(i)) < 0x250
    ]
    keep = dict.fromkeys(always + letters)
    for i, _ in counts.most_common():
        if len(keep) >= size:
            break
        keep.setdefault(i)
    return [sp.id_to_piece(i) for i in sorted(keep)]


def restricted(model: Path, pieces: set[str]) -> spm.SentencePieceProcessor:
    """The same model, with every piece outside ``pieces`` marked as unused."""
    proto = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]
    proto.ParseFromString(model.read_bytes())
    normal, unused = proto.SentencePiece.NORMAL, proto.SentencePiece.UNUSED
    for piece in proto.pieces:
        if piece.type == normal and piece.piece not in pieces:
            piece.type = unused
    return spm.SentencePieceProcessor(model_proto=proto.SerializeToString())


def _flat(rows: list[list[int]]) -> NDArray[np.uint16]:
    return np.concatenate([np.asarray([*row, EOS], np.uint16) for row in rows])


def extra_pairs(pairs: list[Pair], groups: set[str], rng: random.Random) -> list[Pair]:
    """Variants of some pairs, and generated lines."""
    extra = [
        Pair(pair.group, pair.source, pair.language, text, english)
        for pair in pairs
        for text, english in variants(pair.text, pair.english, rng)
    ]
    extra += [
        Pair(group, "synthetic", language, text, english)
        for group, language, text, english in synthetic(rng)
        if group in groups
    ]
    return extra


def weights(
    pairs: list[Pair], weight: NDArray[np.float64], lengths: NDArray[np.int32], share: dict[str, float]
) -> NDArray[np.float32]:
    """How often to draw each pair, so that every group has its share of the drawn tokens."""
    group_of = np.asarray([p.group for p in pairs])
    made = np.asarray([p.source == "synthetic" for p in pairs])
    for group, part in share.items():
        for of, wanted in (
            ((group_of == group) & ~made, part * (1 - SYNTHETIC)),
            ((group_of == group) & made, part * SYNTHETIC),
        ):
            if of.any():
                weight[of] *= wanted / (weight[of] * lengths[of]).sum()
    scaled: NDArray[np.float32] = (weight / weight.mean()).astype(np.float32)
    return scaled


def write_arrays(work: Path, pairs: list[Pair], share: dict[str, float], longest: int, threads: int) -> None:
    """Tokenize the pairs into ``data.npz``, and note in ``mix.json`` what it holds."""
    sp = spm.SentencePieceProcessor(model_file=str(work / "sp.model"))
    pieces = (work / "target.txt").read_text(encoding="utf-8").split("\n")[:-1]
    index = np.full(sp.get_piece_size(), UNK, np.uint16)
    for i, piece in enumerate(pieces):
        index[sp.piece_to_id(piece)] = i
    english = restricted(work / "sp.model", set(pieces))
    sources = sp.encode([p.text for p in pairs], num_threads=threads)
    targets = english.encode([p.english for p in pairs], num_threads=threads)
    keep = [i for i, (s, t) in enumerate(zip(sources, targets, strict=True)) if _fits(s, t, longest)]
    kept = [pairs[i] for i in keep]
    lengths = np.asarray([len(targets[i]) + 1 for i in keep], np.int32)
    target = index[_flat([targets[i] for i in keep])]
    np.savez(
        work / "data.tmp.npz",
        src=_flat([sources[i] for i in keep]),
        tgt=target,
        src_len=np.asarray([len(sources[i]) + 1 for i in keep], np.int32),
        tgt_len=lengths,
        weight=weights(kept, np.asarray([p.weight for p in kept]), lengths, share),
        branch_weight=weights(kept, np.asarray([p.branch_weight for p in kept]), lengths, share),
        group=np.asarray([sorted(GROUPS).index(p.group) for p in kept], np.uint8),
    )
    (work / "data.tmp.npz").replace(work / "data.npz")
    counts = Counter(f"{p.language} {p.source}" for p in kept)
    mix = {"share": share, "pairs": dict(sorted(counts.items()))}
    (work / "mix.json").write_text(json.dumps(mix, indent=1) + "\n")
    print(
        f"{len(keep)} pairs, {lengths.sum() / 1e6:.1f} M target tokens, "
        f"{sp.get_piece_size()} pieces, {len(pieces)} of them English, {int((target == UNK).sum())} unknown",
        file=sys.stderr,
    )


def _fits(source: list[int], target: list[int], longest: int) -> bool:
    return 0 < len(source) < longest and 0 < len(target) < longest


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--text", type=Path, nargs="+", required=True, help="folders of <pair>-en*.tsv.xz")
    parser.add_argument(
        "--groups",
        nargs="+",
        default=["hbs=0.45", "zh=0.33", "slavic=0.22"],
        help="share of the drawn tokens of each group",
    )
    parser.add_argument("--vocab", type=int, default=20_000, help="pieces of all languages")
    parser.add_argument("--target-vocab", type=int, default=8_000, help="pieces of English")
    parser.add_argument("--sample", type=int, default=250_000, help="pairs for the vocabulary")
    parser.add_argument("--max-tokens", type=int, default=120)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args(argv)
    work: Path = args.work
    work.mkdir(parents=True, exist_ok=True)
    share = {name: float(value) for name, value in (g.split("=") for g in args.groups)}

    pairs: list[Pair] = []
    for group in share:
        members = list(read_packs(args.text, group))
        pairs += members
        print(f"{group}: {len(members)} pairs", file=sys.stderr, flush=True)
    rng = random.Random(7)  # noqa: S311
    if not (work / "sp.model").exists():
        train_vocabulary(work, pairs, args.vocab, args.sample, args.threads)
    if not (work / "target.txt").exists():
        sp = spm.SentencePieceProcessor(model_file=str(work / "sp.model"))
        some = rng.choices(pairs, [p.weight for p in pairs], k=400_000)
        pieces = target_pieces(sp, [p.english for p in some], args.target_vocab)
        (work / "target.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    pairs += extra_pairs(pairs, set(share), rng)
    write_arrays(work, pairs, share, args.max_tokens, args.threads)
    return 0


if __name__ == "__main__":
    sys.exit(main())
