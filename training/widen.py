"""Give a branch the characters that its vocabulary spells in bytes.

    python widen.py WORK OUT --least 20

A vocabulary that many languages share has no room for every Chinese character; the others are three
byte pieces each, which a small model reads badly. This adds a piece for each character that the text
holds often enough, and a row to the source embedding, and copies the rest of ``WORK`` to ``OUT``:
training goes on there where it was. Nothing else is segmented in another way.
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ids = NDArray[np.uint16]

_LEADS = range(0xE4, 0xEA)  # the first bytes of the CJK unified ideographs, U+4E00 to U+9FFF


def bytes_of(sp: spm.SentencePieceProcessor) -> NDArray[np.int64]:
    """The byte that each piece stands for, -1 for the others."""
    pieces = range(sp.get_piece_size())
    return np.asarray([int(sp.id_to_piece(i)[1:-1], 16) if sp.is_byte(i) else -1 for i in pieces])


def spelled(ids: Ids, byte_of: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where ideographs stand spelled in bytes, and which ones (code points).

    ``ids`` are the pieces of one text after another; ``byte_of`` is what `bytes_of` gives.
    """
    value = byte_of[ids]
    first, second, third = value[:-2], value[1:-1], value[2:]
    at = np.flatnonzero(np.isin(first, _LEADS) & (second >= 0x80) & (third >= 0x80))
    code = (first[at] & 0x0F) << 12 | (second[at] & 0x3F) << 6 | third[at] & 0x3F
    inside = (code >= 0x4E00) & (code <= 0x9FFF)
    return at[inside], code[inside]


def join(
    ids: Ids, lengths: NDArray[np.int32], at: NDArray[np.int64], new: Ids
) -> tuple[Ids, NDArray[np.int32]]:
    """Put the piece ``new[i]`` for the three that start at ``at[i]``; the ids and lengths that result.

    >>> join(np.uint16([5, 7, 8, 9, 2, 6, 2]), np.int32([5, 2]), np.array([1]), np.uint16([30]))
    (array([ 5, 30,  2,  6,  2], dtype=uint16), array([3, 2], dtype=int32))
    """
    joined = ids.copy()
    joined[at] = new
    keep = np.ones(len(ids), bool)
    keep[at + 1] = keep[at + 2] = False
    ends = np.cumsum(lengths, dtype=np.int64)
    row = np.searchsorted(ends, at, side="right")
    fewer = np.bincount(row, minlength=len(lengths)) * 2
    return joined[keep], (lengths - fewer).astype(np.int32)


def add_pieces(model: bytes, characters: list[str]) -> bytes:
    """The SentencePiece model with a piece for each character, after all others."""
    proto = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]
    proto.ParseFromString(model)
    # As rare as the rarest: only a word that holds the character could be segmented otherwise, and
    # there is none.
    score = min(piece.score for piece in proto.pieces)
    for character in characters:
        proto.pieces.add(piece=character, score=score, type=proto.SentencePiece.NORMAL)
    proto.trainer_spec.vocab_size = len(proto.pieces)
    widened: bytes = proto.SerializeToString()
    return widened


def widen_checkpoint(old: Path, new: Path, alike: list[int], count: int) -> None:
    """Add ``count`` rows to the source embedding: around the mean of the rows ``alike``."""
    import torch  # nothing else here needs it

    saved = torch.load(old, map_location="cpu", weights_only=True)
    width = saved["shape"]["width"]
    apart = torch.randn(count, width, generator=torch.Generator().manual_seed(1))
    master, average, first, second = (part["source"] for part in saved["state"])
    rows = [table[alike].mean(0) + 0.5 * table[alike].std(0) * apart for table in (master, average)]
    rows.append(torch.zeros(count, width))
    # With no second moments, Adam's first steps for these rows would be huge.
    rows.append(second[alike].mean(0).expand(count, -1))
    for part, table, more in zip(saved["state"], (master, average, first, second), rows, strict=True):
        part["source"] = torch.cat([table, more])
    saved["shape"]["source_vocab"] += count
    # Whole or not at all, and after all else: what has a checkpoint can be trained on.
    torch.save(saved, new.with_suffix(".tmp"))
    new.with_suffix(".tmp").replace(new)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--least", type=int, default=20, help="how often a character must stand in the text")
    args = parser.parse_args(argv)
    work, out = args.work, args.out
    out.mkdir(parents=True, exist_ok=True)
    if (out / "checkpoint.pt").exists():
        raise SystemExit(f"{out} has a checkpoint already, which may be trained further: remove it first")
    sp = spm.SentencePieceProcessor(model_file=str(work / "sp.model"))
    size = sp.get_piece_size()
    data = dict(np.load(work / "data.npz"))
    at, code = spelled(data["src"], bytes_of(sp))
    codes, counts = np.unique(code, return_counts=True)
    chosen = codes[counts >= args.least]
    taken = np.isin(code, chosen)
    new = (size + np.searchsorted(chosen, code[taken])).astype(np.uint16)
    data["src"], data["src_len"] = join(data["src"], data["src_len"], at[taken], new)
    np.savez(out / "data.npz", **data)
    (out / "sp.model").write_bytes(add_pieces((work / "sp.model").read_bytes(), [chr(c) for c in chosen]))
    for name in ("target.txt", "mix.json"):
        shutil.copy(work / name, out / name)
    alike = [i for i in range(size) if re.fullmatch("[\u4e00-\u9fff]", sp.id_to_piece(i))]
    widen_checkpoint(work / "checkpoint.pt", out / "checkpoint.pt", alike, len(chosen))
    print(f"{len(chosen)} characters, {taken.sum()} of {len(code)} places, {counts.sum() - taken.sum()} left")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
