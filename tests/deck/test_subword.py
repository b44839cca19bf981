"""Subwords: what BPE, WordPiece and unigram learn and cut is what the notes say."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pytest

from tests.deck.cards import Card, Cards

CORPUS = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
Pair = tuple[str, str]


def merge(symbols: Sequence[str], pair: Pair) -> list[str]:
    """Join each neighbouring pair of these two symbols."""
    joined: list[str] = []
    for symbol in symbols:
        if joined and (joined[-1], symbol) == pair:
            joined[-1] += symbol
        else:
            joined.append(symbol)
    return joined


def count_pairs(words: Mapping[str, Sequence[str]], corpus: Mapping[str, int]) -> Counter[Pair]:
    """Count neighbouring symbols, weighed by their words' frequencies, in order of appearance."""
    counts: Counter[Pair] = Counter()
    for word, symbols in words.items():
        for pair in pairwise(symbols):
            counts[pair] += corpus[word]
    return counts


def learn(corpus: Mapping[str, int], merges: int) -> list[tuple[Pair, int]]:
    """Learn BPE's merges, each with its count; of equals the pair that appears first."""
    words: dict[str, list[str]] = {word: [*word, "</w>"] for word in corpus}
    learned = []
    for _ in range(merges):
        [(pair, count)] = count_pairs(words, corpus).most_common(1)
        learned.append((pair, count))
        words = {word: merge(symbols, pair) for word, symbols in words.items()}
    return learned


def encode(word: str, merges: Sequence[Pair]) -> list[str]:
    """Cut a word as BPE does: always by the rule that was learned first."""
    symbols = [*word, "</w>"]
    while pairs := set(pairwise(symbols)) & set(merges):
        symbols = merge(symbols, min(pairs, key=merges.index))
    return symbols


def longest_match(word: str, vocabulary: set[str], inside: str = "") -> list[str]:
    """Cut a word from the left, always into the longest subword there is; [UNK] if it cannot be."""
    pieces: list[str] = []
    while word:
        mark = inside if pieces else ""
        lengths = [n for n in range(1, len(word) + 1) if mark + word[:n] in vocabulary]
        if not lengths:
            return ["[UNK]"]
        pieces.append(mark + word[: lengths[-1]])
        word = word[lengths[-1] :]
    return pieces


def test_bpe_merges_what_the_example_says(card: Cards) -> None:
    """The example's corpus gives these three merges with these counts, and then a fourth."""
    *three, (fourth, count) = learn(CORPUS, 4)
    note = card("bpe-example")
    note.must_say("语料为 " + "、".join(f"{word} {times} 次" for word, times in CORPUS.items()))
    note.must_say(*(f"{left} + {right} | {times} |" for (left, right), times in three))
    note.must_say(f"轮到 {fourth[0]} + {fourth[1]}，{count} 次，与 o + w 并列")
    places = [note.text.index(f"{left}+{right}|") for (left, right), _ in three]
    assert places == sorted(places), note


def test_the_example_has_a_tie(card: Cards) -> None:
    """Three pairs are equally frequent at first, and the one that appears first wins."""
    counts = count_pairs({word: [*word, "</w>"] for word in CORPUS}, CORPUS)
    assert counts["e", "s"] == counts["s", "t"] == max(counts.values())
    assert counts["t", "</w>"] == counts["s", "t"]
    tie = f"第一步 e + s、s + t、t + </w> 都是 {counts['e', 's']} 次"
    card("bpe-example").must_say(tie, "取先出现的一对", "newest 6、widest 3")


def test_each_merge_adds_one_symbol(card: Cards) -> None:
    """BPE's vocabulary has the characters and one symbol for each merge."""
    characters = {"</w>", *"".join(CORPUS)}
    for merges in range(8):
        symbols = characters | {left + right for (left, right), _ in learn(CORPUS, merges)}
        assert len(symbols) == len(characters) + merges
    card("bpe-training").must_say(
        "词表大小 = 初始符号数（字符和 </w>）+ 合并次数", "词尾加一个结束符 </w>"
    )


def test_merge_order_is_not_longest_match(card: Cards) -> None:
    """With one and the same vocabulary, BPE and the longest match may cut a word differently."""
    corpus = {"bcd": 5, "abd": 3}
    merges = [pair for pair, _ in learn(corpus, 5)]
    vocabulary = {*"abcd", "</w>", *(left + right for left, right in merges)}
    by_order = encode("abc", merges)
    assert by_order == ["a", "bc", "</w>"]
    assert longest_match("abc", vocabulary) == ["ab", "c"]
    card("bpe-encoding").must_say("那是 WordPiece（BERT）的做法。两者结果可能不同")


def test_bpe_cuts_a_new_word_by_its_merges(card: Cards) -> None:
    """`lowest` is not in the corpus, and is cut into `low` and `est`."""
    merges = [pair for pair, _ in learn(CORPUS, 5)]
    assert encode("lowest", merges) == ["low", "est</w>"]
    card("why-subword").must_say("lowest 拆成 low 与 est")


