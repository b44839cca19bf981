"""A forward pass of BERT, written out so that each of its arrays can be counted."""

from __future__ import annotations

import numpy as np

from tests.deck.numerics import Array, Weights, attention, relu

BASE = {"d": 768, "layers": 12, "heads": 12}
LARGE = {"d": 1024, "layers": 24, "heads": 16}
VOCABULARY, POSITIONS, SEGMENTS = 30522, 512, 2
"""The rows of the embedding tables of the uncased models."""


def layer_norm(w: Weights, name: str, x: Array) -> Array:
    """Normalise each row by its own mean and biased variance."""
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    size = x.shape[-1]
    normalised: Array = (x - mean) / np.sqrt(variance + 1e-12)
    return w(f"{name} gain", size) * normalised + w(f"{name} shift", size)


def multi_head(w: Weights, name: str, x: Array, heads: int, bias: bool = True) -> Array:
    """Attend with several heads, each with the projections of its own, and mix their outputs."""
    size = x.shape[-1] // heads
    outputs = []
    for head in range(heads):
        q, k, v = (w.linear(f"{name} {part}{head}", x, size, bias) for part in "QKV")
        outputs.append(attention(q, k, v))
    return w.linear(f"{name} O", np.concatenate(outputs, axis=-1), x.shape[-1], bias)


def feed_forward(w: Weights, name: str, x: Array, bias: bool = True) -> Array:
    """Widen each position four times, cut off the negative, and come back."""
    d = x.shape[-1]
    return w.linear(f"{name} out", relu(w.linear(f"{name} in", x, 4 * d, bias)), d, bias)


def encoder_layer(w: Weights, name: str, x: Array, heads: int) -> Array:
    """Apply attention and a feed-forward network, each with a residual and a layer norm."""
    x = layer_norm(w, f"{name} norm", x + multi_head(w, f"{name} attention", x, heads))
    return layer_norm(w, f"{name} last norm", x + feed_forward(w, f"{name} ffn", x))


def bert(w: Weights, tokens: list[int], d: int, layers: int, heads: int) -> Array:
    """Return the pooled output for a sequence of tokens, all of the first segment."""
    places = list(range(len(tokens)))
    x = w("words", VOCABULARY, d)[tokens] + w("positions", POSITIONS, d)[places]
    x = layer_norm(w, "embedding norm", x + w("segments", SEGMENTS, d)[0])
    for layer in range(layers):
        x = encoder_layer(w, f"layer {layer}", x, heads)
    return np.tanh(w.linear("pooler", x[0], d))
