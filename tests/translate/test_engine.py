"""How a package wants to be used, as far as a stranger's package may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from normalize.translate.engine import BEAM, Decoding
from normalize.translate.packages import Package


def package(metadata: dict[str, Any]) -> Package:
    return Package(
        Path("x.argosmodel"), "here", "translate-sr_en", "1.0", "sr", "en", ("sr",), "MIT", metadata
    )


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, Decoding()),
        ({"decoding": {"beam_size": 4}}, Decoding(beam=4)),
        (
            {"decoding": {"beam_size": 3, "no_repeat_ngram_size": 5, "repetition_penalty": 1.05}},
            Decoding(3, 5, 1.05),
        ),
        ({"decoding": {"beam_size": 10**9, "no_repeat_ngram_size": -1}}, Decoding(8, 0)),
        ({"decoding": {"repetition_penalty": float("nan"), "beam_size": "many"}}, Decoding()),
        ({"decoding": {"repetition_penalty": 50}}, Decoding(repetition_penalty=2.0)),
        ({"decoding": {"beam_size": True}}, Decoding()),
        ({"decoding": [4]}, Decoding()),
        ("fast", Decoding()),
        (None, Decoding()),
    ],
)
def test_decoding(own: Any, expected: Decoding) -> None:
    assert Decoding.of(package({"normalize": own})) == expected


def test_packages_of_others_have_the_standard_beam() -> None:
    assert Decoding.of(package({})) == Decoding(beam=BEAM)
