"""Pre-trained models: sizes and shares are what the notes say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.deck.bert import BASE, LARGE, bert, encoder_layer
from tests.deck.cards import Cards
from tests.deck.numerics import Weights


@pytest.mark.parametrize(("name", "size"), [("BASE", BASE), ("LARGE", LARGE)])
def test_berts_have_about_as_many_parameters(name: str, size: dict[str, int], card: Cards) -> None:
    """The forward pass of each BERT uses about as many parameters as its note says."""
    w = Weights()
    bert(w, [101], **size)
    dimensions = f"{size['layers']} 层、{size['d']} 维、{size['heads']} 头"
    card("bert").must_say(f"{name}：{dimensions}，约 {w.count / 1e8:.1f} 亿参数")


def test_masked_tokens_have_their_shares(card: Cards) -> None:
    """Of all tokens 15% are to be predicted; what replaces them makes up the whole of these."""
    note = card("bert-mlm")
    shares = {"换成 [MASK]": 80, "换成随机的词元": 10, "保持不变": 10}
    note.must_say("随机选出 15% 的词元", *(f"{share}% {fate}" for fate, share in shares.items()))
    assert sum(shares.values()) == 100
    card("bert-limits").must_say("/".join(map(str, shares.values())), "只有 15% 的词产生损失")
    card("mlm-vs-ar").must_say("约 15% 的位置")
    card("electra").must_say("MLM 只有 15%")


def test_only_the_chain_rule_assumes_nothing(card: Cards, rng: np.random.Generator) -> None:
    """Conditionals multiply to any joint distribution; marginals only to an independent one."""
    joint = rng.dirichlet(np.ones(6)).reshape(2, 3)
    first, second = joint.sum(axis=1), joint.sum(axis=0)
    conditionals = np.array([row / row.sum() for row in joint])
    assert np.allclose(first[:, None] * conditionals, joint)
    assert not np.allclose(np.outer(first, second), joint, atol=0.01)
    card("mlm-vs-ar").must_say("给定未遮的词，当作独立 | 链式法则，不作假设 |")


def test_albert_factorises_its_embedding(card: Cards) -> None:
    """A small table and a projection have this many parameters, 5.9 times fewer than one table."""
    factorised, whole = Weights(), Weights()
    x = factorised("words", 30000, 128)[[7]]
    assert factorised.linear("projection", x, 768, bias=False).shape == (1, 768)
    table, projection = (array.size for array in factorised.arrays.values())
    size = whole("words", 30000, 768).size
    note = card("albert-embedding-number")
    note.must_say("词表 30000、嵌入维度 E = 128、隐藏维度 768")
    note.must_answer(f"{factorised.count}")
    note.must_say(rf"30000 \times 128 = {table}", rf"128 \times 768 = {projection}")
    note.must_say(rf"30000 \times 768 = {size}，约为 {size / factorised.count:.1f} 倍")
    card("albert").must_say("从 |V|d 降到 |V|E + E d")


def test_shared_layers_save_parameters_but_no_work(card: Cards, rng: np.random.Generator) -> None:
    """Twelve layers that share their arrays have a twelfth of them, and run twelve times."""
    x, counts = rng.normal(size=(2, 4)), []
    for names in (["shared"] * 12, [f"{layer}" for layer in range(12)]):
        w, outputs = Weights(rng), [x]
        for name in names:
            outputs.append(encoder_layer(w, name, outputs[-1], heads=2))
        counts.append(w.count)
        assert len(outputs) == 12 + 1
    assert counts[1] == 12 * counts[0]
    card("albert").must_say("12 层照样要算 12 遍", "所有层共用一组参数")


def test_the_scores_on_named_entities_differ_by_what_is_said(card: Cards) -> None:
    """What a note says of a difference is the difference of the two results that it cites."""
    note = card("fine-tuning-vs-features")
    note.must_say("96.1 对 96.4", f"低 {96.4 - 96.1:.1f} 个 F1")


def test_context_and_vocabulary_agree_between_the_notes(card: Cards) -> None:
    """The notes on GPT-2 and on positions name the same lengths."""
    card("gpt2").must_say("上下文 512 → 1024")
    card("position-comparison").must_say("BERT 为 512，GPT-2 为 1024")


def test_the_size_of_gpt2_follows_from_its_structure(card: Cards) -> None:
    """The matrices, biases and norms of 48 layers of 1600, and the embeddings, are so many."""
    layers, width, vocabulary, positions = 48, 1600, 50257, 1024
    attention = 4 * (width * width + width)
    feed_forward = width * 4 * width + 4 * width + 4 * width * width + width
    norms = 2 * 2 * width
    embeddings = (vocabulary + positions) * width
    count = layers * (attention + feed_forward + norms) + embeddings + 2 * width
    assert count == 1_557_611_200
    card("gpt2").must_say(
        f"{layers} 层、{width} 维，15 亿多参数（按结构数约 {count / 1e8:.1f} 亿）",
        f"512 → {positions}",
        f"词表 {vocabulary}",
    )
