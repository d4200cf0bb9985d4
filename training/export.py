"""Make an Argos package of averaged weights: CTranslate2 int8, SentencePiece, metadata, licence.

    python export.py WORK PACKAGE.argosmodel --code sr --name Serbian --languages sr hr bs

``argostranslate.package.install_from_path`` takes the package as it is: the spelling that the model
reads (Latin for the Slavic languages, simplified Chinese) is made by ``sentencepiece.model`` itself.
The same weights give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sentencepiece as spm
import torch
from ctranslate2.specs import common_spec, transformer_spec
from model import positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

LANGUAGES = {
    "sr": "Serbian",
    "hr": "Croatian",
    "bs": "Bosnian",
    "zh": "Chinese",
    "ru": "Russian",
    "uk": "Ukrainian",
    "bg": "Bulgarian",
    "mk": "Macedonian",
}


def specification(
    weights: dict[str, NDArray[np.float32]], shape: dict[str, int]
) -> transformer_spec.TransformerSpec:
    """The CTranslate2 description of a trained model."""
    spec = transformer_spec.TransformerSpec.from_config(
        (shape["encoder"], shape["decoder"]),
        shape["heads"],
        pre_norm=True,
        activation=common_spec.Activation.RELU,
    )
    encodings = positions(512, shape["width"]).numpy().astype(np.float32)

    def norm(layer: Any, key: str) -> None:
        layer.gamma, layer.beta = weights[f"{key}.weight"], weights[f"{key}.bias"]

    def block(layer: Any, key: str) -> None:
        norm(layer.self_attention.layer_norm, f"{key}.n1")
        layer.self_attention.linear[0].weight = weights[f"{key}.a.qkv"]
        layer.self_attention.linear[1].weight = weights[f"{key}.a.o"]
        norm(layer.ffn.layer_norm, f"{key}.n3")
        layer.ffn.linear_0.weight = weights[f"{key}.f1"]
        layer.ffn.linear_1.weight = weights[f"{key}.f2"]

    embeddings = spec.encoder.embeddings
    first = embeddings[0] if isinstance(embeddings, list) else embeddings
    first.weight = weights["source"]
    spec.decoder.embeddings.weight = weights["target"]
    for side, key in ((spec.encoder, "en"), (spec.decoder, "dn")):
        side.scale_embeddings = True
        side.position_encodings.encodings = encodings
        norm(side.layer_norm, key)
    for i, layer in enumerate(spec.encoder.layer):
        block(layer, f"E.{i}")
    for i, layer in enumerate(spec.decoder.layer):
        block(layer, f"D.{i}")
        norm(layer.attention.layer_norm, f"D.{i}.n2")
        for part, name in enumerate(("q", "kv", "o")):
            layer.attention.linear[part].weight = weights[f"D.{i}.x.{name}"]
    spec.decoder.projection.weight = weights["target"].copy()
    return spec


def save_model(work: Path, averaged: Path, folder: Path, quantization: str) -> dict[str, Any]:
    """Write the CTranslate2 model into ``folder``; return what the checkpoint says of itself."""
    saved: dict[str, Any] = torch.load(averaged, map_location="cpu", weights_only=True)
    spec = specification({k: v.float().numpy() for k, v in saved["model"].items()}, saved["shape"])
    sp = spm.SentencePieceProcessor(model_file=str(work / "sp.model"))
    source = [sp.id_to_piece(i) for i in range(sp.get_piece_size())]
    target = (work / "target.txt").read_text(encoding="utf-8").split("\n")[:-1]
    spec.register_source_vocabulary(source)
    spec.register_target_vocabulary(target)
    config = spec.config
    config.unk_token, config.bos_token, config.eos_token = "<unk>", "<s>", "</s>"
    config.decoder_start_token = "<s>"  # noqa: S105
    config.add_source_eos, config.add_source_bos = True, False
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(folder))
    del saved["model"]
    return saved


def write_package(folder: Path, package: Path) -> None:
    """Zip ``folder``, the same bytes for the same content."""
    temporary = package.with_suffix(".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(folder.parent)), (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    temporary.replace(package)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("package", type=Path)
    parser.add_argument("--weights", type=Path, help="averaged.pt; WORK's without it")
    parser.add_argument("--code", required=True, help="the language code Argos knows it by")
    parser.add_argument("--name", help="the name Argos shows")
    parser.add_argument("--languages", nargs="+", required=True, help="every code it translates")
    parser.add_argument("--version", default="1.0")
    parser.add_argument("--licence", type=Path, help="text that goes into the package as LICENSE")
    parser.add_argument("--readme", type=Path, help="text that goes into the package as README.md")
    parser.add_argument("--quantization", default="int8")
    args = parser.parse_args(argv)
    mix = json.loads((args.work / "mix.json").read_text()) if (args.work / "mix.json").exists() else {}
    with tempfile.TemporaryDirectory() as temporary:
        version = args.version.replace(".", "_")
        root = Path(temporary) / f"translate-{args.code}_en-{version}"
        (root / "model").mkdir(parents=True)
        saved = save_model(
            args.work, args.weights or args.work / "averaged.pt", root / "model", args.quantization
        )
        (root / "sentencepiece.model").write_bytes((args.work / "sp.model").read_bytes())
        for name, path in (("LICENSE", args.licence), ("README.md", args.readme)):
            if path:
                (root / name).write_bytes(path.read_bytes())
        metadata = {
            "package_version": args.version,
            "argos_version": "1.9.0",
            "type": "translate",
            "from_code": args.code,
            "from_name": args.name or LANGUAGES.get(args.code, args.code),
            "to_code": "en",
            "to_name": "English",
            "normalize": {
                "languages": args.languages,
                "licence": "see LICENSE",
                "sources": mix.get("pairs", {}),
                "trained_tokens": saved["seen"],
                "trained_minutes": round(saved["spent"] / 60),
                "shape": saved["shape"],
                "decoding": {"beam_size": 4, "repetition_penalty": 1.05, "no_repeat_ngram_size": 5},
            },
        }
        text = json.dumps(metadata, indent=2, ensure_ascii=False, sort_keys=True)
        (root / "metadata.json").write_text(text + "\n", encoding="utf-8")
        write_package(root, args.package)
    print(f"{args.package}: {args.package.stat().st_size / 1e6:.1f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
