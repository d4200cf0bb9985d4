"""Train the translator on a CPU with bf16 matrix units, or on one CUDA GPU.

    python train.py fit    WORK --minutes 100            the trunk: constant learning rate, for ever
    python train.py anneal WORK OUT --minutes 25         a branch: learning rate to zero, averaged

``fit`` resumes from ``WORK/checkpoint.pt``, which is written whole or not at all, so a kill at any
moment loses a few minutes. ``anneal`` never touches the trunk; it resumes from ``OUT/checkpoint.pt``.
``averaged.pt`` beside a checkpoint holds the averaged weights, which is what is exported.
"""

from __future__ import annotations

import argparse
import math
import os
import queue
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sentencepiece as spm
import torch
from model import BOS, PAD, BlockLoss, Shape, Translator
from optimizer import Optimizer, State, owners
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

GROUPS = ("hbs", "slavic", "zh")  # in the order of the numbers in data.npz


def staircase(text: str, seen: int) -> int:
    """The value of ``"0:3000,6:5000"`` (from millions of tokens seen: value) at ``seen``.

    >>> staircase("0:3000,6:5000", 7_000_000)
    5000
    """
    value = 0
    for part in text.split(","):
        start, _, number = part.partition(":")
        if seen >= float(start) * 1e6:
            value = int(number)
    return value