def test_bert_cuts_from_the_left(card: Cards) -> None:
    """The greedy longest match cuts the example, and gives up a word that it cannot cut."""
    vocabulary = {"em", "e", "##bed", "##b", "##ding", "##d"}
    pieces = longest_match("embedding", vocabulary, inside="##")
    note = card("wordpiece")
    note.must_say("embedding 切成 " + "、".join(pieces))
    assert longest_match("embedx", vocabulary, inside="##") == ["[UNK]"]
    note.must_say("BERT 把整个词记作 [UNK]")


def test_the_ratio_of_wordpiece_prefers_rare_pairs(card: Cards) -> None:
    """By the note's ratio the example's first merge is rarer than by the gain in likelihood."""
    counts = Counter[str]()
    for word, times in CORPUS.items():
        counts.update({symbol: times * n for symbol, n in Counter(word).items()})
    pairs, total = count_pairs({word: [*word] for word in CORPUS}, CORPUS), counts.total()

    def ratio(pair: Pair) -> float:
        return pairs[pair] / (counts[pair[0]] * counts[pair[1]])

    def gain(pair: Pair) -> float:
        return pairs[pair] * math.log(total * ratio(pair))

    bound, best = max(pairs, key=ratio), max(pairs, key=gain)
    assert pairs[bound] < pairs[best]
    note = card("wordpiece")
    note.must_say(r"\frac{\mathrm{count}(ab)}{\mathrm{count}(a)\mathrm{count}(b)}")
    note.must_say(r"n_{ab} \log \frac{N n_{ab}}{n_a n_b}", "只看比值会偏向罕见的对")


def segmentations(word: str) -> Iterator[list[str]]:
    """Yield every way to cut a word."""
    if not word:
        yield []
    for n in range(1, len(word) + 1):
        yield from ([word[:n], *rest] for rest in segmentations(word[n:]))


def viterbi(word: str, p: Mapping[str, float]) -> float:
    """Return the log probability of the likeliest cut, prefix by prefix."""
    best = [0.0]
    for end in range(1, len(word) + 1):
        cuts = [
            best[index] + math.log(p[word[index:end]])
            for index in range(end)
            if word[index:end] in p
        ]
        best.append(max(cuts, default=-math.inf))
    return best[-1]


@pytest.mark.parametrize("word", ["abba", "babab", "aaaaaaa", "abcabcab"])
def test_viterbi_finds_the_likeliest_cut(word: str, card: Cards, rng: np.random.Generator) -> None:
    """What dynamic programming finds is the best of all cuts, as a product of probabilities."""
    pieces = {piece for cut in segmentations(word) for piece in cut if len(piece) < 4}
    p = dict(zip(sorted(pieces), rng.dirichlet(np.ones(len(pieces))), strict=True))
    every = [math.prod(p.get(piece, 0) for piece in cut) for cut in segmentations(word)]
    assert len(every) == 2 ** (len(word) - 1)
    assert math.exp(viterbi(word, p)) == pytest.approx(max(every))
    card("unigram-lm").must_say("维特比算法", r"P(x) = \prod_{i} p(x_i)")


def test_the_vocabulary_of_gpt2(card: Cards) -> None:
    """256 bytes, 50000 merges and one end-of-text symbol are GPT-2's vocabulary."""
    size = len({bytes([byte]) for byte in range(256)}) + 50000 + len({"<|endoftext|>"})
    card("byte-level-bpe").must_say(f"256 个字节 + 50000 次合并 + 1 个文本结束符 = {size}")
    card("byte-level-bpe").must_say("UTF-8 编码后的字节，共 256 种", "基本词表只有 256 个")
    card("gpt2").must_say(f"词表 {size}")


def test_every_text_is_bytes(card: Cards, cards: Mapping[str, Card]) -> None:
    """The Chinese characters of this deck take 3 bytes each, and no text is outside of bytes."""
    characters = {char for note in cards.values() for char in note.text if "一" <= char <= "鿿"}
    lengths = {len(char.encode()) for char in characters}
    assert len(characters) > 500
    card("byte-level-bpe").must_say(*(f"一个常用汉字在 UTF-8 里占 {n} 个字节" for n in lengths))
    for text in ("词", "naïve", "🙂"):
        assert bytes(list(text.encode())).decode() == text


def test_the_space_of_sentencepiece(card: Cards) -> None:
    """With the visible space as a symbol, pieces are joined to the very text."""
    space = chr(0x2581)
    text = "Hello world 你好"
    pieces = text.replace(" ", space)
    for cut in ([pieces], list(pieces), [pieces[:7], pieces[7:]]):
        assert "".join(cut).replace(space, " ") == text
    card("sentencepiece").must_say(f"{space}（U+{ord(space):04X}）", "切分可逆")
