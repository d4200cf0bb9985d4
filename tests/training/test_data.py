"""The filters, the spelling and the generated lines that training data goes through."""

from __future__ import annotations

import lzma
import random
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training"))

from augment import synthetic, variants
from filters import aligned
from normalization import transliterate


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
