"""Attention: scaling, heads, masks and embeddings do what the notes say."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from tests.deck.bert import multi_head
from tests.deck.cards import Cards
from tests.deck.numerics import (
    Array,
    Weights,
    attention,
    cross_entropy,
    gradient,
    jacobian,
    log_softmax,
    softmax,
)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_dot_product_has_the_variance_of_its_dimension(size: int, card: Cards) -> None:
    """With components ±1, mean 0 and variance 1, all dot products have mean 0, variance d_k."""
    vectors = np.array(list(product((-1.0, 1.0), repeat=size)))
    scores = vectors @ vectors.T
    assert scores.mean() == pytest.approx(0)
    assert scores.var() == pytest.approx(size)
    assert (scores / math.sqrt(size)).var() == pytest.approx(1)
    card("why-scale").must_say(r"\mathrm{Var}(q \cdot k) = d_k", r"\mathrm{E}[q \cdot k] = 0")
    card("why-scale").must_say(
        r"q \cdot k &= \sum_{i=1}^{d_k} q_i k_i", "均值为 0，方差为 1，则", "方差回到 1"
    )


def test_additive_attention_joins_unlike_sizes(card: Cards, rng: np.random.Generator) -> None:
    """The additive score takes a query and a key of different sizes; the dot product cannot."""
    q, k, v = rng.normal(size=3), rng.normal(size=5), rng.normal(size=4)
    first, second = rng.normal(size=(4, 3)), rng.normal(size=(4, 5))
    assert np.isfinite(v @ np.tanh(first @ q + second @ k))
    with pytest.raises(ValueError, match="mismatch"):
        _ = q @ k
    note = card("additive-vs-dot")
    note.must_say(r"s &= v^\top \tanh(W_1 q + W_2 k)", r"s &= q^\top k", "可以不同 | 必须相同 |")


def test_the_code_to_complete_computes_attention(card: Cards, rng: np.random.Generator) -> None:
    """With its gaps filled in, the code weighs the values as the formula does, and sees no more."""
    names: dict[str, Any] = {"np": np}
    exec(card("attention-code").fences["python"], names)
    q, k, v = rng.normal(size=(4, 8)), rng.normal(size=(6, 8)), rng.normal(size=(6, 3))
    mask = np.tril(np.ones((4, 6), dtype=bool))
    shown = names["attention"](q, k, v, mask)
    scores = np.where(mask, q @ k.T / math.sqrt(8), -np.inf)
    assert np.allclose(shown, np.exp(log_softmax(scores)) @ v)
    assert np.allclose(shown[0], v[0])


def largest_weights(size: int, scale: float, rng: np.random.Generator) -> float:
    """Return the largest of 16 weights, averaged over random queries and keys."""
    q, k = rng.normal(size=(200, 1, size)), rng.normal(size=(200, 16, size))
    return float(softmax((q * k).sum(axis=-1) / scale).max(axis=-1).mean())


def test_scaling_keeps_the_softmax_from_saturating(card: Cards, rng: np.random.Generator) -> None:
    """Unscaled, the largest weight nears 1 as d_k grows; scaled, it stays where it was."""
    sizes = (4, 32, 256)
    raw = [largest_weights(size, 1, rng) for size in sizes]
    scaled = [largest_weights(size, math.sqrt(size), rng) for size in sizes]
    assert raw[0] < raw[1] < raw[2]
    assert raw[2] > 0.85
    assert max(scaled) - min(scaled) < 0.1
    assert max(scaled) < 0.4
    note = card("why-scale")
    note.must_say("不缩放时，softmax 的最大权重随维度升高而接近 1", "几乎不随维度改变")
    card("scaled-dot-product").must_say(r"\mathrm{softmax}(QK^\top / \sqrt{d_k})")


def test_the_derivative_of_softmax(card: Cards, rng: np.random.Generator) -> None:
    """It is a_i(δ_ij − a_j), and nearly nothing where the softmax is saturated."""
    scores = rng.normal(size=5)
    a = softmax(scores)
    written = [[a[i] * ((i == j) - a[j]) for j in range(5)] for i in range(5)]
    assert np.allclose(jacobian(softmax, scores), written, atol=1e-8)
    assert np.abs(jacobian(softmax, np.array([30.0, 0, 0]))).max() < 1e-9
    card("why-scale").must_say(
        r"\frac{\partial a_i}{\partial s_j} = a_i (\delta_{ij} - a_j)", "此时几乎全为 0"
    )


def test_cross_entropy_undoes_the_saturation(card: Cards, rng: np.random.Generator) -> None:
    """By the logits it has the gradient ŷ − y, which is large where the answer is most wrong."""
    right = np.array([0.0, 1, 0])
    for scores in (rng.normal(size=3), np.array([30.0, 0, 0]), np.array([0.0, 30, 0])):
        derivative = gradient(lambda s: cross_entropy(right, s), scores)
        assert np.allclose(derivative, softmax(scores) - right, atol=1e-8)
    slope = gradient(lambda s: cross_entropy(right, s), np.array([30.0, 0, 0]))
    assert np.allclose(slope, [1, -1, 0])
    card("why-output-unscaled").must_say(r"\frac{\partial\mathcal{L}}{\partial s} = \hat y - y")


def test_each_query_spends_a_whole(card: Cards, rng: np.random.Generator) -> None:
    """The weights of a query over all keys sum to 1: with ones as values it gets ones."""
    q, k = rng.normal(size=(3, 4)), rng.normal(size=(5, 4))
    assert np.allclose(attention(q, k, np.ones((5, 2))), 1)
    card("scaled-dot-product").must_say("每个查询对所有键的权重之和为 1", "沿键（key）的方向")


@pytest.mark.parametrize("heads", [1, 2, 4, 8])
def test_heads_do_not_change_the_number_of_parameters(
    heads: int, card: Cards, rng: np.random.Generator
) -> None:
    """Four projections have 4 d² weights, whatever the number of heads."""
    for d in (8, 16):
        w = Weights(rng)
        assert multi_head(w, "", rng.normal(size=(3, d)), heads, bias=False).shape == (3, d)
        assert w.count == 4 * d**2
    card("multi-head-params").must_say("共 4 d^2 = 4", "头数不影响参数量")


def test_multi_head_attention_of_the_first_transformer(card: Cards) -> None:
    """With d = 512 and 8 heads there are 1048576 weights, and a head has 64 dimensions."""
    w = Weights()
    multi_head(w, "", np.zeros((2, 512)), 8, bias=False)
    note = card("multi-head-params")
    note.must_say("模型维度 d = 512，8 个头，每个头 d_k = d_v = 64", r"各为 512 \times 512")
    note.must_answer(f"{w.count}")
    note.must_say(rf"4 \times {w.count // 4} = {w.count}")
    size = w.arrays[" Q0"].shape[1]
    card("multi-head").must_say(f"d = 512、h = 8、d_k = {size}", "d_k = d_v = d / h", "V W_i^V")
    card("multi-head").must_say(r"Y &= [H_1, \dots, H_h] W^O")


Masking = Callable[[Array], Array]
CAUSAL = np.tri(4, dtype=np.bool_)


def before(scores: Array) -> Array:
    """Hide the future as it should be."""
    return softmax(np.where(CAUSAL, scores, -np.inf))


def zero_after(scores: Array) -> Array:
    """Set the weights of the future to 0 when they have been computed."""
    return np.where(CAUSAL, softmax(scores), 0.0)


def zero_before(scores: Array) -> Array:
    """Set the scores of the future to 0."""
    return softmax(np.where(CAUSAL, scores, 0.0))


@pytest.mark.parametrize(
    ("mask", "hidden", "leaks", "whole"),
    [
        (before, True, False, True),
        (zero_after, True, True, False),
        (zero_before, False, True, True),
    ],
)
def test_only_minus_infinity_hides_the_future(
    mask: Masking, hidden: bool, leaks: bool, whole: bool, card: Cards, rng: np.random.Generator
) -> None:
    """Zeros after the softmax break the sum and leak; zeros before it hide nothing."""
    x = rng.normal(size=(4, 3))
    later = np.vstack([x[:3], rng.normal(size=3)])
    weights = mask(x @ x.T)
    seen, seen_later = ((mask(x @ inputs.T) @ inputs)[:3] for inputs in (x, later))
    assert (weights[~CAUSAL] == 0).all() == hidden
    assert (not np.allclose(seen, seen_later)) == leaks
    assert np.allclose(weights.sum(axis=1), 1) == whole
    note = card("mask-before-softmax")
    note.must_say(
        "softmax 之后乘 0 而不再归一化：剩下的权重之和小于 1",
        "信息泄漏",
        r"softmax 之前乘 0：分数变成 0，而 \exp(0) = 1，根本没有遮住",
    )
    note.must_say(r"\exp(-\infty) = 0，其余的权重之和仍为 1")


def test_a_row_without_any_key_is_not_a_number(card: Cards) -> None:
    """A row that is all −∞ gives NaN, so each row must keep a place."""
    with np.errstate(invalid="ignore"):
        assert np.isnan(softmax(np.full(3, -np.inf))).all()
    assert CAUSAL.any(axis=1).all()
    card("mask-before-softmax").must_say(r"整行都是 -\infty，结果为 NaN", "因果掩码总是留下自己")


@pytest.mark.parametrize("causal", [False, True])
def test_self_attention_does_not_see_the_order(
    causal: bool, card: Cards, rng: np.random.Generator
) -> None:
    """Words in another order have their outputs in that order, unless there is a causal mask."""
    x, projections = rng.normal(size=(4, 3)), rng.normal(size=(3, 3, 3))
    permutation = np.eye(4)[[2, 0, 3, 1]]

    def attend(x: Array) -> Array:
        q, k, v = (x @ projection for projection in projections)
        return attention(q, k, v, CAUSAL if causal else None)

    assert np.allclose(attend(permutation @ x), permutation @ attend(x)) is not causal
    note = card("attention-permutation")
    note.must_say(r"\mathrm{SelfAttn}(P X) = P \mathrm{SelfAttn}(X)")
    note.must_say("带因果掩码的自注意力不再是置换等变的")


def multiplications(layer: str, n: int, d: int, f: int = 3) -> int:
    """Count what a layer multiplies, place by place: scores and sums, states, or windows."""
    place = {
        "自注意力": n * d + n * d,
        "循环": np.zeros((d, d + d)).size,
        "卷积": np.zeros((d, f, d)).size,
    }
    return sum(place[layer] for _ in range(n))


@pytest.mark.parametrize(
    ("layer", "tex", "order"),
    [
        ("自注意力", "N^2 d | 1 | 1", lambda n, d, f: n**2 * d),
        ("循环", "N d^2 | N | N", lambda n, d, f: n * d**2),
        ("卷积", r"f N d^2 | 1 | \log_f N", lambda n, d, f: f * n * d**2),
    ],
)
def test_the_cost_of_a_layer_has_its_order(
    layer: str, tex: str, order: Callable[[int, int, int], int], card: Cards
) -> None:
    """What a layer multiplies is a fixed multiple of what the table says."""
    sizes = [(n, d, f) for n in (4, 8) for d in (2, 6) for f in (3, 5)]
    ratios = {multiplications(layer, *size) / order(*size) for size in sizes}
    assert len(ratios) == 1
    card("attention-complexity").must_say(f"{layer} | {tex} |")


def test_dilated_layers_connect_all_places_in_log_steps(card: Cards) -> None:
    """Kernels of width f whose dilation grows by f connect N places with log_f N layers."""
    for f, n in product((2, 3, 5), (10, 27, 1000)):
        reach, layers = 1, 0
        while reach < n:
            reach, layers = reach + (f - 1) * f**layers, layers + 1
        assert layers - 1 < math.log(n, f) <= layers + 1e-9
    card("attention-complexity").must_say(r"| \log_f N |", "要用空洞卷积")


def test_three_embeddings_are_one_matrix(card: Cards, rng: np.random.Generator) -> None:
    """The sum of three looked-up rows is one matrix times the three one-hot vectors in a stack."""
    tables = [rng.normal(size=(rows, 4)) for rows in (6, 2, 5)]
    for index in product(range(6), range(2), range(5)):
        looked_up = sum(table[row] for table, row in zip(tables, index, strict=True))
        hots = [np.eye(len(table))[row] for table, row in zip(tables, index, strict=True)]
        assert np.allclose(np.vstack(tables).T @ np.concatenate(hots), looked_up)
    card("embedding-add-one-hot").must_say(r"[E_t; E_s; E_p]^\top [o_t; o_s; o_p]")


def test_a_matrix_on_a_concatenation_is_a_sum(card: Cards, rng: np.random.Generator) -> None:
    """W[a;b] = W₁a + W₂b, and with identities it is the sum of a and b."""
    a, b, w = rng.normal(size=3), rng.normal(size=3), rng.normal(size=(4, 6))
    both = np.concatenate([a, b])
    assert np.allclose(w @ both, w[:, :3] @ a + w[:, 3:] @ b)
    assert np.allclose(np.hstack([np.eye(3), np.eye(3)]) @ both, a + b)
    note = card("embedding-add-vs-concat")
    note.must_say("W [a; b] = W_1 a + W_2 b", "取 W_1 = W_2 = I 就是相加")


def test_learned_tables_swallow_a_matrix(card: Cards, rng: np.random.Generator) -> None:
    """What a linear layer makes of two concatenated embeddings, other tables give by addition."""
    one, two, w = rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), rng.normal(size=(6, 2))
    for i, j in product(range(5), range(4)):
        concatenated = np.concatenate([one[i], two[j]]) @ w
        assert np.allclose((one @ w[:3])[i] + (two @ w[3:])[j], concatenated)
    card("embedding-add-vs-concat").must_say("W_1、W_2 可以并入各自的表")


def test_saturated_attention_passes_no_gradient(card: Cards) -> None:
    """Without a logarithm behind it, a saturated softmax passes next to nothing to its scores."""
    scores, values = np.array([30.0, 0, 0]), np.array([1.0, 5, -3])
    assert np.abs(gradient(lambda s: float(softmax(s) @ values), scores)).max() < 1e-9
    assert np.abs(gradient(lambda s: float(-log_softmax(s)[1]), scores)).max() > 0.99
    card("why-output-unscaled").must_say("一旦饱和，传给分数的梯度就接近 0")


def test_cosines_are_too_narrow_for_a_softmax(card: Cards) -> None:
    """With logits in [-1, 1] the best of 1000 classes gets less than one percent."""
    logits: Array = np.full(1000, -1.0)
    logits[0] = 1
    best = np.exp(logits[0]) / np.exp(logits).sum()
    card("why-output-unscaled").must_say(f"1000 类的最大概率至多 {best:.2%}")
