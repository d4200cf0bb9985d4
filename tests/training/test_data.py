"""The filters, the spelling and the generated lines that training data goes through."""

from __future__ import annotations

import random
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
