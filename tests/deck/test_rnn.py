"""Recurrent networks: parameter counts, gates and gradients are what the notes say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.deck.cards import Cards
from tests.deck.numerics import Array, Weights, jacobian, sigmoid

SIZES = [(m, n) for m in (1, 2, 5) for n in (1, 3, 4)]


def affine(w: Weights, name: str, x: Array, h: Array, biases: int) -> Array:
    """Return a gate's sum before its activation, with one bias or, as in PyTorch, two."""
    total = w(f"W{name}", h.size, x.size) @ x + w(f"U{name}", h.size, h.size) @ h
    return total + sum(w(f"b{name}{index}", h.size) for index in range(biases))


def lstm_step(
    w: Weights, x: Array, h: Array, c: Array, biases: int = 1, peephole: bool = False
) -> tuple[Array, Array]:
    """Run one step of an LSTM and return the new h and c."""
    size = c.size

    def gate(name: str, memory: Array) -> Array:
        seen = w(f"v{name}", size) * memory if peephole else 0
        return sigmoid(affine(w, name, x, h, biases) + seen)

    candidate = np.tanh(affine(w, "c", x, h, biases))
    new = gate("f", c) * c + gate("i", c) * candidate
    return gate("o", new) * np.tanh(new), new


def gru_step(w: Weights, x: Array, h: Array, biases: int = 1) -> Array:
    """Run one step of a GRU: with one bias as in the paper, with two as in PyTorch."""
    r, z = (sigmoid(affine(w, gate, x, h, biases)) for gate in "rz")
    if biases == 1:
        candidate = np.tanh(affine(w, "n", x, r * h, biases))
    else:
        recurrent = w("Un", h.size, h.size) @ h + w("bn1", h.size)
        candidate = np.tanh(w("Wn", h.size, x.size) @ x + w("bn0", h.size) + r * recurrent)
    return z * h + (1 - z) * candidate


def lstm_count(m: int, n: int, biases: int, peephole: bool = False) -> int:
    """Count the parameters that a step of an LSTM uses."""
    w = Weights()
    lstm_step(w, np.zeros(m), np.zeros(n), np.zeros(n), biases, peephole)
    return w.count


def gru_count(m: int, n: int, biases: int) -> int:
    """Count the parameters that a step of a GRU uses."""
    w = Weights()
    gru_step(w, np.zeros(m), np.zeros(n), biases)
    return w.count


@pytest.mark.parametrize("gate", ["i", "f", "o", "c"])
def test_each_part_of_an_lstm_reads_state_and_input(
    gate: str, card: Cards, rng: np.random.Generator
) -> None:
    """One matrix on [h; x] is what separate matrices for h and x are, and the notes write it."""
    w, x, h = Weights(rng), rng.normal(size=2), rng.normal(size=3)
    total = affine(w, gate, x, h, 1)
    joined = np.hstack([w(f"U{gate}", 3, 3), w(f"W{gate}", 3, 2)])
    assert np.allclose(joined @ np.concatenate([h, x]) + w(f"b{gate}0", 3), total)
    left, function = (r"\tilde c_t", r"\tanh") if gate == "c" else (f"{gate}_t", r"\sigma")
    card("lstm-structure").must_say(
        rf"{left} &= {function}(W_{gate} [h_{{t-1}}; x_t] + b_{gate})",
        r"| c_t &= f_t \odot c_{t-1} + i_t \odot \tilde c_t |",
        r"| h_t &= o_t \odot \tanh(c_t)",
    )


def test_the_gru_of_the_notes_is_the_one_that_is_computed(card: Cards) -> None:
    """Both notes write the step of a GRU as it is computed here."""
    candidate = r"\tilde h_t &= \tanh(W_h [r_t \odot h_{t-1}; x_t] + b_h)"
    state = r"| h_t &= z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t"
    for gate in "rz":
        card("gru-structure").must_say(
            rf"{gate}_t &= \sigma(W_{gate} [h_{{t-1}}; x_t] + b_{gate})", candidate, state
        )
    card("gru-update").must_say(candidate, state)


