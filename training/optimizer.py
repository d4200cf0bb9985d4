"""Muon for the matrices inside the layers, AdamW for embeddings and norms, fp32 master weights.

All state lives in shared memory. Each worker owns some of the parameters: it reads the gradients
that every worker left there, and writes the new weights for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

# Quintic Newton-Schulz coefficients: singular values go to about one in five steps.
_A, _B, _C = 3.4445, -4.7750, 2.0315
_BETAS, _EPSILON = (0.9, 0.98), 1e-9

Tensors = dict[str, Tensor]


def orthogonalise(update: Tensor, steps: int = 5) -> Tensor:
    """Bring the singular values of a stack of (rows <= columns) matrices near one, in bf16."""
    norm = update.flatten(1).norm(dim=1)[:, None, None] + 1e-12
    x = (update / norm).bfloat16()
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=_B, alpha=_C), x, beta=_A)
    return x


def is_matrix(name: str, value: Tensor) -> bool:
    """Whether Muon updates this parameter: a matrix inside a layer."""
    return value.dim() == 2 and name not in ("source", "target")


@dataclass(slots=True)
class State:
    """What a checkpoint holds: fp32 weights, their running average, and the moments."""

    master: Tensors
    average: Tensors
    first: Tensors
    second: Tensors

    @classmethod
    def new(cls, weights: Tensors) -> State:
        """Fresh state for these weights."""
        master = {n: p.detach().float().clone() for n, p in weights.items()}
        return cls(
            master,
            {n: p.clone() for n, p in master.items()},
            {n: torch.zeros_like(p) for n, p in master.items()},
            {n: torch.zeros_like(p) for n, p in master.items() if not is_matrix(n, p)},
        )

    def tensors(self) -> list[Tensors]:
        """The four dictionaries, in order."""
        return [self.master, self.average, self.first, self.second]


def owners(weights: Tensors, workers: int) -> list[list[str]]:
    """Share the parameters out so that each worker's update takes about as long."""

    def cost(name: str) -> float:
        p = weights[name]
        if not is_matrix(name, p):
            return p.numel() * 9e-9
        short, long = sorted(p.shape)
        return 10 * (2 * short * short * long + short**3) / 300e9 + p.numel() * 12e-9

    loads = [0.0] * workers
    share: list[list[str]] = [[] for _ in range(workers)]
    for name in sorted(weights, key=lambda n: (-cost(n), n)):
        least = loads.index(min(loads))
        loads[least] += cost(name)
        share[least].append(name)
    return share


class Optimizer:
    """Updates the parameters that one worker owns."""

    def __init__(
        self,
        weights: Tensors,
        gradients: Sequence[Tensors],
        state: State,
        names: list[str],
        *,
        muon: bool = True,
        scale: float = 0.4,
        decay: float = 0.02,
    ) -> None:
        self.weights, self.gradients, self.state, self.names = weights, gradients, state, names
        self.scale, self.decay = scale, decay
        self.others = [n for n in names if not (muon and is_matrix(n, weights[n]))]
        self.groups: dict[tuple[int, int], list[str]] = {}
        for name in names:
            if name not in self.others:
                rows, columns = weights[name].shape
                # Queries, keys and values are separate square matrices in one parameter.
                square = name.endswith("kv")
                key = (columns, columns) if square else (min(rows, columns), max(rows, columns))
                self.groups.setdefault(key, []).append(name)

    def _gradient(self, name: str) -> Tensor:
        total = self.gradients[0][name].float()
        for more in self.gradients[1:]:
            total += more[name]
        return total

    @torch.no_grad()
    def step(self, rate: float, number: int, average: float) -> None:
        """Update number ``number`` (from 1); ``average`` is the share of the new weights, or 0."""
        state = self.state
        for name in self.others:
            second = state.second.setdefault(name, torch.zeros_like(state.master[name]))
            torch._fused_adamw_(  # type: ignore[attr-defined]
                [state.master[name]],
                [self._gradient(name)],
                [state.first[name]],
                [second],
                [],
                [torch.tensor(float(number), device=second.device)],
                lr=rate,
                beta1=_BETAS[0],
                beta2=_BETAS[1],
                weight_decay=0.01 if second.dim() == 2 else 0.0,
                eps=_EPSILON,
                amsgrad=False,
                maximize=False,
            )
        for (short, long), names in self.groups.items():
            parts: list[Tensor] = []
            for name in names:
                gradient, momentum = self._gradient(name), state.first[name]
                momentum.lerp_(gradient, 0.05)
                update = gradient.lerp_(momentum, 0.95)
                if short == long:
                    parts.extend(update.view(-1, short, short))
                else:
                    parts.append(update if update.shape[0] == short else update.T)
            done = orthogonalise(torch.stack(parts))
            # An update of a known root mean square per entry, so that one rate serves AdamW too.
            size = -rate * self.scale * long**0.5
            at = 0
            for name in names:
                master = state.master[name]
                if short == long:
                    count = master.shape[0] // short
                    update = done[at : at + count].reshape(master.shape)
                    at += count
                else:
                    update = done[at] if master.shape[0] == short else done[at].T
                    at += 1
                master.mul_(1 - rate * self.decay).add_(update, alpha=size)
        for name in self.names:
            self.weights[name].copy_(state.master[name])
            if average:
                state.average[name].lerp_(state.master[name], average)
