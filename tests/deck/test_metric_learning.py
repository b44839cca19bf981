"""Losses on distances, and the pairs to be compared, are what the notes say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deck.cards import Cards
from tests.deck.numerics import Array, cross_entropy, gradient


def contrastive(u: Array, v: Array, similar: bool, margin: float = 1) -> float:
    """Return the contrastive loss of a pair."""
    distance = float(np.linalg.norm(u - v))
    return distance**2 / 2 if similar else max(0.0, margin - distance) ** 2 / 2


def triplet(points: Array, margin: float) -> float:
    """Return the triplet loss of an anchor, a positive and a negative."""
    anchor, positive, negative = points
    return float(
        max(0, ((anchor - positive) ** 2).sum() - ((anchor - negative) ** 2).sum() + margin)
    )


def test_the_contrastive_loss_of_the_example(card: Cards) -> None:
    """A pair at distance 0.6 costs 0.08 if it is dissimilar, and 0.18 if it is similar."""
    u, v = np.zeros(2), 0.6 * np.array([0.6, 0.8])
    apart, alike = (contrastive(u, v, similar) for similar in (False, True))
    note = card("contrastive-number")
    note.must_say(r"系数 \tfrac{1}{2}")
    card("contrastive-triplet-loss").must_say("y = 1 表示相似")
    note.must_say("间隔 m = 1，一对不相似的样本距离为 0.6")
    note.must_answer(f"{apart:.2f}")
    note.must_say(rf"\tfrac{{1}}{{2}} (1 - 0.6)^2 = \tfrac{{1}}{{2}} \times 0.16 = {apart:.2f}")
    note.must_say(rf"\tfrac{{1}}{{2}} \times 0.6^2 = {alike:.2f}")


def test_the_triplet_loss_of_the_example(card: Cards) -> None:
    """With distances 0.8 and 0.9 and the margin 0.2 there is 0.03 left to lose."""
    points = np.array([[0, 0], [0.8, 0], [0, 0.9]])
    loss = triplet(points, 0.2)
    note = card("triplet-number")
    note.must_say(r"间隔 \alpha = 0.2，锚点到正例的距离 D_{ap} = 0.8，到负例的 D_{an} = 0.9")
    note.must_answer(f"{loss:.2f}")
    note.must_say(f"0.64 - 0.81 + 0.2 = {loss:.2f}", "0.8^2 - 0.9^2 + 0.2")


def test_the_contrastive_loss_meets_the_margin_smoothly(card: Cards) -> None:
    """A dissimilar pair pays m²/2 at distance 0, nothing from m on, and has no corner there."""
    u, margin = np.zeros(1), 1.5
    assert contrastive(u, u, False, margin) == margin**2 / 2
    for distance, slope in ((0.5, -1.0), (margin, 0.0), (2.0, 0.0)):
        v = np.array([distance])
        slopes = gradient(lambda v: contrastive(u, v, False, margin), v)
        assert slopes[0] == pytest.approx(slope, abs=1e-4)
    note = card("contrastive-triplet-loss")
    note.must_say(
        r"\tfrac{1}{2} y D^2", r"\tfrac{1}{2} (1 - y) \max(0, m - D)^2", "到间隔 m 处降为 0"
    )


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 2))
@settings(max_examples=50, derandomize=True, database=None)
def test_triplets_cost_what_their_class_says(seed: int, margin: float) -> None:
    """Easy triplets cost nothing, semi-hard ones less than the margin, hard ones more."""
    points = np.random.default_rng(seed).normal(size=(3, 2)) * 0.7
    (ap, an), loss = ((points[1:] - points[0]) ** 2).sum(axis=1), triplet(points, margin)
    if an - ap > margin:
        assert loss == 0
        assert not gradient(lambda x: triplet(x, margin), points).any() or an - ap < margin + 1e-3
    elif an - ap > 0:
        assert 0 <= loss < margin
    else:
        assert loss >= margin


def test_the_classes_of_triplets(card: Cards) -> None:
    """The note says of each class what has been computed, and a collapse costs the margin."""
    note = card("triplet-mining")
    note.must_say(r"容易 | \delta > \alpha | 0，没有梯度 |", r"困难 | \delta < 0 | 大于 \alpha |")
    note.must_say(r"半难 | 0 < \delta < \alpha | 小于 \alpha |", r"\delta = D_{an}^2 - D_{ap}^2")
    note.must_say(r"坍缩时所有距离为 0，损失恰为 \alpha")
    assert triplet(np.zeros((3, 2)), 0.2) == 0.2
    card("contrastive-triplet-loss").must_say(r"\max(0, D_{ap}^2 - D_{an}^2 + \alpha)")


def test_similar_pairs_alone_are_best_collapsed(card: Cards) -> None:
    """Without dissimilar pairs, all inputs on one point cost nothing at all; with one, they do."""
    point = np.ones(3)
    assert contrastive(point, point, similar=True) == 0
    assert contrastive(point, point, similar=False) > 0
    card("triplet-mining").must_say("只拉近相似的样本对，通常也会坍缩")


def infonce(scores: Array, right: int, temperature: float) -> float:
    """Return the InfoNCE loss, written as the note writes it."""
    shares = np.exp(scores / temperature)
    return float(-np.log(shares[right] / shares.sum()))


def test_infonce_is_a_cross_entropy(card: Cards, rng: np.random.Generator) -> None:
    """It is the cross entropy of finding the positive among the candidates, ln B if at a loss."""
    scores = rng.normal(size=8)
    for right in range(8):
        expected = cross_entropy(np.eye(8)[right], scores / 0.5)
        assert infonce(scores, right, 0.5) == pytest.approx(expected)
    blind = infonce(np.zeros(8), 3, 0.5)
    assert blind == pytest.approx(math.log(8))
    note = card("infonce")
    note.must_say(rf"\ln B：B = 8 时约 {blind:.2f}", "交叉熵（softmax 分类）")
    note.must_say(r"\frac{\exp(s(u, v_+) / T)}{\sum_{j=1}^{B} \exp(s(u, v_j) / T)}")


def test_cross_encoders_read_every_pair(card: Cards) -> None:
    """Among ten thousand sentences there are this many pairs, for ten thousand encodings."""
    sentences = 10_000
    pairs = sum(sentences - 1 - first for first in range(sentences))
    note = card("bi-vs-cross-encoder")
    note.must_say("在 10000 个句子里找最相似的一对")
    note.must_say(rf"10000 \times 9999 / 2 = {pairs} 次", f"只要编码 {sentences} 次")


def test_longer_vectors_satisfy_any_margin(card: Cards) -> None:
    """Where vectors may grow, a triplet in the right order loses its loss without being learned."""
    losses = [max(0.0, (scale * 0.8) ** 2 - (scale * 0.9) ** 2 + 0.2) for scale in (1, 1.1)]
    assert losses[0] > losses[1] == 0
    unit = np.linspace(-1, 1, 201)
    assert np.max(2 - 2 * unit) == 4  # the squared distance of unit vectors by their cosine
    note = card("contrastive-triplet-loss")
    note.must_say("距离平方不超过 4", "只要把向量整体放大，次序已对的三元组就能满足间隔")