@pytest.mark.parametrize(
    ("note", "count", "biases", "tex", "formula"),
    [
        ("lstm-params", lstm_count, 1, "4(nm + n^2 + n)", lambda m, n: 4 * (n * m + n**2 + n)),
        ("lstm-params", lstm_count, 2, "4(nm + n^2 + 2n)", lambda m, n: 4 * (n * m + n**2 + 2 * n)),
        ("gru-params", gru_count, 1, "3(nm + n^2 + n)", lambda m, n: 3 * (n * m + n**2 + n)),
        ("gru-params", gru_count, 2, "3(nm + n^2 + 2n)", lambda m, n: 3 * (n * m + n**2 + 2 * n)),
    ],
)
def test_parameter_formulas_count_the_arrays(
    note: str,
    count: Callable[[int, int, int], int],
    biases: int,
    tex: str,
    formula: Callable[[int, int], int],
    card: Cards,
) -> None:
    """The formulas for the parameters of LSTM and GRU hold for every size."""
    assert [count(m, n, biases) for m, n in SIZES] == [formula(m, n) for m, n in SIZES]
    card(note).must_say(tex, r"输入权重 n \times m", r"循环权重 n \times n", "偏置 n")


def test_pytorch_lstm_has_as_many_parameters_as_its_note_says(card: Cards) -> None:
    """`nn.LSTM(100, 200)` has this many parameters: with one bias, with two, and both ways."""
    one, two = (lstm_count(100, 200, biases) for biases in (1, 2))
    note = card("lstm-params-number")
    note.must_answer(f"{two}")
    sentence = (
        rf"每组 200 \times 100 + 200 \times 200 个权重、2 \times 200 个偏置，共 {two // 4} 个"
    )
    note.must_say("nn.LSTM(100, 200)", f"{sentence}；4 组就是 4 \\times {two // 4} = {two}")
    note.must_say(f"只有一个偏置，则是 {one}", f"双向再乘 2，为 {2 * two}")


def test_pytorch_gru_has_as_many_parameters_as_its_note_says(card: Cards) -> None:
    """`nn.GRU(100, 200)` has this many parameters, and these are its parts."""
    w = Weights()
    gru_step(w, np.zeros(100), np.zeros(200), 2)
    inputs, loops, biases = (
        sum(array.size for name, array in w.arrays.items() if name[0] == kind) for kind in "WUb"
    )
    note = card("gru-params-number")
    note.must_say("nn.GRU(100, 200)")
    note.must_answer(f"{w.count}")
    note.must_say(f"3 \\times 200 \\times 100 = {inputs}", f"3 \\times 200 \\times 200 = {loops}")
    note.must_say(f"3 \\times 2 \\times 200 = {biases}")


def test_a_gru_has_a_quarter_fewer_parameters(card: Cards) -> None:
    """GRU and LSTM of one size have parameters as 3 to 4."""
    for m, n in SIZES:
        assert gru_count(m, n, 1) * 4 == lstm_count(m, n, 1) * 3
    card("lstm-vs-gru").must_say("参数组数 | 4 | 3 |", "参数少四分之一")
    card("lstm-params").must_say("各一组，共 4 组")


def test_peepholes_add_three_vectors(card: Cards) -> None:
    """Peepholes cost 3n parameters more, whatever the input's size."""
    for m, n in SIZES:
        assert lstm_count(m, n, 1, peephole=True) - lstm_count(m, n, 1) == 3 * n
    card("lstm-peephole").must_say("只多 3n 个参数", r"v_o \odot c_t", r"v_i \odot c_{t-1}")
    card("lstm-peephole").must_say(r"v_f \odot c_{t-1}", "看旧的 c_{t-1}，输出门看新的 c_t")


def test_a_bidirectional_lstm_doubles_parameters_and_output(
    card: Cards, rng: np.random.Generator
) -> None:
    """Two directions are twice the parameters, and what the next layer reads has 2n numbers."""
    w, n = (Weights(rng), Weights(rng)), 3
    h = [np.zeros(n)] * 2
    for x in rng.normal(size=(4, 5)):
        h = [
            lstm_step(weights, x, state, np.zeros(n))[0]
            for weights, state in zip(w, h, strict=True)
        ]
    assert sum(weights.count for weights in w) == 2 * lstm_count(5, n, 1)
    assert np.concatenate(h).size == 2 * n
    one_way, both_ways = lstm_count(n, n, 1), 2 * lstm_count(2 * n, n, 1)
    assert both_ways > 2 * one_way  # in the second layer
    card("bilstm").must_say(
        "输出为 2n 维；单层时参数量是单向的两倍，多层则不止", "第二层的输入维度是 2n"
    )


def test_reset_before_and_after_the_product_differ(card: Cards, rng: np.random.Generator) -> None:
    """Resetting before the product and behind it gives different functions."""
    w, h, r = rng.normal(size=(3, 3)), rng.normal(size=3), rng.uniform(size=3)
    assert not np.allclose(w @ (r * h), r * (w @ h), atol=0.01)
    note = card("gru-reset-position")
    note.must_say(r"W(r_t \odot h_{t-1})", r"r_t \odot (W h_{t-1} + b)", "两者一般不等价")


