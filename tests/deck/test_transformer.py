"""Transformers: parameter counts, positions and normalisation are what the notes say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.deck.bert import (
    BASE,
    POSITIONS,
    SEGMENTS,
    VOCABULARY,
    bert,
    encoder_layer,
    feed_forward,
    layer_norm,
)
from tests.deck.cards import Cards
from tests.deck.numerics import Array, Weights, attention, jacobian


def matrices(w: Weights, part: str = "") -> int:
    """Count the weights of a part of a model without biases and norms."""
    return sum(a.size for name, a in w.arrays.items() if a.ndim == 2 and part in name)


@pytest.mark.parametrize(("d", "heads"), [(4, 1), (8, 2), (12, 3)])
def test_a_layer_has_twelve_d_squared_weights(
    d: int, heads: int, card: Cards, rng: np.random.Generator
) -> None:
    """Attention has 4 d², the feed-forward network 8 d²; 12 d² each layer, biases left out."""
    w = Weights(rng)
    for layer in range(3):
        assert encoder_layer(w, f"{layer}", rng.normal(size=(5, d)), heads).shape == (5, d)
    assert matrices(w, "0 attention") == 4 * d**2
    assert matrices(w, "0 ffn") == 8 * d**2
    assert matrices(w) == 12 * 3 * d**2
    note = card("transformer-params")
    note.must_say("四个投影，4 d^2", "（中间层 4d）：8 d^2", "每层 12 d^2", "12 L d^2")


def test_bert_base_has_its_exact_number_of_parameters(card: Cards) -> None:
    """All arrays of BERT-BASE's forward pass, biases and norms included, are this many numbers."""
    w = Weights()
    assert bert(w, [101], **BASE).shape == (768,)
    tables = sum(w.arrays[name].size for name in ("words", "positions", "segments"))
    note = card("transformer-params")
    note.must_say("12 层、768 维共约多少")
    note.must_say(f"共 {w.count} 个参数，论文写作 {round(w.count / 1e7)}0M")
    rows = f"{VOCABULARY} + {POSITIONS} + {SEGMENTS}"
    note.must_say(rf"({rows}) \times 768，约 {tables / 1e8:.2f} 亿")
    note.must_say(rf"12 \times 12 \times 768^2 \approx {matrices(w, 'layer') / 1e8:.2f} 亿")


def test_gpt3_agrees_with_the_formula(card: Cards) -> None:
    """The layers of GPT-3 have 1739 of its 1750 hundred millions of parameters."""
    w, d = Weights(), 12288
    for name, outputs in (("Q", d), ("K", d), ("V", d), ("O", d), ("in", 4 * d), ("out", 4 * d)):
        w(name, d, outputs)
    hundred_millions = 96 * w.count / 1e8
    note = card("transformer-params")
    note.must_say("GPT-3 有 96 层、12288 维")
    note.must_say(
        rf"12 \times 96 \times 12288^2 \approx {hundred_millions:.0f} 亿，与论文的 1750 亿"
    )
    assert hundred_millions == pytest.approx(1750, rel=0.01)


def test_the_feed_forward_network_is_the_same_at_each_position(
    card: Cards, rng: np.random.Generator
) -> None:
    """A position's output depends on that position only, and 512 dimensions widen to 2048."""
    w, x = Weights(rng), rng.normal(size=(4, 6))
    alone = np.vstack([feed_forward(w, "", row[None]) for row in x])
    assert np.allclose(feed_forward(w, "", x), alone)
    wide = Weights()
    feed_forward(wide, "", np.zeros((1, 512)))
    card("ffn").must_say(f"d = 512，中间层 {wide.arrays[' in'].shape[1]} 维")
    card("ffn").must_say("各个位置用的参数相同")
    card("ffn").must_say("中间层的维度通常是 4d", "两次核宽为 1 的卷积")
    card("ffn").must_say(r"\max(0, W_1 x + b_1)", "W_2 u + b_2")


