"""`normalize translate`, third-party translators, conversion, and the network cut."""

from __future__ import annotations

import io
import json
import socket
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from normalize.cli import status
from normalize.document import Document, Span
from normalize.errors import ModelError, UsageError
from normalize.translate import PLAIN, Attempt, Hypothesis, ModelInfo, TranslateOptions, Translation
from normalize.translate.convert import convert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normalize.translate.packages import Package


def run(monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    return status(["translate", *arguments])


def test_one_line_in_one_line_out(
    builtin: list[Package], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    del builtin
    lines = ["Добар дан!", "", "Чланак", "Види https://example.org/a. Хвала.", "12", "  ", "Извештај"]
    assert run(monkeypatch, "\n".join(lines) + "\n", "--from", "sr", "--no-memory") == 0
    out = capfd.readouterr().out.split("\n")
    assert len(out) == len(lines) + 1
    assert [out[1], out[4], out[5]] == ["", "12", "  "]
    assert (out[2], out[6]) == ("Article", "Report")
    assert "https://example.org/a" in out[3]


def test_no_model_for_the_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "x\n", "--from", "xx") == 4
    assert "normalize models install xx" in capsys.readouterr().err


def test_the_network_is_never_needed(
    builtin: list[Package], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del builtin

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    document = Document(path="x", source="One. Влада је најавила нове мере. Two чланак three.")
    document.spans = [Span(5, 33, "sr", "Cyrl", 1.0, "sentence"), Span(38, 44, "sr", "Cyrl", 1.0, "inline")]
    Translation(TranslateOptions(memory=tmp_path / "m")).translate([document])
    assert {span.action for span in document.spans} == {"translated"}
    assert status(["models", "list"]) == 0
    assert status(["models", "verify"]) == 0
    assert status(["cache", "info"]) == 0


def test_no_library_under_another_licence_is_loaded() -> None:
    import subprocess

    code = (
        "import sys; from normalize.translate import *; "
        "Translation(TranslateOptions(memory=False)).translate_lines(['Добар дан!'], 'sr'); "
        "bad = {'minisbd', 'torch', 'stanza', 'spacy', 'onnxruntime', 'argostranslate.translate'} & set(sys.modules); "
        "assert not bad, bad"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert "AssertionError" not in done.stderr, done.stderr


def test_importing_it_loads_nothing_heavy() -> None:
    import subprocess

    code = (
        "import sys; import normalize.translate; "
        "bad = {'ctranslate2', 'sentencepiece', 'numpy', 'sqlite3', 'http', 'regex'} & set(sys.modules); assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


# A translator of a third party, as the README shows it.
class Shouter:
    def __init__(self, options: TranslateOptions) -> None:
        self.options = options

    def available(self, lang: str) -> bool:
        return lang == "xx"

    def model(self, lang: str) -> ModelInfo:
        return ModelInfo(name=f"shouter-{lang}", version="1")

    def translate(self, sentences: Sequence[str], lang: str, attempt: Attempt = PLAIN) -> list[Hypothesis]:
        del lang, attempt
        return [Hypothesis(f"The people said that it was {len(sentence)}.") for sentence in sentences]


def test_a_translator_of_a_third_party(monkeypatch: pytest.MonkeyPatch) -> None:
    point = metadata.EntryPoint("shouter", "tests.translate.test_commands:Shouter", "normalize.translators")
    monkeypatch.setattr(
        metadata, "entry_points", lambda group: [point] if group == "normalize.translators" else []
    )
    translation = Translation(TranslateOptions(translator="shouter", memory=False))
    assert translation.available("xx")
    assert not translation.available("sr")
    (result,) = translation.translate_lines(["Тхе пеопле саид ит было сегодня здесь 29."], "xx")
    assert result.model == "shouter-xx@1"
    with pytest.raises(UsageError, match="Installed: argos, openai, shouter"):
        Translation(TranslateOptions(translator="nobody")).available("sr")


def marian(folder: Path, pieces: list[str]) -> None:
    """A checkpoint of Marian with random weights, as OPUS-MT packs them."""
    rng = np.random.default_rng(1)
    width, size = 16, len(pieces)
    weights: dict[str, Any] = {"Wemb": (size, width), "decoder_ff_logit_out_b": (1, size)}

    def linear(name: str, *letters: str, rows: int = width, columns: int = width) -> None:
        for letter in letters:
            weights[f"{name}_W{letter}"] = (rows, columns)
            weights[f"{name}_b{letter}"] = (1, columns)

    def norm(name: str) -> None:
        weights[f"{name}_ln_scale"] = weights[f"{name}_ln_bias"] = (1, width)

    for side, blocks in (("encoder", ["self"]), ("decoder", ["self", "context"])):
        for block in blocks:
            linear(f"{side}_l1_{block}", "q", "k", "v", "o")
            norm(f"{side}_l1_{block}_Wo")
        linear(f"{side}_l1_ffn", "1", columns=32)
        linear(f"{side}_l1_ffn", "2", rows=32)
        norm(f"{side}_l1_ffn_ffn")
    arrays = {name: rng.normal(size=shape).astype(np.float32) * 0.1 for name, shape in weights.items()}
    config = {
        "type": "transformer", "transformer-ffn-activation": "swish", "transformer-preprocess": "",
        "transformer-postprocess": "dan", "transformer-postprocess-emb": "d", "transformer-heads": 4,
        "transformer-decoder-autoreg": "self-attention", "transformer-no-projection": False,
        "transformer-guided-alignment-layer": "last", "enc-depth": 1, "dec-depth": 1,
    }  # fmt: skip
    arrays["special:model.yml"] = np.frombuffer(json.dumps(config).encode() + b"\0", np.int8)
    np.savez(folder / "model.npz", **arrays)
    vocabulary = "".join(f"{json.dumps(piece)}: {n}\n" for n, piece in enumerate(pieces))
    (folder / "vocab.yml").write_text(vocabulary, encoding="utf-8")
    (folder / "decoder.yml").write_text(
        "models:\n- model.npz\nvocabs:\n- vocab.yml\n- vocab.yml\n", encoding="utf-8"
    )


def test_an_opus_checkpoint_becomes_a_package(builtin: list[Package], tmp_path: Path) -> None:
    import sentencepiece

    pieces = builtin[0].read("sentencepiece.model")
    assert pieces is not None
    folder = tmp_path / "opus"
    folder.mkdir()
    (folder / "source.spm").write_bytes(pieces)
    processor = sentencepiece.SentencePieceProcessor(model_proto=pieces)
    known = [processor.id_to_piece(n) for n in range(4, 400)]
    marian(
        folder,
        ["</s>", "<unk>", *[piece for piece in known if '"' not in piece and "\\" not in piece], "<pad>"],
    )
    output = tmp_path / "made" / "translate-xx_en.argosmodel"
    package = convert(folder, output, source="xx", licence="CC-BY-4.0")
    assert (package.languages, package.licence, package.to_code) == (("xx",), "CC-BY-4.0", "en")
    translation = Translation(TranslateOptions(models=output, memory=False))
    assert len(translation.translate_lines(["Влада је најавила нове мере."], "xx")) == 1
    assert [path.name for path in output.parent.iterdir()] == [output.name]


def test_checkpoints_that_are_none(tmp_path: Path) -> None:
    output = tmp_path / "x.argosmodel"
    with pytest.raises(UsageError):
        convert(tmp_path, tmp_path / "x.zip", source="xx")
    with pytest.raises(ModelError, match="no such folder"):
        convert(tmp_path / "none", output, source="xx")
    with pytest.raises(ModelError, match="SentencePiece"):
        convert(tmp_path, output, source="xx")
    (tmp_path / "source.spm").write_bytes(b"x")
    with pytest.raises(ModelError, match="neither a Marian"):
        convert(tmp_path, output, source="xx")
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"torch transformers|cannot be converted"):
        convert(tmp_path, output, source="xx")
    (tmp_path / "decoder.yml").write_text("models: [none.npz]\nvocabs: [v, v]", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be converted"):
        convert(tmp_path, output, source="xx")
    assert not output.exists()
