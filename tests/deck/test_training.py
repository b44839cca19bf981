"""Dropout, label smoothing and distillation compute what the notes say."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deck.cards import Cards
from tests.deck.numerics import Array, cross_entropy, gradient, log_softmax, relu, sigmoid, softmax


def masks(size: int, p: float) -> list[tuple[Array, float]]:
    """Return every mask with its probability, where each unit is dropped with probability p."""
    kept = [np.array(bits, float) for bits in product((0, 1), repeat=size)]
    return [(mask, float(np.prod(np.where(mask == 1, 1 - p, p)))) for mask in kept]


def mean(function: Callable[[Array], Array], x: Array, p: float) -> Array:
    """Return the exact expectation of a function of inverted dropout's output."""
    values = [chance * function(mask * x / (1 - p)) for mask, chance in masks(x.size, p)]
    average: Array = np.array(values).sum(axis=0)
    return average


@given(st.floats(0, 0.95), st.lists(st.floats(-10, 10), min_size=1, max_size=3))
@settings(max_examples=30, derandomize=True, database=None)
def test_inverted_dropout_keeps_the_expectation(p: float, values: list[float]) -> None:
    """Over all masks the mean of an output is the output, and its variance x² p / (1 − p)."""
    x = np.array(values)
    assert np.allclose(mean(lambda y: y, x, p), x)
    assert np.allclose(mean(lambda y: (y - x) ** 2, x, p), x**2 * p / (1 - p))


def test_the_formulas_of_inverted_dropout(card: Cards) -> None:
    """The notes give the formulas whose expectation and variance have been computed."""
    note = card("inverted-dropout")
    note.must_say(r"\tilde x_j &= m_j x_j / (1 - p)", r"\mathrm{Bernoulli}(1 - p)")
    note.must_say(r"\mathrm{E}[\tilde x_j] = x_j", "什么都不做，原样输出")


def test_a_kept_neuron_of_the_example(card: Cards) -> None:
    """An output of 4 becomes 5 if one in five is dropped; its mean and its variance are 4."""
    x, p = np.array([4.0]), 0.2
    kept = max(float(mask[0] * x[0] / (1 - p)) for mask, _ in masks(1, p))
    average, variance = (float(mean(f, x, p)[0]) for f in (lambda y: y, lambda y: (y - x) ** 2))
    note = card("inverted-dropout")
    note.must_say(f"p = 0.2 时，原来的输出 4 被保留就变成 4 / (1 - 0.2) = {kept:g}")
    note.must_say(f"被丢弃就变成 0，期望仍是 {average:g}", f"x^2 p / (1 - p) = {variance:g}")


def test_there_are_two_to_the_n_subnetworks(card: Cards) -> None:
    """Each of n units is there or not, which makes 2ⁿ different networks."""
    assert all(len({tuple(m) for m, _ in masks(n, 0.5)}) == 2**n for n in range(7))
    card("dropout").must_say("n 个神经元有 2^n 个子网络")


def test_the_expectation_does_not_pass_relu(card: Cards) -> None:
    """Inputs 1 and −1, summed and cut off, give 0.5 over the four masks but 0 without dropout."""
    x = np.array([1.0, -1])
    average, whole = (
        float(value) for value in (mean(lambda y: relu(y.sum()), x, 0.5), relu(x.sum()))
    )
    cases = "零一二三四"[len(masks(2, 0.5))]
    note = card("dropout-approximation")
    note.must_say("两个输入 1 和 -1 相加再过 ReLU，p = 0.5")
    note.must_say(f"有{cases}种情形，平均为 {average:g}", rf"\mathrm{{ReLU}}(0) = {whole:g}")
    note.must_say(r"\mathrm{E}[g(\tilde x)] \ne g(\mathrm{E}[\tilde x])")


def test_one_softmax_layer_is_the_geometric_mean(card: Cards, rng: np.random.Generator) -> None:
    """The subnetworks' geometric mean, made a distribution, is the network of scaled weights."""
    w, b, x, p = rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=4), 0.5
    logs = [chance * log_softmax(w @ (mask * x) + b) for mask, chance in masks(4, p)]
    assert np.allclose(softmax(np.sum(logs, axis=0)), softmax((1 - p) * w @ x + b))
    card("dropout-approximation").must_say("几何平均（再归一化）恰好等于缩放权重的结果")


@pytest.fixture
def written(card: Cards) -> dict[str, Any]:
    """The functions of the note dropout-numpy, as a learner would run them."""
    names: dict[str, Any] = {"note": card("dropout-numpy")}
    exec(card("dropout-numpy").fences["python"], names)
    return names


