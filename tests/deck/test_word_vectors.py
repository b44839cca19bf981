"""Word vectors: sampling, losses, n-grams and co-occurrences are what the notes say."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from heapq import heapify, heappop, heappush

import numpy as np
import pytest

from tests.deck.cards import Cards
from tests.deck.numerics import Array, gradient, log_softmax, sigmoid

VOCABULARY, SIZE = 12, 3


def test_three_quarters_flatten_the_frequencies(card: Cards) -> None:
    """The example's frequencies become these; the exponent lifts the rare and lowers the common."""
    frequencies = [0.9, 0.09, 0.01]
    powers = [math.sqrt(math.sqrt(frequency)) ** 3 for frequency in frequencies]
    shares = [power / sum(powers) for power in powers]
    assert shares[0] < 0.9
    assert all(1 / 3 > new > old for new, old in zip(shares[1:], frequencies[1:], strict=True))
    note = card("negative-sampling-power")
    note.must_say(
        "为什么要取 3/4 次方", "按一元词频 f(w) 的 3/4 次方", "把 0.9 和 0.01 各取 3/4 次方"
    )
    note.must_say("词频为 0.9、0.09、0.01", "约 " + "、".join(f"{share:.3f}" for share in shares))
    note.must_say(r"P(w) \propto f(w)^{3/4}")
    card("negative-sampling").must_say("一元词频的 3/4 次方")


def test_subsampling_drops_the_example_word(card: Cards) -> None:
    """A word that makes up a hundredth of the corpus is dropped with this probability."""
    share, threshold = 0.01, 1e-5
    kept = next(p for p in np.arange(0, 1, 1e-5) if p**2 >= threshold / share)
    note = card("subsampling")
    note.must_say(r"1 - \sqrt{t / f(w)}", "f(w) = 0.01、t = 10^{-5}", f"约为 {1 - kept:.3f}")
    note.must_say("公式为负（f(w) < t）时不丢弃", "取 t 约为 10^{-5}")
    assert 1 - math.sqrt(threshold / 0.9e-5) < 0


def rows_touched(loss: Callable[[Array, Array], float], w: Array, context: Array) -> int:
    """Count the vectors of both tables that a step of gradient descent would change."""
    both = np.stack([w, context])
    derivative = gradient(lambda tables: loss(tables[0], tables[1]), both)
    return int((np.abs(derivative).max(axis=-1) > 1e-9).sum())


@pytest.mark.parametrize("k", [2, 5])
def test_negative_sampling_changes_few_vectors(
    k: int, card: Cards, rng: np.random.Generator
) -> None:
    """A step changes k + 2 vectors: the word's, its context's and those of k negatives."""
    w, context = rng.normal(size=(2, VOCABULARY, SIZE))
    c, o, negatives = 3, 4, range(5, 5 + k)

    def loss(w: Array, context: Array) -> float:
        terms = [sigmoid(context[o] @ w[c]), *(sigmoid(-context[v] @ w[c]) for v in negatives)]
        return float(-np.log(terms).sum())

    assert rows_touched(loss, w, context) == k + 2
    note = card("sgns-loss")
    note.must_say(r"- \sum_{i=1}^{k} \log", r"v_1, \dots, v_k")
    note.must_say("每步至多更新 k + 2 个向量", "这是 k + 1 次二分类")
    note.must_say(r"\sigma(\tilde w_o^\top w_c)", r"\sigma(-\tilde w_{v_i}^\top w_c)")


def test_the_whole_softmax_changes_all_context_vectors(
    card: Cards, rng: np.random.Generator
) -> None:
    """A step with the whole softmax changes the vectors of all words."""
    w, context = rng.normal(size=(2, VOCABULARY, SIZE))
    touched = rows_touched(lambda w, context: -float(log_softmax(context @ w[3])[4]), w, context)
    assert touched == VOCABULARY + 1
    card("softmax-cost").must_say(r"所有的 \tilde w_v 都有梯度", r"\sum_{v=1}^{|V|}")


Tree = int | tuple["Tree", "Tree"]


def huffman_tree(frequencies: list[float]) -> Tree:
    """Join the two rarest trees until one is left."""
    queue: list[tuple[float, int, Tree]] = [
        (f, index, index) for index, f in enumerate(frequencies)
    ]
    heapify(queue)
    for number in range(len(queue), 2 * len(queue) - 1):
        (f, _, left), (g, _, right) = heappop(queue), heappop(queue)
        heappush(queue, (f + g, number, (left, right)))
    return queue[0][2]


