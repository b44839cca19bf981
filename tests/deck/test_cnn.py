"""Convolutions: sizes, parameters, receptive fields and equivariance are what the notes say."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from tests.deck.cards import Cards
from tests.deck.numerics import Array, Weights, gradient

Layer = tuple[int, int, int]
"""The kernel's edge, the stride and the dilation of a layer."""


def stops(n: int, f: int, p: int, s: int, d: int = 1) -> int:
    """Count where a kernel can stop: all of its taps must lie on the padded input."""
    count = 0
    for left in range(0, n + 2 * p, s):
        count += all(left + d * tap < n + 2 * p for tap in range(f))
    return count


def correlate(x: Array, w: Array, stride: int = 1, pad: int = 0) -> Array:
    """Slide kernels (out, in, f, f) over an image (in, height, width) as frameworks do."""
    x, f = np.pad(x, ((0, 0), (pad, pad), (pad, pad))), w.shape[-1]
    rows, columns = (range(0, size - f + 1, stride) for size in x.shape[1:])
    windows = [[x[:, i : i + f, j : j + f] for j in columns] for i in rows]
    return np.tensordot(w, np.array(windows), axes=([1, 2, 3], [2, 3, 4]))


def inputs_seen(layers: list[Layer]) -> list[int]:
    """Return the inputs that the output 0 of stacked layers is computed from."""
    seen = {0}
    for f, s, d in reversed(layers):
        seen = {s * index + d * tap for index in seen for tap in range(f)}
    return sorted(seen)


def receptive_field(layers: list[Layer]) -> int:
    """Return the edge of the part of the input that an output is computed from."""
    seen = inputs_seen(layers)
    return seen[-1] - seen[0] + 1


@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_the_output_size_counts_the_stops_of_the_kernel(dilation: int, card: Cards) -> None:
    """The formula for the output's edge holds for every input, kernel, padding and stride."""
    for n, f, p, s in product(range(1, 14), range(1, 6), range(4), range(1, 5)):
        extent = dilation * (f - 1) + 1
        if extent <= n + 2 * p:
            assert stops(n, f, p, s, dilation) == (n + 2 * p - extent) // s + 1
    note = card("conv-output-size")
    note.must_say(r"\lfloor \frac{n + 2p - f}{s} \rfloor + 1", "d(f - 1) + 1 代替 f")
    card("dilated-conv").must_say("等效的核边长为 d(f - 1) + 1")


def test_the_examples_of_output_sizes(card: Cards) -> None:
    """The sizes that the notes give as examples are what a kernel's stops count."""
    card("conv-output-size").must_say("n = 224，f = 7，p = 3，s = 2 时")
    card("conv-output-size").must_say(rf"\lfloor 223 / 2 \rfloor + 1 = {stops(224, 7, 3, 2)}")
    note, edge = card("conv-output-number"), stops(64, 5, 1, 2)
    note.must_answer(f"{edge}")
    note.must_say(r"输入 64 \times 64，卷积核 5 \times 5，填充 1，步长 2")
    note.must_say(r"\lfloor (64 + 2 \times 1 - 5) / 2 \rfloor + 1")
    note.must_say(f"61 / 2 = 30.5，向下取整得 {edge - 1}，再加 1 得 {edge}")


