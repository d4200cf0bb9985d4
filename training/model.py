"""A compact pre-norm Transformer whose every part CTranslate2 can run.

Written for training on CPUs with bf16 matrix units: no biases, one matrix product for queries, keys
and values, attention as plain batched products, and a loss that never stores tokens x vocabulary.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

PAD, BOS, EOS = 3, 1, 2
MASKED = -1e4


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes that a checkpoint is rebuilt from."""

    source_vocab: int
    target_vocab: int
    width: int = 320
    heads: int = 5
    encoder: int = 6
    decoder: int = 2
    expansion: int = 4

    def as_dict(self) -> dict[str, int]:
        """Plain values for a checkpoint."""
        return asdict(self)


def _matrix(rows: int, columns: int, blocks: int = 1) -> nn.Parameter:
    """A matrix of ``blocks`` stacked square-ish parts, each with its own Xavier initialisation."""
    parts = [nn.init.xavier_uniform_(torch.empty(rows // blocks, columns)) for _ in range(blocks)]
    return nn.Parameter(torch.cat(parts))


class Norm(nn.Module):
    """Layer normalisation."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last dimension."""
        # Statistics are fp32 inside the operation where weights are; no copy of x is made for it.
        return functional.layer_norm(x, (self.width,), self.weight.float(), self.bias.float(), 1e-5)


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Attention over (batch, heads, length, size) tensors with an additive mask."""
    if q.is_cuda:
        return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    return scores.add_(mask).softmax(-1) @ v


_POOL = 6_000_000  # more than the values of a layer in a batch
_pools: dict[float, Tensor] = {}


def drop(x: Tensor, share: float) -> Tensor:
    """Set a random ``share`` of the values to nought and scale the others up, in training.

    On a CPU the random numbers cost as much as a layer's products; there a random window of a pool of
    them serves, made once in each process.
    """
    count = x.numel()
    if not share:
        return x
    if x.is_cuda or 2 * count > _POOL:  # too few different windows
        return functional.dropout(x, share)
    if share not in _pools:
        _pools[share] = functional.dropout(torch.ones(_POOL, dtype=torch.bfloat16), share)
    start = int(torch.randint(_POOL - count, ()))
    return x * _pools[share][start : start + count].view(x.shape)


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself, one product for queries, keys and values."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.o = _matrix(3 * width, width, 3), _matrix(width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Attend under an additive mask."""
        b, t, d = x.shape
        q, k, v = functional.linear(x, self.qkv).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        return functional.linear(attend(q, k, v, mask).transpose(1, 2).reshape(b, t, d), self.o)


class CrossAttention(nn.Module):
    """Multi-head attention of the decoder to the encoder's output."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.kv, self.o = (
            _matrix(width, width),
            _matrix(2 * width, width, 2),
            _matrix(width, width),
        )

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Attend to ``memory`` under an additive mask."""
        b, t, d = x.shape
        q = functional.linear(x, self.q).view(b, t, self.heads, -1).transpose(1, 2)
        k, v = (
            functional.linear(memory, self.kv)
            .view(b, memory.shape[1], 2, self.heads, -1)
            .permute(2, 0, 3, 1, 4)
        )
        return functional.linear(attend(q, k, v, mask).transpose(1, 2).reshape(b, t, d), self.o)


class EncoderLayer(nn.Module):
    """Self-attention and a ReLU network, normalised before each."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        d = shape.width
        self.dropout = dropout
        self.a, self.n1, self.n3 = SelfAttention(d, shape.heads), Norm(d), Norm(d)
        self.f1, self.f2 = _matrix(shape.expansion * d, d), _matrix(d, shape.expansion * d)

    def drop(self, x: Tensor) -> Tensor:
        """Dropout, where there is any."""
        return drop(x, self.dropout) if self.training else x

    def feed(self, x: Tensor) -> Tensor:
        """The second half of a layer."""
        return x + self.drop(
            functional.linear(functional.relu(functional.linear(self.n3(x), self.f1)), self.f2)
        )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """One layer."""
        return self.feed(x + self.drop(self.a(self.n1(x), mask)))


class DecoderLayer(EncoderLayer):
    """An encoder layer with attention to the source between its two halves."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__(shape, dropout)
        self.x, self.n2 = CrossAttention(shape.width, shape.heads), Norm(shape.width)

    def forward(  # type: ignore[override]
        self, x: Tensor, mask: Tensor, memory: Tensor, memory_mask: Tensor
    ) -> Tensor:
        """One layer."""
        x = x + self.drop(self.a(self.n1(x), mask))
        return self.feed(x + self.drop(self.x(self.n2(x), memory, memory_mask)))


def positions(length: int, width: int) -> Tensor:
    """Sinusoidal positions, as CTranslate2 stores them."""
    steps = torch.arange(width // 2) * -(math.log(10000) / (width // 2 - 1))
    angles = torch.arange(length)[:, None] * torch.exp(steps)
    return torch.cat([torch.sin(angles), torch.cos(angles)], 1)


class Translator(nn.Module):
    """Source ids to the decoder's hidden states; the loss holds the output projection."""

    pe: Tensor

    def __init__(self, shape: Shape, dropout: float = 0.0) -> None:
        super().__init__()
        d = shape.width
        self.shape, self.dropout = shape, dropout
        self.source = nn.Parameter(torch.randn(shape.source_vocab, d) * d**-0.5)
        self.target = nn.Parameter(torch.randn(shape.target_vocab, d) * d**-0.5)
        self.E = nn.ModuleList(EncoderLayer(shape, dropout) for _ in range(shape.encoder))
        self.D = nn.ModuleList(DecoderLayer(shape, dropout) for _ in range(shape.decoder))
        self.en, self.dn = Norm(d), Norm(d)
        self.register_buffer("pe", positions(512, d), persistent=False)

    def embed(self, x: Tensor, table: Tensor) -> Tensor:
        """Scaled embeddings with positions."""
        h = functional.embedding(x, table).float() * self.shape.width**0.5 + self.pe[: x.shape[1]].float()
        h = h.to(table.dtype)
        return drop(h, self.dropout) if self.training else h

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Hidden states after the last decoder layer, for padded ids of both sides."""
        pad = (x == PAD)[:, None, None].to(self.source.dtype) * MASKED
        h = self.embed(x, self.source)
        for layer in self.E:
            h = layer(h, pad)
        memory = self.en(h)
        steps = torch.arange(y.shape[1], device=y.device)
        causal = (steps[None, :] > steps[:, None]).to(self.source.dtype) * MASKED
        h = self.embed(y, self.target)
        for layer in self.D:
            h = layer(h, causal, memory, pad)
        return self.dn(h)


def _loss_block(
    h: Tensor, emb: Tensor, target: Tensor, eps: float, weight: Tensor, grad: Tensor
) -> tuple[Tensor, Tensor]:
    """Label-smoothed cross entropy of a block of rows: sums; ``grad`` gets that of the logits."""
    z = (h @ emb.T).float()
    lse = torch.logsumexp(z, 1)
    zt = z.gather(1, target[:, None])[:, 0]
    nll = ((lse - zt) * weight).sum()
    total = ((lse - (1 - eps) * zt - eps * z.mean(1)) * weight).sum()
    hit = torch.arange(z.shape[1], device=z.device)[None, :] == target[:, None]
    grad.copy_((torch.exp(z - lse[:, None]) - eps / z.shape[1] - hit * (1 - eps)) * weight[:, None])
    return nll, total


class BlockLoss(torch.autograd.Function):
    """Mean label-smoothed cross entropy against a tied embedding, a block of rows at a time.

    Blocks keep the fp32 logits in the cache; the gradients of all blocks stand in one bf16 buffer
    that is used again, so that the two products with them are large ones. The rows are filled up to
    whole blocks with rows of weight nought: one shape, one compilation, one kernel.
    """

    block: Any = staticmethod(_loss_block)
    _buffer: Tensor | None = None

    @classmethod
    def _gradients(cls, rows: int, like: Tensor) -> Tensor:
        if cls._buffer is None or cls._buffer.shape[0] < rows:
            cls._buffer = like.new_empty(rows + rows // 4, like.shape[0])
        return cls._buffer[:rows]

    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any, h: Tensor, real: Tensor, emb: Tensor, target: Tensor, eps: float, rows: int
    ) -> tuple[Tensor, Tensor]:
        """The mean loss of the rows ``real`` of ``h``, and without smoothing (not differentiable)."""
        count = real.numel()
        filled = (count + rows - 1) // rows * rows if h.device.type == "cpu" else count
        index = functional.pad(real, (0, filled - count))
        weight = torch.zeros(filled, device=h.device)
        weight[:count] = 1 / count
        e = emb.detach()
        chosen, wanted = h.detach().index_select(0, index), target.index_select(0, index)
        grad = BlockLoss._gradients(filled, e)
        nll, total = (torch.zeros((), dtype=torch.float32, device=h.device) for _ in range(2))
        for i in range(0, filled, rows):
            part = slice(i, i + rows)
            compute = BlockLoss.block if filled - i >= rows else _loss_block
            n, t = compute(chosen[part], e, wanted[part], eps, weight[part], grad[part])
            nll += n
            total += t
        gh = torch.zeros_like(h).index_copy_(0, real, (grad @ e)[:count])
        ctx.save_for_backward(gh, grad.T @ chosen)
        ctx.mark_non_differentiable(nll)
        return total, nll

    @staticmethod
    def backward(ctx: Any, g: Tensor, _: Tensor) -> tuple[Any, ...]:  # type: ignore[override]
        """Gradients of the hidden states and of the embedding, both known since ``forward``."""
        gh, ge = ctx.saved_tensors
        return gh * g.to(gh.dtype), None, ge * g.to(ge.dtype), None, None, None
