"""The filters, the spelling and the generated lines that training data goes through."""

from __future__ import annotations

import lzma
import random
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import sentencepiece as spm

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training"))

from augment import synthetic, variants
from filters import aligned
from normalization import transliterate
from widen import add_pieces, bytes_of, join, spelled


@pytest.mark.parametrize(
    ("text", "english", "language", "expected"),
    [
        ("Цена је порасла за 12%.", "The price rose by 12%.", "sr", True),
        ("Цена је порасла за 12 и 13%.", "The price rose by 15 and 16%.", "sr", False),
        ("Otvori datoteku", "Otvori datoteku", "hr", False),
        ("Ovo nema veze.", "This sentence goes on and on about things that nobody has asked.", "hr", False),
        ("价格上涨了百分之十二。", "The price rose by twelve percent.", "zh", True),
        ("The price rose.", "The price rose by twelve percent.", "zh", False),
        ("Добрый день", "Добрый день!", "ru", False),
        ("Dobryj den", "Good afternoon", "ru", False),
        ("%s: %d", "%s: %d files", "sr", False),
        ("", "Nothing", "sr", False),
        ("Otkazano je 7000 letova.", "7,000 flights were cancelled.", "sr", True),
        ("Otkazano je 7.000 letova.", "8,000 flights and 12 trains were cancelled.", "sr", False),
    ],
)
def test_aligned(text: str, english: str, language: str, expected: bool) -> None:
    assert aligned(text, english, language) is expected


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Његош је рођен у Његушима", "Njegoš je rođen u Njegušima"),
        ("ЉУБАВ", "LJUBAV"),
        ("Љубав", "Ljubav"),
        ("конь", "konj"),
        ("Зеленський", "Zelenskij"),
        ("Tokajev, 12%", "Tokajev, 12%"),
    ],
)
def test_transliterate(text: str, latin: str) -> None:
    assert transliterate(text) == latin


def test_serbian_alphabet_reads_the_same_in_both_scripts() -> None:
    cyrillic = "абвгдђежзијклљмнњопрстћуфхцчџш"
    assert transliterate(cyrillic) == "abvgdđežzijklljmnnjoprstćufhcčdžš"


def test_variants_change_both_sides() -> None:
    rng = random.Random(3)
    found = [v for _ in range(2000) for v in variants("Ovo je kraj.", "This is the end.", rng)]
    assert ("Ovo je kraj", "This is the end") in found
    assert ("OVO JE KRAJ.", "THIS IS THE END.") in found


def test_synthetic_lines_keep_their_digits() -> None:
    lines = list(synthetic(random.Random(5)))
    assert lines == list(synthetic(random.Random(5)))
    for group, _, text, english in lines:
        if group == "hbs" and "%" in text:
            digits = [c for c in text if c.isdigit()]
            assert [c for c in english if c.isdigit()] == digits


WRITTEN = sorted((Path(__file__).resolve().parents[2] / "training" / "text").glob("*.tsv.xz"))
LANGUAGES = {"hbs": {"sr", "hr", "bs"}}


@pytest.mark.parametrize("pack", WRITTEN, ids=lambda path: path.name.partition("-")[0])
def test_written_text_is_what_prepare_reads(pack: Path) -> None:
    pair = pack.name.partition("-")[0]
    with lzma.open(pack, "rt", encoding="utf-8") as rows:
        fields = [row.rstrip("\n").split("\t") for row in rows]
    assert {len(row) for row in fields} == {4}
    assert {row[0] for row in fields} == {"written"}
    assert {row[1] for row in fields} <= LANGUAGES.get(pair, {pair})
    texts = [row[2] for row in fields]
    assert len(set(texts)) == len(texts)
    # Serbian is kept in Latin script: a stray Cyrillic letter would be a spelling of its own.
    assert pair != "hbs" or not any(re.search("[\u0400-\u04ff]", text) for text in texts)
    assert not any(re.search("[\u0400-\u04ff\u4e00-\u9fff]", row[3]) for row in fields)


def test_written_text_is_there() -> None:
    assert {pack.name.partition("-")[0] for pack in WRITTEN} == {"hbs", "zh", "ru", "uk", "bg", "mk"}


def test_characters_spelled_in_bytes_get_pieces_and_nothing_else_changes(tmp_path: Path) -> None:
    common = ["国王在河边说话。", "The king speaks at the river.", "河边的国王", "Kralj govori kraj reke."]
    lines = [*common, "匈牙利的国王说：寺在河边 12 年。", "冯说话", "寺寺匈", "", "한국 𠀀 ÀÉ", "在"]
    narrow = tmp_path / "narrow"
    (tmp_path / "text").write_text("\n".join(common * 50))
    spm.SentencePieceTrainer.train(
        input=str(tmp_path / "text"),
        model_prefix=str(narrow),
        vocab_size=310,
        byte_fallback=True,
        split_digits=True,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    model = narrow.with_suffix(".model").read_bytes()
    before = spm.SentencePieceProcessor(model_proto=model)
    after = spm.SentencePieceProcessor(model_proto=add_pieces(model, ["匈", "寺"]))
    rows = [[*before.encode(line), 2] for line in lines]
    ids = np.asarray([i for row in rows for i in row], np.uint16)
    at, code = spelled(ids, bytes_of(before))
    assert {chr(c) for c in code} == set("匈牙利寺年冯")
    taken = np.isin(code, [ord("匈"), ord("寺")])
    new = np.asarray([after.piece_to_id(chr(c)) for c in code[taken]], np.uint16)
    joined, lengths = join(ids, np.asarray([len(row) for row in rows], np.int32), at[taken], new)
    again = [[*after.encode(line), 2] for line in lines]
    assert lengths.tolist() == [len(row) for row in again]
    assert joined.tolist() == [i for row in again for i in row]