def test_half_an_odd_kernel_as_padding_keeps_the_size(card: Cards) -> None:
    """With stride 1 and an odd kernel, a padding of (f − 1)/2 keeps the size."""
    for n, f in product(range(1, 12), (1, 3, 5, 7)):
        assert stops(n, f, (f - 1) // 2, 1) == n
    card("conv-output-size").must_say("步长为 1、f 为奇数时，取 p = (f - 1)/2 可保持尺寸不变")


def test_the_picture_of_stride_and_padding_sums_its_windows(card: Cards) -> None:
    """The first two outputs in the picture are the sums of the windows that it marks."""
    note = card("conv-output-size")
    padded = note.matrix("stride-padding", "a")
    sums = correlate(padded[None], np.ones((1, 1, 3, 3)), stride=2)[0]
    only_first, two = np.full((3, 3), np.nan), np.full((3, 3), np.nan)
    only_first[0, 0], two[0, :2] = sums[0, 0], sums[0, :2]
    note.must_show("stride-padding", "c", only_first)
    note.must_show("stride-padding", "d", two)
    assert rf"\lfloor (5 + 2 - 3)/2 \rfloor + 1 = {len(sums)}" in note.fences["stride-padding"]


def test_the_picture_of_a_convolution_is_computed_right(card: Cards) -> None:
    """Each number in the picture's output is its window times the kernel."""
    note = card("cnn-advantages")
    x, w = (note.matrix("convolution", cell) for cell in "ab")
    note.must_show("convolution", "c", correlate(x[None], w[None, None])[0])


def test_parameters_of_a_convolution(card: Cards, rng: np.random.Generator) -> None:
    """The parameters of a layer are its kernels' and do not depend on the input's size."""
    for f, inputs, outputs, n in product((1, 3), (1, 4), (1, 5), (6, 9)):
        w = Weights(rng)
        kernels = w("kernels", outputs, inputs, f, f)
        y = correlate(rng.normal(size=(inputs, n, n)), kernels) + w("b", outputs)[:, None, None]
        assert y.shape[0] == outputs
        assert w.count == outputs * (f**2 * inputs + 1)
    note, count = card("conv-params"), sum(np.zeros((64, 3, 3)).size + 1 for _ in range(128))
    note.must_say(r"3 \times 3 卷积核、64 个输入通道、128 个输出通道（带偏置）")
    note.must_say(
        r"C_{\text{out}} (f^2 C_{\text{in}} + 1)", rf"128 \times (9 \times 64 + 1) = {count}"
    )


def multiplications(n: int, f: int, inputs: int, outputs: int) -> int:
    """Count the multiplications of a layer with an n × n output, position by position."""
    kernel = np.zeros((inputs, f, f)).size
    return sum(kernel * outputs for _ in np.ndindex(n, n))


def test_multiplications_of_a_convolution(card: Cards) -> None:
    """Each output position costs one multiplication for each weight."""
    for f, inputs, outputs, n in product((1, 3), (1, 2), (1, 3), (2, 4)):
        taps = np.ndindex(outputs, inputs, f, f, n, n)
        assert multiplications(n, f, inputs, outputs) == sum(1 for _ in taps)
    card("conv-params").must_say(r"C_{\text{out}} f^2 C_{\text{in}} H_{\text{out}} W_{\text{out}}")


def test_sharing_saves_what_the_advantages_say(card: Cards) -> None:
    """Six kernels are 456 parameters; a dense layer for the same shapes has 14.45 million."""
    edge = stops(32, 5, 0, 1)
    w = Weights()
    w("kernels", 6, 3, 5, 5), w("biases", 6)
    dense = np.broadcast_to(0, (edge, edge, 6, 32, 32, 3)).size
    note = card("cnn-advantages")
    note.must_say(r"把 32 \times 32 \times 3 的输入", r"用 6 个 5 \times 5 卷积核")
    note.must_say(rf"输入变成 {edge} \times {edge} \times 6 的输出")
    note.must_say(rf"6 \times (5 \times 5 \times 3 + 1) = {w.count} 个参数")
    note.must_say(f"约 {dense / 1e4:.0f} 万个权重")


def test_three_small_kernels_see_what_a_large_one_sees(card: Cards) -> None:
    """Three 3 × 3 layers see 7 × 7 with 27 C² weights, where one layer has 49 C²."""
    channels, w = 10, Weights()
    small = sum(w(f"{layer}", channels, channels, 3, 3).size for layer in range(3))
    large = w("large", channels, channels, 7, 7).size
    edge = receptive_field([(3, 1, 1)] * 3)
    note = card("stacked-3x3")
    note.must_say("设输入、输出都是 C 个通道，步长为 1")
    note.must_say(r"用三层 3 \times 3 卷积代替一层 7 \times 7 卷积", r"三层 3 \times 3 也是")
    note.must_say(f"也是 {edge} \\times {edge}", f"3 \\times 9C^2 = {small // 100}C^2")
    note.must_say(f"一层要 {large // 100}C^2，多出 {large / small - 1:.0%}")


def test_a_1x1_convolution_is_a_dense_layer_at_each_position(
    card: Cards, rng: np.random.Generator
) -> None:
    """It mixes the channels of each position by the same matrix."""
    x, w = rng.normal(size=(3, 4, 5)), rng.normal(size=(2, 3))
    y = correlate(x, w[:, :, None, None])
    assert all(np.allclose(y[:, i, j], w @ x[:, i, j]) for i, j in np.ndindex(4, 5))
    card("conv-1x1").must_say("等于逐位置的全连接层")


def test_a_bottleneck_costs_a_tenth(card: Cards) -> None:
    """A 1 × 1 layer down to 16 channels makes a 5 × 5 layer ten times cheaper."""
    direct = multiplications(28, 5, 192, 32)
    down, then = multiplications(28, 1, 192, 16), multiplications(28, 5, 16, 32)
    note = card("conv-1x1")
    note.must_say(r"28 \times 28 \times 192 的输入经 5 \times 5 卷积得到 32 个通道")
    note.must_say(
        rf"直接 5 \times 5 | {direct} |",
        rf"先 1 \times 1 降到 16 个通道 | {down} |",
        rf"再 5 \times 5 | {then} |",
    )
    note.must_say(f"合计 {down + then} 次，约为直接做的 1/{direct / (down + then):.0f}")


def test_a_dilated_kernel_has_the_weights_of_a_plain_one(card: Cards) -> None:
    """A 3 × 3 kernel with dilation 2 spreads nine weights over 5 × 5."""
    taps = inputs_seen([(3, 1, 2)])
    edge = taps[-1] + 1
    assert {after - before - 1 for before, after in pairwise(taps)} == {2 - 1}
    card("dilated-conv").must_say(
        f"f = 3、d = 2 时，等效边长为 {edge}，仍只有 {len(taps) ** 2} 个权重"
    )
    card("dilated-conv").must_say("元素之间隔开 d - 1 格")


def test_wavenet_sees_1024_samples(card: Cards) -> None:
    """Ten layers of width 2 whose dilation doubles see 1024 inputs, four see 16, none twice."""
    ten, four = ([(2, 1, 2**layer) for layer in range(layers)] for layers in (10, 4))
    note = card("dilated-conv")
    note.must_say(
        "核宽 2，空洞率 1, 2, 4, \\dots, 512 的十层", "核宽 2，空洞率自下而上为 1、2、4、8"
    )
    note.must_say(rf"1 + (1 + 2 + \cdots + 512) = {receptive_field(ten)}")
    note.must_say(f"连到最下面的 {receptive_field(four)} 个输入")
    assert inputs_seen(ten) == list(range(1024))


def test_dilations_with_a_common_factor_leave_gaps(card: Cards) -> None:
    """Dilations that share a factor use only some of the inputs that they span."""
    gaps, none = ([(3, 1, d) for d in dilations] for dilations in ((2, 4, 8), (1, 2, 4)))
    assert all(index % 2 == 0 for index in inputs_seen(gaps))
    assert len(inputs_seen(none)) == receptive_field(none)
    note = card("dilated-conv")
    note.must_say("有大于 1 的公因数（如 2、4、8），一个输出只用到隔行隔列的输入点")
    note.must_say("从 1 开始翻倍则没有这个问题")


def test_depthwise_separable_weights(card: Cards) -> None:
    """For 256 channels a separable convolution has these weights, about a ninth of a plain one."""
    w = Weights()
    plain, depth = w("plain", 256, 256, 3, 3).size, w("depth", 256, 3, 3).size
    point = w("point", 256, 256, 1, 1).size
    note, ratio = card("depthwise-separable"), (depth + point) / plain
    note.must_say("256 个通道进、256 个通道出", "f = 3、输出 256 个通道时")
    note.must_say(f"有 {plain} 个权重", f"有 {depth} + {point} = {depth + point} 个")
    note.must_say(f"约为 {ratio:.3f}，降到约 1/{1 / ratio:.0f}")


def test_the_separable_ratio_holds_for_all_sizes(card: Cards) -> None:
    """Separable to plain is 1/C_out + 1/f², for every number of inputs."""
    for f, inputs, outputs in product((1, 3, 5), (1, 7), (2, 9)):
        w = Weights()
        cheap = w("depth", inputs, f, f).size + w("point", outputs, inputs).size
        ratio = cheap / w("plain", outputs, inputs, f, f).size
        assert ratio == pytest.approx(1 / outputs + 1 / f**2)
    card("depthwise-separable").must_say(
        r"\frac{f^2 C_{\text{in}} + C_{\text{in}} C_{\text{out}}}{f^2 C_{\text{in}} C_{\text{out}}}"
    )
    card("depthwise-separable").must_say(r"= \frac{1}{C_{\text{out}}} + \frac{1}{f^2}")


def shift(x: Array, by: int) -> Array:
    """Move the last axis to the right, with zeros from the left."""
    return np.concatenate([np.zeros_like(x[..., :by]), x[..., :-by]], axis=-1)


def test_a_convolution_moves_with_its_input(card: Cards, rng: np.random.Generator) -> None:
    """With stride 1 a moved input gives the moved output, away from the border."""
    x, w = np.zeros((2, 5, 12)), rng.normal(size=(3, 2, 3, 3))
    x[:, :, 2:6] = rng.normal(size=(2, 5, 4))
    assert np.allclose(correlate(shift(x, 3), w), shift(correlate(x, w), 3))
    assert not np.allclose(correlate(shift(x, 3), w), correlate(x, w))
    note = card("equivariance-vs-invariance")
    note.must_say(r"f(\tau x) = \tau f(x)", r"f(\tau x) = f(x)", "步长为 1 的卷积在不计边界时满足")


@pytest.mark.parametrize(("by", "moves"), [(2, True), (4, True), (1, False), (3, False)])
def test_a_stride_breaks_equivariance(
    by: int, moves: bool, card: Cards, rng: np.random.Generator
) -> None:
    """With stride 2 the output moves along only if the input moves by a multiple of 2."""
    x, w = np.zeros((1, 3, 15)), rng.normal(size=(1, 1, 3, 3))
    x[:, :, 2:6] = rng.normal(size=(3, 4))
    moved, still = (correlate(signal, w, stride=2) for signal in (shift(x, by), x))
    assert any(np.allclose(moved, shift(still, k)) for k in range(1, 4)) is moves
    card("equivariance-vs-invariance").must_say(
        "只在平移量为步长 s 的整数倍时，输出才跟着移动：输入移 ks 格，输出移 k 格"
    )


def test_the_picture_of_equivariance_is_computed_right(card: Cards) -> None:
    """The four rows in the picture are an input, its shift and what the kernel makes of them."""
    note = card("equivariance-vs-invariance")
    x = note.matrix("equivariance", "x")
    kernel = np.array([[1.0, 2, 1]])

    def f(row: Array) -> Array:
        return np.array([np.convolve(row[0], kernel[0], mode="same")])

    note.must_show("equivariance", "Tx", shift(x, 2))
    note.must_show("equivariance", "fx", f(x))
    note.must_show("equivariance", "fT", f(shift(x, 2)))
    assert "[1, 2, 1]" in note.fences["equivariance"]


def test_frameworks_correlate(card: Cards, rng: np.random.Generator) -> None:
    """The note's sum is what slides without a flip; with a flipped kernel it is a convolution."""
    x, w = rng.normal(size=(4, 4)), rng.normal(size=(2, 2))
    y, convolved = np.zeros((3, 3)), np.zeros((5, 5))
    for i, j, u, v in np.ndindex(3, 3, 2, 2):
        y[i, j] += x[i + u, j + v] * w[u, v]
    for i, j, u, v in np.ndindex(4, 4, 2, 2):
        convolved[i + u, j + v] += x[i, j] * w[u, v]
    assert np.allclose(correlate(x[None], w[None, None])[0], y)
    assert np.allclose(correlate(x[None], w[None, None, ::-1, ::-1])[0], convolved[1:-1, 1:-1])
    card("cross-correlation").must_say(r"y_{ij} = \sum_{u,v} x_{i+u,j+v} w_{uv}", "旋转 180°")


def test_the_gradient_by_the_input_uses_the_flipped_kernel(
    card: Cards, rng: np.random.Generator
) -> None:
    """Backwards, the output's gradient is correlated with the kernel turned by 180°."""
    x, w, dy = rng.normal(size=(4, 4)), rng.normal(size=(2, 2)), rng.normal(size=(3, 3))
    expected = gradient(lambda x: float((correlate(x[None], w[None, None])[0] * dy).sum()), x)
    backwards = correlate(dy[None], w[None, None, ::-1, ::-1], pad=1)[0]
    assert np.allclose(backwards, expected, atol=1e-8)
    card("cross-correlation").must_say("对输入的梯度要用翻转后的核")


def test_the_recurrence_finds_every_receptive_field(card: Cards) -> None:
    """The recurrence for receptive fields gives what following each input back gives."""
    choices = list(product((1, 2, 3), (1, 2), (1, 3)))
    for layers in product(choices, repeat=3):
        r = j = 1
        for f, s, d in layers:
            r, j = r + d * (f - 1) * j, j * s
        assert receptive_field(list(layers)) == r
    note = card("receptive-field")
    note.must_say("r_l &= r_{l-1} + (f_l - 1) j_{l-1}", "j_l &= j_{l-1} s_l", "r_0 = j_0 = 1")
    note.must_say("把 f_l - 1 换成 d_l (f_l - 1)")


def test_the_first_layers_of_resnet_see_19_pixels(card: Cards) -> None:
    """So many pixels change an output of ResNet's first layers, when one is set at a time."""
    layers = [(7, 2, 1), (3, 2, 1), (3, 1, 1)]
    touched, gaps = np.eye(64), [1]
    for f, s, _ in layers:
        starts = range(0, touched.shape[1] - f + 1, s)
        touched = np.stack([touched[:, index : index + f].sum(axis=1) for index in starts], axis=1)
        gaps.append(int(np.argmax(touched[:, 1]) - np.argmax(touched[:, 0])))
    note, edge = card("receptive-field-number"), np.count_nonzero(touched[:, 0])
    note.must_answer(f"{edge}")
    note.must_say(
        r"7 \times 7 卷积（步长 2）、3 \times 3 池化（步长 2）、3 \times 3 卷积（步长 1）"
    )
    note.must_say("间隔依次为 " + "、".join(map(str, gaps)))
    first, second = receptive_field(layers[:1]), receptive_field(layers[:2])
    note.must_say(rf"1 + 6 \times 1 = {first}", rf"{first} + 2 \times 2 = {second}")
    note.must_say(rf"{second} + 2 \times 4 = {edge}")


def test_textcnn_makes_a_vector_of_300_from_any_length(
    card: Cards, rng: np.random.Generator
) -> None:
    """Kernels of height 3, 4 and 5, 100 of each, pool any sentence to 300 numbers."""
    kernels = {height: rng.normal(size=(100, height * 4)) for height in (3, 4, 5)}
    for words in (5, 9):
        x = rng.normal(size=(words, 4))
        pooled = [
            np.max([w @ x[index : index + h].ravel() for index in range(words - h + 1)], axis=0)
            for h, w in kernels.items()
        ]
        card("textcnn").must_say(
            f"高度 3、4、5 各 100 个核，拼接后为 {np.concatenate(pooled).size} 维"
        )