def depths(tree: Tree, depth: int = 0) -> dict[int, int]:
    """Return how many decisions lead to each leaf."""
    if isinstance(tree, int):
        return {tree: depth}
    return {**depths(tree[0], depth + 1), **depths(tree[1], depth + 1)}


def test_hierarchical_softmax_is_a_distribution(card: Cards, rng: np.random.Generator) -> None:
    """The probabilities of all words sum to 1, with one classifier less than there are words."""
    w, nodes = rng.normal(size=SIZE), []

    def leaves(tree: Tree, reached: float) -> list[float]:
        if isinstance(tree, int):
            return [reached]
        nodes.append(tree)
        score = rng.normal(size=SIZE) @ w
        go_left, go_right = (float(sigmoid(sign * score)) for sign in (1, -1))
        return leaves(tree[0], reached * go_left) + leaves(tree[1], reached * go_right)

    for words in (2, 7, 30):
        nodes.clear()
        assert sum(leaves(huffman_tree(list(rng.uniform(size=words))), 1)) == pytest.approx(1)
        assert len(nodes) == words - 1
    note = card("hierarchical-softmax")
    note.must_say(
        r"\sigma(x) + \sigma(-x) = 1",
        "k + 1 次点积",
        r"约 \log_2 \lvert V \rvert 次点积",
        "自动等于 1",
        "内部节点共有 |V| - 1 个",
        r"\prod_{j \in \text{路径}(o)} \sigma(\pm \theta_j^\top w_c)",
    )