def test_the_derivative_of_a_residual_has_an_identity(
    card: Cards, rng: np.random.Generator
) -> None:
    """The Jacobian of y = x + F(x) is I + ∂F/∂x."""
    w, x = rng.normal(size=(3, 3)), rng.normal(size=3)
    total = jacobian(lambda x: x + np.tanh(w @ x), x)
    assert np.allclose(total, np.eye(3) + jacobian(lambda x: np.tanh(w @ x), x))
    card("transformer-layers").must_say(r"I + \partial F / \partial x")


@pytest.mark.parametrize("pre", [True, False])
def test_only_pre_ln_keeps_the_identity_path(
    pre: bool, card: Cards, rng: np.random.Generator
) -> None:
    """With sublayers that add nothing, six Pre-LN layers have the Jacobian I; Post-LN has not."""
    w = Weights()
    w.arrays = {"gain": np.ones(4), "shift": np.zeros(4)}
    w.arrays = {f"LN {name}": array for name, array in w.arrays.items()}

    def run(x: Array) -> Array:
        for _ in range(6):
            x = x + 0 * layer_norm(w, "LN", x) if pre else layer_norm(w, "LN", x + 0 * x)
        return x

    assert np.allclose(jacobian(run, rng.normal(size=4)), np.eye(4), atol=1e-6) is pre
    note = card("pre-vs-post-ln")
    note.must_say(r"\mathrm{LN}(x + F(x))", r"x + F(\mathrm{LN}(x))", "恒等通路不被打断")


def test_training_in_parallel_sees_what_generation_sees(
    card: Cards, rng: np.random.Generator
) -> None:
    """With the causal mask, all positions at once get what each would get word by word."""
    x, layers = rng.normal(size=(5, 4)), rng.normal(size=(2, 3, 4, 4))

    def decode(x: Array) -> Array:
        for projections in layers:
            q, k, v = (x @ projection for projection in projections)
            x = x + attention(q, k, v, np.tri(len(x), dtype=bool))
        return x

    word_by_word = [decode(x[: length + 1])[-1] for length in range(5)]
    assert np.allclose(decode(x), word_by_word)
    card("teacher-forcing").must_say("因果掩码保证第 t 位只看到前面的词")


