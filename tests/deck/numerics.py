"""What the tests compute with: the field's few functions, derivatives by differences, weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(x: Array) -> Array:
    """Squash each number into the open interval from 0 to 1."""
    return 1 / (1 + np.exp(-x))


def relu(x: Array) -> Array:
    """Cut off what is negative."""
    return np.where(x > 0, x, 0.0)


def log_softmax(scores: Array) -> Array:
    """Return the logarithms of the shares that scores get along the last axis."""
    shifted: Array = scores - scores.max(axis=-1, keepdims=True)
    total: Array = np.exp(shifted).sum(axis=-1, keepdims=True)
    return shifted - np.log(total)


def softmax(scores: Array) -> Array:
    """Turn scores into shares that sum to 1 along the last axis."""
    return np.exp(log_softmax(scores))


def cross_entropy(target: Array, logits: Array) -> float:
    """Return the cross entropy of the prediction that logits make, under a target."""
    return float(-(target * log_softmax(logits)).sum())


def attention(q: Array, k: Array, v: Array, mask: NDArray[np.bool_] | None = None) -> Array:
    """Return scaled dot-product attention; a query does not see keys where the mask is false."""
    scores = q @ k.T / np.sqrt(q.shape[-1])
    return softmax(scores if mask is None else np.where(mask, scores, -np.inf)) @ v


def jacobian(function: Callable[[Array], Array], x: Array, step: float = 1e-5) -> Array:
    """Return the derivative of a function of a vector by central differences, input axis last."""
    moves = step * np.eye(x.size)
    return np.stack([(function(x + e) - function(x - e)) / (2 * step) for e in moves], axis=-1)


def gradient(function: Callable[[Array], float], x: Array) -> Array:
    """Return the derivative of a number by an array of any shape, by central differences."""

    def of_vector(flat: Array) -> Array:
        return np.array(function(flat.reshape(x.shape)))

    return jacobian(of_vector, x.ravel()).reshape(x.shape)


class Weights:
    """The arrays of a model: a forward pass names each with its shape, and they are counted."""

    def __init__(self, rng: np.random.Generator | None = None) -> None:
        """Begin without arrays; they will be random, or all zero and without memory."""
        self.arrays: dict[str, Array] = {}
        self._rng = rng

    def __call__(self, name: str, *shape: int) -> Array:
        """Return the array of this name, which is made when it is first asked for."""
        if name not in self.arrays:
            zeros = np.broadcast_to(np.float64(0), shape)
            self.arrays[name] = self._rng.normal(size=shape) if self._rng else zeros
        assert self.arrays[name].shape == shape, name
        return self.arrays[name]

    def linear(self, name: str, x: Array, size: int, bias: bool = True) -> Array:
        """Apply a linear layer to the last axis."""
        product = x @ self(name, x.shape[-1], size)
        return product + self(f"{name} bias", size) if bias else product

    @property
    def count(self) -> int:
        """The number of parameters."""
        return sum(array.size for array in self.arrays.values())