def test_the_code_to_complete_is_the_code_of_the_other_note(
    written: dict[str, Any], card: Cards, rng: np.random.Generator
) -> None:
    """With its gaps filled in, the code drops the same units and hands back the same gradients."""
    names: dict[str, Any] = {}
    exec(card("dropout-code").fences["python"], names)
    x, dy = rng.normal(size=(2, 4, 5))
    for training in (True, False):
        (y, mask), (other, other_mask) = (
            code["forward"](x, 0.3, training, np.random.default_rng(7)) for code in (names, written)
        )
        assert np.array_equal(y, other)
        assert training is (mask is not None) is (other_mask is not None)
    _, mask = names["forward"](x, 0.3, True, np.random.default_rng(7))
    assert np.array_equal(names["backward"](dy, mask), written["backward"](dy, mask))


def test_the_code_for_dropout_keeps_or_scales(
    written: dict[str, Any], rng: np.random.Generator
) -> None:
    """The note's forward pass drops about p, scales the others, and at test time does nothing."""
    x = rng.normal(size=(100, 100))
    y, mask = written["forward"](x, 0.2, True, rng)
    assert np.allclose(y[mask != 0], x[mask != 0] / 0.8), written["note"]
    assert not y[mask == 0].any(), written["note"]
    assert (mask == 0).mean() == pytest.approx(0.2, abs=0.02), written["note"]
    at_test_time, nothing = written["forward"](x, 0.2, False, rng)
    assert at_test_time is x, written["note"]
    assert nothing is None, written["note"]
    assert written["backward"](x, None) is x, written["note"]


def test_the_code_for_dropout_differentiates_itself(
    written: dict[str, Any], rng: np.random.Generator
) -> None:
    """The note's backward pass is the derivative of its forward pass with the same mask."""
    x, dy = rng.normal(size=(2, 4, 5))

    def loss(x: Array) -> float:
        return float((written["forward"](x, 0.3, True, np.random.default_rng(7))[0] * dy).sum())

    _, mask = written["forward"](x, 0.3, True, np.random.default_rng(7))
    assert 0 < np.count_nonzero(mask) < mask.size
    backwards = written["backward"](dy, mask)
    assert np.allclose(backwards, gradient(loss, x), atol=1e-8), written["note"]


def test_dropout_is_dropconnect_by_whole_rows(card: Cards, rng: np.random.Generator) -> None:
    """To drop an output is to drop its row of weights, if the activation keeps 0 at 0."""
    x, w = rng.normal(size=4), rng.normal(size=(3, 4))
    keep_zero: list[tuple[Callable[[Array], Array], bool]]
    keep_zero = [(relu, True), (np.tanh, True), (sigmoid, False)]
    for g, same in keep_zero:
        by_rows = [np.allclose(m * g(w @ x), g((m[:, None] * w) @ x)) for m, _ in masks(3, 0.5)]
        assert all(by_rows) is same
    note = card("dropconnect")
    note.must_say(r"m \odot g(Wx)", r"g((M \odot W) x)")
    note.must_say("当 g(0) = 0（如 ReLU、tanh）时，dropout 相当于把 W 的整行一起置 0")


def smooth(classes: int, epsilon: float) -> Array:
    """Return the smoothed target of class 0: the one-hot label, mixed with a uniform draw."""
    label: Array = np.eye(classes)[0]
    target: Array = (1 - epsilon) * label + np.full(classes, epsilon / classes)
    return target


def test_smoothed_labels_of_the_example(card: Cards) -> None:
    """Of ten classes the right one is to get 0.91 and each other 0.01."""
    target = smooth(10, 0.1)
    assert target.sum() == pytest.approx(1)
    note = card("label-smoothing-numbers")
    note.must_say(r"10 类分类，\epsilon = 0.1")
    note.must_say(f"1 - 0.1 + 0.1 / 10 = {target[0]:g}", f"0.1 / 10 = {target[1]:g}")
    card("label-smoothing").must_say(r"y'_i = (1 - \epsilon)y_i + \epsilon / K")


def losses(target: Array, gaps: Array) -> list[float]:
    """Return the cross entropy for each lead of the right class's logit."""
    return [cross_entropy(target, gap * np.eye(target.size)[0]) for gap in gaps]


