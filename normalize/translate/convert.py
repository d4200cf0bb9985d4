"""OPUS-MT, Marian and Hugging Face checkpoints made into Argos packages by CTranslate2's converters."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from normalize.errors import ModelError, UsageError
from normalize.translate.packages import SUFFIX, Package, open_package

QUANTIZATIONS = ("int8", "int8_float32", "int16", "float16", "float32")


def convert(
    checkpoint: Path,
    output: Path,
    *,
    source: str,
    target: str = "en",
    version: str = "1.0",
    licence: str = "not stated",
    quantization: str = "int8",
) -> Package:
    """Make a package of a checkpoint.

    Args:
        checkpoint: A folder: of Marian or OPUS-MT (`decoder.yml`, `*.npz`, vocabularies, `source.spm`), or of
            Hugging Face (`config.json`, `source.spm`; needs the packages torch and transformers).
        output: The `.argosmodel` file to write.
        source: Code of the language that it translates from.
        target: Code of the language that it translates to.
        version: The package's version.
        licence: The checkpoint's licence, for `normalize models list`.
        quantization: How weights are stored.

    Raises:
        ModelError: The checkpoint cannot be converted.
        UsageError: `output` is not the name of a package.
    """
    if output.suffix != SUFFIX:
        raise UsageError(f"{output}: the name of a package ends in {SUFFIX}.")
    if not checkpoint.is_dir():
        raise ModelError(f"{checkpoint}: there is no such folder.")
    pieces = _pieces(checkpoint)
    name = f"translate-{source}_{target}"
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        _converter(checkpoint, model, quantization)
        metadata: dict[str, Any] = {
            "package_version": version,
            "argos_version": "1.9.0",
            "from_code": source,
            "from_name": source,
            "to_code": target,
            "to_name": "English" if target == "en" else target,
            "license": licence,
        }
        prefix = _prefix(checkpoint, target)
        if prefix:
            metadata["target_prefix"] = prefix
        output.parent.mkdir(parents=True, exist_ok=True)
        temporary = output.with_name(f".{output.name}.{os.getpid()}")
        try:
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"{name}/metadata.json", json.dumps(metadata, indent=2))
                archive.write(pieces, f"{name}/sentencepiece.model")
                for file in sorted(model.iterdir()):
                    archive.write(file, f"{name}/model/{file.name}")
            open_package(temporary)
            temporary.replace(output)
        finally:
            temporary.unlink(missing_ok=True)
    return open_package(output)


def _pieces(checkpoint: Path) -> Path:
    """The SentencePiece model of the source side. (What the target side needs is in its pieces.)."""
    for name in ("source.spm", "sentencepiece.model", "spm.model", "sentencepiece.bpe.model"):
        if (checkpoint / name).is_file():
            return checkpoint / name
    found = sorted(checkpoint.glob("*.spm"))
    if len(found) == 1:
        return found[0]
    raise ModelError(f"{checkpoint}: no SentencePiece model there (source.spm).")


def _prefix(checkpoint: Path, target: str) -> str:
    """The token that tells a multilingual model the target language, if it wants one."""
    config = checkpoint / "config.json"
    if config.is_file():
        try:
            kind = json.loads(config.read_text(encoding="utf-8")).get("model_type")
        except (OSError, ValueError, AttributeError):
            kind = None
        if kind == "m2m_100":
            return f"__{target}__"
    return ""


def _converter(checkpoint: Path, output: Path, quantization: str) -> None:
    from ctranslate2 import converters

    try:
        if (checkpoint / "decoder.yml").is_file():
            converters.OpusMTConverter(str(checkpoint)).convert(str(output), quantization=quantization)
        elif weights := sorted(checkpoint.glob("*.npz")):
            vocabularies = sorted([*checkpoint.glob("*vocab*.yml"), *checkpoint.glob("*vocab*.json")])
            if not vocabularies:
                raise ModelError(f"{checkpoint}: a Marian model needs its vocabularies (vocab.yml).")
            both = [str(vocabularies[0]), str(vocabularies[-1])]
            converters.MarianConverter(str(weights[0]), both).convert(str(output), quantization=quantization)
        elif (checkpoint / "config.json").is_file():
            converters.TransformersConverter(str(checkpoint)).convert(str(output), quantization=quantization)
        else:
            raise ModelError(
                f"{checkpoint}: neither a Marian model (*.npz) nor one of Hugging Face (config.json)."
            )
    except ModelError:
        raise
    except (ImportError, NameError) as error:
        raise ModelError(
            f"{checkpoint}: converting this needs packages that are not installed ({error}): "
            "pip install torch transformers."
        ) from error
    except Exception as error:
        shutil.rmtree(output, ignore_errors=True)
        raise ModelError(f"{checkpoint}: cannot be converted ({error}).") from error