def rounded(lengths: NDArray[np.int32]) -> NDArray[np.int32]:
    """Lengths rounded up to a few values.

    A product of a size that was not seen before costs as much again for its kernel, and kernels are
    remembered: batches of a few hundred shapes train a third faster than batches of any shape.

    >>> rounded(np.array([3, 4, 33, 65])).tolist()
    [4, 4, 40, 80]
    """
    step = np.where(lengths <= 32, 4, np.where(lengths <= 64, 8, 16))
    return ((lengths + step - 1) // step * step).astype(np.int32)


class Batches:
    """Weighted draws, bucketed by length, padded, prepared in a thread."""

    def __init__(self, work: Path, args: argparse.Namespace, seen: int, seed: int) -> None:
        data = np.load(work / "data.npz")
        self.src, self.tgt = data["src"], data["tgt"]
        self.src_len, self.tgt_len = data["src_len"], data["tgt_len"]
        self.src_at = np.concatenate([[0], np.cumsum(self.src_len, dtype=np.int64)])
        self.tgt_at = np.concatenate([[0], np.cumsum(self.tgt_len, dtype=np.int64)])
        # A branch has weights of its own; a file without them serves both.
        branch = args.out is not None and "branch_weight" in data
        self.weight = data["branch_weight" if branch else "weight"].astype(np.float64)
        self.group = data["group"]
        self.args, self.seen = args, seen
        self.rng = np.random.default_rng(seed)
        self.queue: queue.Queue[tuple[NDArray[np.int64], NDArray[np.int64]]] = queue.Queue(16)
        threading.Thread(target=self._fill, daemon=True).start()

    def _factors(self) -> tuple[float, ...]:
        """What the share of each group is multiplied with; WORK/mix.txt may change it any time."""
        changed = self.args.work / "mix.txt"
        parts = changed.read_text().split() if changed.exists() else self.args.mix or []
        factor = dict(part.split("=") for part in parts)
        return tuple(float(factor.get(name, 1)) for name in GROUPS)

    def _pad(self, flat: Any, at: Any, length: Any, index: Any) -> NDArray[np.int64]:
        columns = np.arange(int(rounded(length[index]).max()))
        mask = columns[None] < length[index][:, None]
        out = np.full(mask.shape, PAD, np.int64)
        out[mask] = flat[(at[index][:, None] + columns[None])[mask]]
        return out

    def _fill(self) -> None:
        state: tuple[int, tuple[float, ...]] | None = None
        total = np.zeros(0)
        while True:
            limit, factors = staircase(self.args.max_length, self.seen), self._factors()
            if state != (limit, factors):
                state = (limit, factors)
                fits = (self.src_len <= limit) & (self.tgt_len <= limit)
                total = np.cumsum(self.weight * fits * np.asarray(factors)[self.group])
            tokens = staircase(self.args.tokens, self.seen)
            draws = self.rng.random(self.args.pool) * total[-1]
            index = np.searchsorted(total, draws, side="right")
            index = index[np.lexsort((self.src_len[index], rounded(self.tgt_len[index])))]
            # Both sides cost about the same: the workers, each with its own batch, wait less.
            size = (rounded(self.src_len[index]) + rounded(self.tgt_len[index])) / 2
            batches = []
            start = 0
            while start < len(index):
                stop = min(len(index), start + max(1, int(tokens / size[start])))
                while stop - start > 1 and (stop - start) * size[start:stop].max() > tokens:
                    stop = start + max(1, int(tokens / size[start:stop].max()))
                batches.append(index[start:stop])
                start = stop
            for i in self.rng.permutation(len(batches)):
                b = batches[i]
                self.queue.put(
                    (
                        self._pad(self.src, self.src_at, self.src_len, b),
                        self._pad(self.tgt, self.tgt_at, self.tgt_len, b),
                    )
                )

    def __iter__(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        while True:
            yield self.queue.get()


def _vocabularies(work: Path) -> tuple[int, int]:
    pieces = (work / "target.txt").read_text(encoding="utf-8").split("\n")[:-1]
    return spm.SentencePieceProcessor(model_file=str(work / "sp.model")).get_piece_size(), len(pieces)


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return loaded


def _write(path: Path, value: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    torch.save(value, temporary)
    temporary.replace(path)


@dataclass(slots=True)
class Clock:
    """How far training has come."""

    step: int
    seen: int  # target tokens
    spent: float  # seconds, of the trunk and this branch
    branch: float  # seconds of this branch
    averaged: int  # steps in the average


@dataclass(slots=True)
class Shared:
    """What the workers have in common: weights, state, everyone's gradients, counters, a barrier."""

    weights: dict[str, Tensor]
    state: State
    gradients: list[dict[str, Tensor]]
    counts: Tensor  # for each worker: tokens and loss of the step
    stop: Tensor
    barrier: Any


def run(args: argparse.Namespace) -> None:
    """Train until the time is over; save every few minutes and at the end."""
    work: Path = args.work
    out: Path = args.out or work
    out.mkdir(parents=True, exist_ok=True)
    annealing = args.out is not None
    torch.manual_seed(args.seed)
    resumed = (out / "checkpoint.pt").exists()
    start = out / "checkpoint.pt" if resumed else work / "checkpoint.pt"
    saved: dict[str, Any] = {}
    if start.exists():
        saved = _load(start)
        shape = Shape(**saved["shape"])
    elif annealing:
        raise SystemExit(f"no trunk to anneal: {start}")
    else:
        source, target = _vocabularies(work)
        heads = args.width // 64
        shape = Shape(source, target, args.width, heads, args.encoder, args.decoder)
    model = Translator(shape)
    state = State(*saved["state"]) if saved else State.new(dict(model.named_parameters()))
    clock = Clock(
        saved.get("step", 0),
        saved.get("seen", 0),
        saved.get("spent", 0.0),
        saved.get("branch", 0.0) if resumed and annealing else 0.0,
        saved.get("averaged", 0) if resumed or not annealing else 0,
    )
    count = sum(p.numel() for p in state.master.values())
    print(f"{count / 1e6:.1f} M parameters, step {clock.step}", flush=True)
    workers = args.workers if args.device == "cpu" else 1
    weights = {n: p.to(args.device, torch.bfloat16) for n, p in state.master.items()}
    state = State(*({n: p.to(args.device) for n, p in part.items()} for part in state.tensors()))
    gradients = [{n: torch.zeros_like(p) for n, p in weights.items()} for _ in range(workers)]
    shared = Shared(
        weights,
        state,
        gradients,
        torch.zeros(workers, 2, dtype=torch.float64),
        torch.zeros(1),
        None,
    )
    # Kernels of every shape of batch stay; set before a worker starts, when the cache is made.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "20000")
    if workers == 1:
        Worker(0, args, shape, clock, shared).run()
        return
    context = torch.multiprocessing.get_context("spawn")
    shared.barrier = context.Barrier(workers)
    for part in (weights, *state.tensors(), *gradients):
        for tensor in part.values():
            tensor.share_memory_()
    shared.counts.share_memory_()
    shared.stop.share_memory_()
    torch.multiprocessing.spawn(_worker, (args, shape, clock, shared), nprocs=workers)


def _worker(rank: int, args: argparse.Namespace, shape: Shape, clock: Clock, shared: Shared) -> None:
    Worker(rank, args, shape, clock, shared).run()


class Worker:
    """One process: a part of every batch, the gradients of it, and the update of its parameters."""

    def __init__(
        self, rank: int, args: argparse.Namespace, shape: Shape, clock: Clock, shared: Shared
    ) -> None:
        self.rank, self.args, self.shape, self.clock, self.shared = rank, args, shape, clock, shared
        self.annealing = args.out is not None
        workers = len(shared.gradients)
        torch.set_flush_denormal(True)
        torch.set_num_threads(max(1, args.threads // workers))
        torch.manual_seed(args.seed + 1000 * clock.step + rank)
        self.model = Translator(shape, args.dropout).to(args.device)
        self.model.train()
        for name, p in self.model.named_parameters():
            p.data = shared.weights[name]
            p.grad = shared.gradients[rank][name]
        self.optimizer = Optimizer(
            shared.weights,
            shared.gradients,
            shared.state,
            owners(shared.weights, workers)[rank],
            muon=not args.adam,
            scale=args.muon_scale,
        )
        self.net: Any = torch.compile(self.model, dynamic=True) if args.compile else self.model
        if not args.eager_loss:
            BlockLoss.block = staticmethod(torch.compile(BlockLoss.block, dynamic=False))
        self.batches = Batches(args.work, args, clock.seen, args.seed + 7919 * clock.step + rank)
        self.began = self.mark = self.saved = time.time()
        self.tokens, self.nll, self.waiting, self.updating = 0, 0.0, 0.0, 0.0

    def run(self) -> None:
        """Step until the time is over, or the process that started this one is gone."""
        parent = os.getppid()
        for source, target in self.batches:
            if self.shared.barrier is not None and os.getppid() != parent:
                return
            if self.step(source, target):
                break

    def step(self, source: NDArray[np.int64], target: NDArray[np.int64]) -> bool:
        """One step; true when it was the last."""
        self.gradients(source, target)
        self.wait()
        started = time.time()
        self.update()
        # All stop at the same step: the first worker says so before the barrier.
        stop = bool(self.shared.stop[0])
        self.updating += time.time() - started
        self.wait()
        if self.rank == 0:
            if self.clock.step % self.args.log_every == 0:
                self.report()
            # The others wait at their next barrier: nothing changes while this writes.
            if stop or time.time() - self.saved > self.args.save_every * 60:
                self.save()
        return stop

    def gradients(self, source: NDArray[np.int64], target: NDArray[np.int64]) -> None:
        """Forward and backward; the gradients are in shared memory afterwards."""
        device = self.args.device
        x, y = (torch.from_numpy(a).to(device, non_blocking=True) for a in (source, target))
        y_in = torch.cat([torch.full_like(y[:, :1], BOS), y[:, :-1]], 1)
        real = (y != PAD).view(-1).nonzero()[:, 0]
        for gradient in self.shared.gradients[self.rank].values():
            gradient.zero_()
        hidden = self.net(x, y_in).view(-1, self.shape.width)
        rows = self.args.loss_rows if device == "cpu" else 8192
        loss, nll = BlockLoss.apply(hidden, real, self.model.target, y.view(-1), self.args.smoothing, rows)
        loss.backward()
        self.shared.counts[self.rank, 0] = real.numel()
        self.shared.counts[self.rank, 1] = float(nll.detach()) * real.numel()
        if self.rank == 0 and self.done() >= 1:
            self.shared.stop[0] = 1

    def update(self) -> None:
        """Move the parameters that this worker owns."""
        clock, args = self.clock, self.args
        rate = min((clock.step + 1) / args.warmup, 1.0)
        if self.annealing:
            rate *= max(0.01, 1 - math.sqrt(min(1.0, self.done())))
        clock.step += 1
        share = 0.0
        if clock.step % args.average_every == 0:
            clock.averaged += args.average_every
            horizon = min(args.horizon, 0.2 * clock.averaged + args.average_every)
            share = min(1.0, args.average_every / horizon)
        self.optimizer.step(rate * args.lr, clock.step, share)
        count, nll = (float(v) for v in self.shared.counts.sum(0))
        clock.seen += int(count)
        self.batches.seen = clock.seen
        self.tokens += int(count)
        self.nll += nll

    def done(self) -> float:
        """The part of the time that is over."""
        return (self.clock.branch + time.time() - self.began) / 60 / float(self.args.minutes)

    def wait(self) -> None:
        """Wait for the other workers."""
        if self.shared.barrier is not None:
            started = time.time()
            self.shared.barrier.wait()
            self.waiting += time.time() - started

    def report(self) -> None:
        """Log loss and speed since the last report."""
        now = time.time()
        passed = now - self.mark
        print(
            f"step {self.clock.step} nll {self.nll / self.tokens:.3f} {self.tokens / passed:.0f} tok/s "
            f"seen {self.clock.seen / 1e6:.2f}M {(self.clock.spent + now - self.began) / 60:.1f} min "
            f"(update {self.updating / passed:.0%}, wait {self.waiting / passed:.0%})",
            flush=True,
        )
        self.mark, self.tokens, self.nll, self.waiting, self.updating = now, 0, 0.0, 0.0, 0.0

    def save(self) -> None:
        """Write checkpoint and average, each whole or not at all."""
        out: Path = self.args.out or self.args.work
        self.saved = time.time()
        passed = self.saved - self.began
        progress = asdict(self.clock) | {"shape": self.shape.as_dict()}
        progress |= {"spent": self.clock.spent + passed, "branch": self.clock.branch + passed}
        state = self.shared.state
        _write(out / "checkpoint.pt", progress | {"state": state.tensors()})
        _write(out / "averaged.pt", progress | {"model": state.average})


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    for name in ("fit", "anneal"):
        p = commands.add_parser(name)
        p.add_argument("work", type=Path)
        if name == "anneal":
            p.add_argument("out", type=Path)
        else:
            p.set_defaults(out=None)
        p.add_argument("--minutes", type=float, required=True)
        p.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
        p.add_argument("--threads", type=int, default=2)
        p.add_argument("--workers", type=int, default=2, help="processes that share the weights")
        p.add_argument("--muon-scale", type=float, default=0.4)
        p.add_argument("--loss-rows", type=int, default=128)
        p.add_argument("--eager-loss", action="store_true", help="do not compile the loss")
        p.add_argument("--width", type=int, default=256)
        p.add_argument("--encoder", type=int, default=6)
        p.add_argument("--decoder", type=int, default=2)
        p.add_argument("--dropout", type=float, default=0.0)
        p.add_argument("--smoothing", type=float, default=0.1)
        p.add_argument("--tokens", default="0:1800,6:2500,15:3500", help="batch of each worker, staircase")
        p.add_argument("--max-length", default="0:40,1.5:60,3:80,6:120", help="pieces a side, staircase")
        p.add_argument("--mix", nargs="*", help="group=factor on the drawn share")
        p.add_argument("--pool", type=int, default=20_000, help="draws bucketed together")
        p.add_argument("--lr", type=float, default=2e-3)
        p.add_argument("--warmup", type=int, default=300)
        p.add_argument("--adam", action="store_true", help="AdamW for the matrices too")
        p.add_argument("--compile", action="store_true", help="compile the layers (CUDA)")
        p.add_argument("--seed", type=int, default=1)
        p.add_argument("--horizon", type=float, default=400 if name == "fit" else 150)
        p.add_argument("--average-every", type=int, default=10)
        p.add_argument("--log-every", type=int, default=50)
        p.add_argument("--save-every", type=float, default=5, help="minutes")
    run(parser.parse_args(argv))
    return 0


if __name__ == "__main__":
    sys.exit(main())