def test_a_smoothed_label_wants_a_finite_lead(card: Cards) -> None:
    """The loss is least where the lead is ln 91 ≈ 4.51; a one-hot label wants ever more."""
    gaps = np.arange(0, 12, 0.005)
    best = gaps[np.argmin(losses(smooth(10, 0.1), gaps))]
    assert best == pytest.approx(math.log(91), abs=0.005)
    assert np.all(np.diff(losses(smooth(10, 0), gaps)) < 0)
    assert np.allclose(
        gradient(lambda s: cross_entropy(smooth(10, 0.1), s), best * np.eye(10)[0]), 0, atol=1e-3
    )
    note = card("label-smoothing-numbers")
    note.must_say(rf"\ln(0.91 / 0.01) = \ln 91 \approx {best:.2f}")
    card("label-smoothing").must_say("平滑以后，最优的差是有限的", "无限大的 logits 差")


def entropy(p: Array) -> float:
    """Return how uncertain a distribution is."""
    return float(-(p * np.log(p)).sum())


def test_temperature_flattens_without_changing_the_order(
    card: Cards, rng: np.random.Generator
) -> None:
    """Entropy rises with T from nearly 0 to nearly that of a uniform draw; ranks stay."""
    s = rng.normal(size=6)
    spread = [softmax(s / t) for t in (0.05, 0.5, 1, 2, 4, 1000)]
    assert np.all(np.diff([entropy(p) for p in spread]) > 0)
    assert spread[0].max() > 0.99
    assert np.allclose(spread[-1], 1 / 6, atol=1e-3)
    assert all(np.array_equal(np.argsort(p), np.argsort(s)) for p in spread)
    note = card("temperature")
    note.must_say(r"\frac{\exp(s_i / T)}{\sum_j \exp(s_j / T)}", "T 越大，分布越平（接近均匀）")


def test_the_picture_of_temperature_shows_what_its_text_says(card: Cards) -> None:
    """With the picture's logits one class stands alone at T = 1, and four can be seen at T = 4."""
    note = card("scale-vs-temperature")
    match = re.search(r"np\.array\(\[(.*?)\]\)", note.fences["temperature"])
    assert match, note
    s = np.array([float(number) for number in match.group(1).split(",")])
    sharp, soft = (softmax(s / t) for t in (1, 4))
    assert sharp[0] > 0.75 > 2 * sharp[1:].max(), note
    assert soft[0] < 0.5, note
    assert soft.min() > 0.1, note
    note.must_say("温度为 1 时第一类独大；温度为 4 时分布变软")


def distil(student: Array, teacher: Array, t: float) -> float:
    """Return the loss of a student on a teacher's soft labels."""
    return cross_entropy(softmax(teacher / t), student / t)


def test_the_gradient_of_soft_labels(card: Cards, rng: np.random.Generator) -> None:
    """It is the difference of the shares over T, for cross entropy as for the KL divergence."""
    s, v, t = rng.normal(size=5), rng.normal(size=5), 3.0
    target = softmax(v / t)
    expected = (softmax(s / t) - target) / t
    assert np.allclose(gradient(lambda s: distil(s, v, t), s), expected, atol=1e-8)
    kl = gradient(lambda s: float((target * (np.log(target) - log_softmax(s / t))).sum()), s)
    assert np.allclose(kl, expected, atol=1e-8)
    card("distillation-t2").must_say(r"\frac{1}{T}(\hat y^{(T)}_{\text{学生}, i}")
    card("distillation").must_say("用交叉熵或 KL 散度都一样", r"\alpha T^2 \mathrm{CE}")
    card("distillation").must_say(r"(1 - \alpha) \mathrm{CE}(y, \hat y^{(1)}_{\text{学生}})")


def test_t_squared_makes_up_for_the_temperature(card: Cards, rng: np.random.Generator) -> None:
    """For a large T the gradient is (s − v)/(K T²), so that T² times it does not depend on T."""
    s, v = rng.normal(size=(2, 5))
    s, v = s - s.mean(), v - v.mean()
    small = gradient(lambda s: distil(s, v, 100), s)
    large = gradient(lambda s: distil(s, v, 200), s)
    assert np.allclose(small, (s - v) / (5 * 100**2), rtol=0.05, atol=1e-7)
    assert np.allclose(small, 4 * large, rtol=0.05, atol=1e-7)
    card("distillation-t2").must_say(r"\approx \frac{s_i - v_i}{K T^2}", "按 1 / T^2 缩小")
    card("scale-vs-temperature").must_say("按 1/T^2 缩小，所以与硬标签损失相加时要乘 T^2")