def test_a_million_words_take_twenty_decisions(card: Cards) -> None:
    """Halving a million words until one is left takes about 20 steps."""
    words, steps = 1_000_000, 0
    while words > 1:
        words, steps = -(-words // 2), steps + 1
    card("hierarchical-softmax").must_say(f"降到约 \\log_2 |V|：一百万个词只要约 {steps} 次二分类")


def test_huffman_shortens_the_average_path(card: Cards) -> None:
    """With frequencies like a language's, the average path is shorter than log₂ |V|."""
    frequencies = [1 / rank for rank in range(1, 257)]
    steps = depths(huffman_tree(frequencies))
    average = sum(steps[word] * f for word, f in enumerate(frequencies)) / sum(frequencies)
    assert average < math.log2(256)
    assert steps[0] < steps[255]
    card("hierarchical-softmax").must_say("高频词的路径更短，平均代价还要低")


def n_grams(word: str, sizes: range) -> list[str]:
    """Return the n-grams of a word between angle brackets that are not the whole of it."""
    marked = f"<{word}>"
    grams = [marked[index : index + n] for n in sizes for index in range(len(marked) - n + 1)]
    return [gram for gram in grams if gram != marked]


def test_fasttext_cuts_where_into_these_trigrams(card: Cards) -> None:
    """The trigrams in the text and in the picture are those of `<where>`, in order."""
    note, grams = card("fasttext-vs-word2vec"), n_grams("where", range(3, 4))
    note.must_say("取 n = 3 时，where 拆成 " + "、".join(grams) + "，再加整词 <where>")
    drawn = re.findall(r"^[a-f]: (\S+) \{in\}$", note.fences["fasttext-ngrams"], re.MULTILINE)
    assert drawn == [*grams, "<where>"], note
    note.must_say(f"{'零一二三四五六'[len(drawn)]}个向量相加")


def test_fasttext_counts_the_n_grams_of_where(card: Cards) -> None:
    """`where` has so many n-grams of 3 to 6 letters, and so many of each length."""
    grams = n_grams("where", range(3, 7))
    lengths = Counter(len(gram) for gram in grams)
    note = card("fasttext-ngram-count")
    note.must_say("取 3 到 6 的字符 n-gram")
    note.must_answer(f"{len(grams)}")
    note.must_say(
        "n = 3, 4, 5, 6 时各 "
        + "、".join(f"{lengths[n]}" for n in (3, 4, 5, 6))
        + f" 个，共 {len(grams)} 个"
    )
    note.must_say(f"词向量是 {len(grams) + 1} 个向量之和", f"一共 {len('<where>')} 个字符")
    assert all(lengths[n] == 7 - n + 1 for n in lengths)
    note.must_say("有 7 - n + 1 个 n-gram")


def glove_weight(x: float, power: float = 3 / 4) -> float:
    """Return the weight of a pair that is seen x times."""
    return float(min(1, (x / 100) ** power))


def test_glove_weighs_ten_occurrences(card: Cards) -> None:
    """Ten occurrences weigh 0.178, and 0.1 if the exponent were 1."""
    note, weight = card("glove-weight-number"), math.exp(-3 / 4 * math.log(10))
    assert weight == pytest.approx(glove_weight(10))
    note.must_say(r"取 x_{\max} = 100、\alpha = 3/4，共现 10 次的词对")
    note.must_answer(f"{weight:.3f}")
    note.must_say(
        rf"(10 / 100)^{{0.75}} = 10^{{-0.75}} \approx {weight:.3f}",
        f"权重只有 {glove_weight(10, 1):g}",
    )


def test_the_glove_weight_rises_to_one(card: Cards) -> None:
    """The weight is 0 without occurrences, rises, and is 1 from 100 occurrences on."""
    weights = [glove_weight(x) for x in range(201)]
    assert weights[0] == 0
    assert np.all(np.diff(weights[:101]) > 0)
    assert set(weights[100:]) == {1.0}
    note = card("glove-loss")
    note.must_say(r"\min(1, (x / x_{\max})^\alpha)", r"x_{\max} = 100，\alpha = 3/4")


def test_the_glove_picture_counts_the_three_sentences(card: Cards) -> None:
    """Its matrix is that of the sentences: neighbours count 1, words one apart 0.5."""
    note = card("glove-vs-word2vec")
    code = note.fences["glove-cooccurrence"].partition("plt.figure")[0]
    drawn: dict[str, object] = {}
    exec(code.replace("import matplotlib.pyplot as plt", ""), drawn)
    counts: defaultdict[tuple[str, str], float] = defaultdict(float)
    for sentence in ("我 爱 自然 语言", "我 爱 深度 学习", "深度 学习 处理 语言"):
        words = sentence.split()
        for apart, part in ((1, 1.0), (2, 0.5)):
            for pair in zip(words, words[apart:], strict=False):
                counts[pair] += part
                counts[pair[::-1]] += part
    names = "我 爱 自然 语言 深度 学习 处理".split()
    expected = np.array([[counts[a, b] for b in names] for a in names])
    assert drawn["words"] == names, note
    assert np.array_equal(np.asarray(drawn["X"]), expected), note
    assert np.array_equal(expected, expected.T)
    note.must_say("窗口为 2，相邻计 1，隔一词计 0.5；矩阵对称")
    card("glove-loss").must_say("相距 d 个词的一次共现只计 1/d")


@pytest.mark.parametrize("k", [1, 5])
def test_skip_gram_factorises_shifted_pmi(k: int, card: Cards, rng: np.random.Generator) -> None:
    """What maximises the objective of negative sampling for each pair is PMI − log k."""
    pairs = rng.integers(1, 50, size=(4, 5)).astype(float)
    total, words, contexts = pairs.sum(), pairs.sum(axis=1), pairs.sum(axis=0)
    negatives = k * np.outer(words, contexts) / total
    low, high = np.full(pairs.shape, -20.0), np.full(pairs.shape, 20.0)
    for _ in range(60):
        score = (low + high) / 2
        rises = pairs * sigmoid(-score) > negatives * sigmoid(score)
        low, high = np.where(rises, score, low), np.where(rises, high, score)
    pmi = np.log((pairs / total) / np.outer(words / total, contexts / total))
    assert np.allclose(low, pmi - math.log(k))
    card("glove-vs-word2vec").must_say(r"\tilde w_o^\top w_c = \mathrm{PMI}(c, o) - \log k")


def test_gloves_rounded_probabilities_give_another_ratio(card: Cards) -> None:
    """The table's ratio is the paper's; its rounded probabilities give what the note says."""
    solid_with_ice, solid_with_steam = 1.9e-4, 2.2e-5
    ratio = solid_with_ice / solid_with_steam
    note = card("glove-ratio")
    note.must_say(
        "直接相除会略有出入", rf"1.9 \times 10^{{-4}} / 2.2 \times 10^{{-5}} \approx {ratio:.1f}"
    )
    assert 8.9 < 1.95e-4 / 2.15e-5, "the paper's 8.9 lies within the rounding"
