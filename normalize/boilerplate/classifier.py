"""The trained part: how likely each line of a document is clutter.

A small network over the features of the lines (`features`): one layer per line, then three layers that
look along the document, two, four and eight lines to either side. So a line is judged with what stands
around it, and where an article begins and ends comes out by itself. Its weights are a data file of some
tens of kilobytes, made by `training/boilerplate.py`; it runs in NumPy.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from normalize.boilerplate.features import document_table, shifted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normalize.boilerplate.features import LineShape, Table

WEIGHTS = "weights.npz"
DILATIONS = (1, 2, 4)
# Standardized features are cut off here: an odd line must not shout the others down.
CLIP = 4.0
# So many lines are judged at once; the layers look less far than the overlap.
_CHUNK, _OVERLAP = 20_000, 64


@lru_cache(maxsize=1)
def _weights() -> list[dict[str, Table]]:
    """The networks whose judgements are averaged."""
    with (resources.files("normalize.boilerplate") / WEIGHTS).open("rb") as file, np.load(file) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    members = sorted({name.partition("/")[0] for name in arrays})
    return [
        {name.partition("/")[2]: array for name, array in arrays.items() if name.startswith(f"{member}/")}
        for member in members
    ]


def clutter_probability(shapes: Sequence[LineShape]) -> Table:
    """For each line of a document, how likely it is clutter."""
    if not shapes:
        return np.zeros(0, dtype=np.float32)
    table = document_table(shapes)
    parts = []
    for start in range(0, len(table), _CHUNK):
        low = max(0, start - _OVERLAP)
        judged = _judge(table[low : start + _CHUNK + _OVERLAP])
        parts.append(judged[start - low : start - low + min(_CHUNK, len(table) - start)])
    return np.concatenate(parts)


def _judge(table: Table) -> Table:
    networks = _weights()
    logits = sum(_logits(network, table) for network in networks) / len(networks)
    return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float32)


def _logits(network: dict[str, Table], table: Table) -> Table:
    x = np.clip((table - network["mean"]) / network["scale"], -CLIP, CLIP)
    hidden = np.maximum(x @ network["input"] + network["input_bias"], 0)
    for layer, dilation in enumerate(DILATIONS):
        taps = network[f"conv{layer}"]  # tap, channel in, channel out
        middle = len(taps) // 2
        total = np.tile(network[f"conv{layer}_bias"], (len(hidden), 1))
        for tap, matrix in enumerate(taps):
            total += shifted(hidden, (middle - tap) * dilation, 0.0) @ matrix
        hidden = hidden + np.maximum(total, 0)
    out: Table = hidden @ network["output"] + x @ network["skip"] + network["output_bias"]
    return out