def test_the_two_biases_of_an_lstm_merge(card: Cards, rng: np.random.Generator) -> None:
    """An LSTM with two biases does what one with their sum does."""
    two, x, h, c = Weights(rng), rng.normal(size=2), rng.normal(size=3), rng.normal(size=3)
    expected = lstm_step(two, x, h, c, biases=2)
    merged = Weights()
    merged.arrays = {
        **two.arrays,
        **{f"b{g}0": two(f"b{g}0", 3) + two(f"b{g}1", 3) for g in "ifoc"},
    }
    assert np.allclose(lstm_step(merged, x, h, c, biases=1), expected)
    card("lstm-params").must_say("合并成一个也不改变模型；PyTorch 的 GRU 则不然")


@pytest.mark.parametrize(("part", "same"), [("r", True), ("z", True), ("n", False)])
def test_only_the_candidate_of_a_gru_needs_two_biases(
    part: str, same: bool, card: Cards, rng: np.random.Generator
) -> None:
    """A bias can move from the recurrent side to the input's in the gates, not in the candidate."""
    w, x, h = Weights(rng), rng.normal(size=2), rng.normal(size=3)
    before = gru_step(w, x, h, biases=2)
    w.arrays[f"b{part}0"], w.arrays[f"b{part}1"] = (
        w(f"b{part}0", 3) + w(f"b{part}1", 3),
        np.zeros(3),
    )
    assert np.allclose(gru_step(w, x, h, biases=2), before, atol=1e-9) is same
    card("gru-params").must_say("在两个门里可以合并，在候选状态里却不行", "W_{hn} h_{t-1} + b_{hn}")


def test_an_open_update_gate_keeps_the_state(card: Cards, rng: np.random.Generator) -> None:
    """With z = 1 a GRU keeps its state and its gradient; z = 0 and r = 1 make it a tanh RNN."""
    w, x, h = Weights(rng), rng.normal(size=2), rng.normal(size=3)
    gru_step(w, x, h)
    w.arrays["bz0"] = np.full(3, 60.0)
    assert np.allclose(gru_step(w, x, h), h)
    assert np.allclose(jacobian(lambda state: gru_step(w, x, state), h), np.eye(3))
    w.arrays["bz0"], w.arrays["br0"] = np.full(3, -60.0), np.full(3, 60.0)
    assert np.allclose(gru_step(w, x, h), np.tanh(affine(w, "n", x, h, 1)))
    card("gru-update").must_say("z_t = 1 时 h_t = h_{t-1}", "z_t = 0 且 r_t = 1 时，退化成")


def test_the_gradient_through_time_is_a_product_of_jacobians(
    card: Cards, rng: np.random.Generator
) -> None:
    """The product of the steps' Jacobians, last step first, is the derivative of h_t by h_k."""
    w, steps, h = rng.normal(size=(3, 3)), rng.normal(size=(4, 3)), rng.normal(size=3)

    def run(state: Array) -> Array:
        for x in steps:
            state = np.tanh(w @ state + x)
        return state

    product, state = np.eye(3), h
    for x in steps:
        state = np.tanh(w @ state + x)
        product = np.diag(1 - state**2) @ w @ product
    assert np.allclose(product, jacobian(run, h), atol=1e-8)
    card("rnn-bptt").must_say(
        r"h_t = \tanh(W_h h_{t-1} + W_x x_t + b)", r"J_i &= \frac{\partial h_i}{\partial h_{i-1}} ="
    )
    card("rnn-bptt").must_say(r"\mathrm{diag}(1 - h_i^2) W_h", r"J_t J_{t-1} \cdots J_{k+1}")


def test_ten_steps_of_a_sigmoid_leave_a_millionth(card: Cards) -> None:
    """The steepest slope of tanh is 1 and of the sigmoid 1/4; ten of the latter leave 9.5e-7."""
    grid = np.linspace(-4, 4, 801)
    for slopes, steepest in ((np.tanh, 1), (sigmoid, 1 / 4)):
        assert np.gradient(slopes(grid), grid).max() == pytest.approx(steepest, abs=1e-3)
    left = float(np.prod([1 / 4] * 10))
    mantissa, exponent = f"{left:.1e}".split("e")
    note = card("rnn-vanishing")
    note.must_say(
        rf"(1/4)^{{10}} \approx {mantissa} \times 10^{{{int(exponent)}}}", "不到百万分之一"
    )
    note.must_say(
        "tanh 为 1，sigmoid 为 1/4", "sigmoid 的导数至多 1/4，循环权重为标量 1 时，传回 10 步"
    )
    assert left < 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_gradients_vanish_below_the_bound(seed: int, card: Cards) -> None:
    """With the largest singular value under 1/γ, k Jacobians shrink at least like its power."""
    rng = np.random.default_rng(seed)
    w = rng.normal(size=(4, 4))
    w *= 0.9 * 4 / np.linalg.norm(w, 2)
    product = np.eye(4)
    for k in range(1, 51):
        slopes = sigmoid(rng.normal(size=4))
        product = np.diag(slopes * (1 - slopes)) @ w @ product
        assert np.linalg.norm(product, 2) <= 0.9**k
    card("rnn-vanishing").must_say(r"\lambda_1 < 1/\gamma 时必然消失")