def encode(t: int, d: int) -> Array:
    """Return the sinusoidal encoding of a position, one pair of dimensions after the other."""
    pe = np.empty(d)
    for i in range(d // 2):
        omega = 10000 ** (-2 * i / d)
        pe[2 * i], pe[2 * i + 1] = np.sin(omega * t), np.cos(omega * t)
    return pe


def test_the_sinusoidal_wavelengths(card: Cards) -> None:
    """The wavelengths are a geometric series from 2π to nearly 10000 times 2π."""
    d = 512
    phases = np.array([np.arcsin(encode(1, d)[2 * i]) for i in range(d // 2)])
    waves = 2 * np.pi / phases
    assert waves[0] == pytest.approx(2 * np.pi)
    assert np.allclose(waves[1:] / waves[:-1], waves[1] / waves[0])
    assert 0.95 < waves[-1] / (10000 * 2 * np.pi) < 1
    note = card("sinusoidal")
    note.must_say(r"i = 0, 1, \dots, d/2 - 1")
    note.must_say(r"从 2\pi 到接近 10000 \cdot 2\pi", r"\omega_i &= 10000^{-2i/d}")
    note.must_say(
        r"\mathrm{PE}_{t,2i} &= \sin(\omega_i t)", r"\mathrm{PE}_{t,2i+1} &= \cos(\omega_i t)"
    )


@pytest.mark.parametrize("k", [1, 3, -2])
def test_a_shift_is_one_matrix_for_all_positions(k: int, card: Cards) -> None:
    """The matrix that fits some positions to those k further on fits all of them."""
    d = 8
    pairs = [(encode(t, d), encode(t + k, d)) for t in range(2, 400, 7)]
    before, after = (np.array(points) for points in zip(*pairs, strict=True))
    matrix = np.linalg.lstsq(before[:30], after[:30], rcond=None)[0]
    assert np.allclose(before @ matrix, after, atol=1e-6)
    note = card("sinusoidal-shift")
    note.must_say(
        r"\sin\omega t \cos\omega k |", r"| + \cos\omega t \sin\omega k |", "变换与 t 无关"
    )
    note.must_say(r"\cos\omega t \cos\omega k |", r"| - \sin\omega t \sin\omega k")


def test_the_dot_product_of_encodings_tells_only_the_distance(card: Cards) -> None:
    """It is Σ cos(ω_i k) for every t, and the same for k and −k."""
    d = 16
    for k in (-5, 0, 2, 5):
        products = [encode(t, d) @ encode(t + k, d) for t in (10, 57, 300)]
        assert np.allclose(products, sum(np.cos(10000 ** (-2 * i / d) * k) for i in range(d // 2)))
    assert encode(9, d) @ encode(4, d) == pytest.approx(encode(9, d) @ encode(14, d))
    note = card("sinusoidal-shift")
    note.must_say(r"\mathrm{PE}_t^\top \mathrm{PE}_{t+k} = \sum_i \cos(\omega_i k)")
    note.must_say("对 k 与 -k 相同")


def rotate(x: Array, t: int) -> Array:
    """Turn each pair of dimensions, as a point in the plane, by the position times its rate."""
    rates = 10000 ** (-np.arange(0, x.size, 2) / x.size)
    points = (x[0::2] + 1j * x[1::2]) * np.exp(1j * rates * t)
    return np.stack([points.real, points.imag], axis=1).ravel()


def test_rope_depends_on_the_relative_position(card: Cards, rng: np.random.Generator) -> None:
    """Rotated query and key have a product that only t − s decides, and keep their lengths."""
    q, k = rng.normal(size=(2, 8))
    for s, t in ((0, 3), (5, 8), (1000, 1003)):
        assert rotate(q, s) @ rotate(k, t) == pytest.approx(q @ rotate(k, 3))
        assert np.linalg.norm(rotate(q, t)) == pytest.approx(np.linalg.norm(q))
    assert rotate(q, 0) @ rotate(k, 4) != pytest.approx(q @ rotate(k, 3))
    note = card("rope")
    note.must_say(r"(R_s q)^\top (R_t k) = q^\top R_{t-s} k", r"\omega_i = 10000^{-2i/d_k}")


def test_layer_norm_divides_by_the_biased_deviation(card: Cards, rng: np.random.Generator) -> None:
    """The variance is the mean of squares, over d and not d − 1, and ε stands under the root."""
    x, gain, shift = rng.normal(size=(3, 6)) * 5
    w = Weights()
    w.arrays = {"LN gain": gain, "LN shift": shift}
    mean = sum(x) / 6
    variance = sum((value - mean) ** 2 for value in x) / 6
    assert np.allclose(layer_norm(w, "LN", x), gain * (x - mean) / np.sqrt(variance) + shift)
    note = card("layer-norm")
    note.must_say(r"\frac{1}{d} \sum_{i=1}^{d} (x_i - \mu)^2")
    note.must_say(r"y &= \gamma \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta")


def test_only_batch_norm_needs_the_others(card: Cards, rng: np.random.Generator) -> None:
    """A row's layer norm is the same alone and in a batch; batch norm of one row is nothing."""
    w, x = Weights(rng), rng.normal(size=(5, 4))
    assert np.allclose(layer_norm(w, "", x)[2], layer_norm(w, "", x[2]))
    batch_norm = [(rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-5) for rows in (x, x[2:3])]
    assert not np.allclose(batch_norm[0][2], batch_norm[1][0])
    assert not batch_norm[1].any()
    card("ln-vs-bn").must_say("依赖批大小 | 是 | 否 |")
    card("layer-norm").must_say("与批大小无关")