def test_gradients_above_the_bound_need_not_explode(card: Cards) -> None:
    """A singular value over 1/γ is necessary for an explosion, but it may vanish all the same."""
    w = np.array([[0.0, 10], [0, 0]])
    assert np.linalg.norm(w, 2) > 1
    assert not (w @ w).any()
    card("rnn-vanishing").must_say(r"\lambda_1 > 1/\gamma 时可能爆炸（必要条件，不充分）")


def test_the_direct_path_of_the_memory_is_the_forget_gate(
    card: Cards, rng: np.random.Generator
) -> None:
    """The derivative of the memory by the one before, gates held fixed, is diag(f)."""
    w, x, h, c = Weights(rng), rng.normal(size=2), rng.normal(size=3), rng.normal(size=3)
    derivative = jacobian(lambda memory: lstm_step(w, x, h, memory)[1], c)
    assert np.allclose(derivative, np.diag(sigmoid(affine(w, "f", x, h, 1))), atol=1e-8)
    card("lstm-gradient").must_say(
        r"\frac{\partial c_t}{\partial c_{t-1}} \approx \mathrm{diag}(f_t)"
    )


def test_the_picture_of_the_forget_gate_tells_what_is_left(card: Cards) -> None:
    """After 50 steps a forget gate of 0.99 leaves six tenths, one of 0.9 next to nothing."""

    def left(forget: float, steps: int) -> float:
        def run(memory: Array) -> Array:
            for _ in range(steps):
                memory = forget * memory + 0.3
            return memory

        return float(jacobian(run, np.ones(1))[0, 0])

    tenths = "零一二三四五六七八九"[round(10 * left(0.99, 50))]
    card("lstm-gradient").must_say(f"0.99 时，梯度隔 50 步还剩约{tenths}成", "0.9 时隔 50 步接近 0")
    assert left(0.9, 50) < 0.01
    assert left(0.5, 7) < 0.01


def test_an_lstm_keeps_more_than_it_shows(card: Cards) -> None:
    """The memory may leave (−1, 1), but what the cell puts out cannot."""
    w, c = Weights(), np.zeros(1)
    w.arrays = {f"b{gate}0": np.full(1, 5.0) for gate in "ifoc"}
    for _ in range(3):
        h, c = lstm_step(w, np.zeros(1), np.zeros(1), c)
    assert c[0] > 1 > h[0]
    card("lstm-update").must_say(
        r"c_t &= f_t \odot c_{t-1} + i_t \odot \tilde c_t",
        "可以超出(-1, 1)，经过 \\tanh 才被压回来",
    )


def clip(g: Array, threshold: float) -> Array:
    """Clip a gradient by its norm."""
    norm = np.linalg.norm(g)
    return g * (threshold / norm) if norm > threshold else g


@pytest.mark.parametrize("length", [0.01, 0.99, 1.01, 1e6])
def test_clipping_by_norm_only_shortens(
    length: float, card: Cards, rng: np.random.Generator
) -> None:
    """A clipped gradient has at most the norm θ and its old direction; a small one stays."""
    g = rng.normal(size=5)
    g *= length / np.linalg.norm(g)
    clipped = clip(g, 1)
    assert np.linalg.norm(clipped) == pytest.approx(min(length, 1))
    assert np.allclose(clipped / np.linalg.norm(clipped), g / length)
    card("gradient-clipping").must_say(
        r"\lVert g \rVert > \theta", r"g \leftarrow \frac{\theta}{\lVert g \rVert} g"
    )


def test_clipping_by_value_turns_the_gradient(card: Cards) -> None:
    """Cutting off each component changes the direction."""
    g = np.array([3.0, 1.0])
    cut = np.clip(g, -1, 1)
    assert cut[1] / cut[0] != g[1] / g[0]
    card("gradient-clipping").must_say("（按值裁剪）则一般会改变方向", "只缩短、不转向")
