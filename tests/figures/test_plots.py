"""Figures, summaries and files hold what the explanation says, named and uncut."""

import base64
import io
import json
import re
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from figure_words import assert_nothing_is_cut, words
from IPython.core.formatters import DisplayFormatter
from PIL import Image

from lrp_widgets import Network, explain, load_image, load_network
from lrp_widgets._support import colors, number_words
from lrp_widgets.figures import captions, plots
from lrp_widgets.figures.plot_layer import plot_layer
from lrp_widgets.figures.sheet import INK
from lrp_widgets.figures.view_settings import View
from lrp_widgets.lrp import conservation_warning
from lrp_widgets.networks.activations import Activation
from lrp_widgets.networks.layers import Dense, Input


@pytest.fixture(scope="module")
def leaking():
    """No picture, no softmax; of the logit 5 + 3, the 3 come from a unit that only its bias drives.

    The names are as long and as full of markup as they come.
    """
    layers = [
        Input(name="input", shape=(2,)),
        Dense(
            name="hidden",
            inputs=("input",),
            kernel=np.array([[1, -1], [2, -1]], np.float32),
            bias=np.array([0, 6], np.float32),
            activation=Activation("relu"),
        ),
        Dense(
            name="a_very_long_layer_name_of_a_nested_model_dense_1",
            inputs=("hidden",),
            kernel=np.array([[1, -1, 0.5], [1, 0, 0]], np.float32),
        ),
    ]
    names = ["<i>first & foremost</i>", "class 1", "class 2"]
    return explain(Network(layers, "small", names), np.array([1, 2], np.float32), input_rule=None)


def axes_of(figure):
    return {axes.get_label(): axes for axes in figure.axes}


def image_in(axes):
    (image,) = axes.get_images()
    return np.asarray(image.get_array())


def ticks(axes):
    return [label.get_text() for label in axes.get_xticklabels()]


# Heatmap


def test_heatmap_shows_the_picture_beside_its_relevance(e):
    axes = axes_of(e.plot())
    np.testing.assert_array_equal(image_in(axes["picture"]), e.picture)
    heatmap = e.heatmap("gray")
    expected = colors.to_rgb(heatmap, colors.find_limits(heatmap))
    np.testing.assert_array_equal(image_in(axes["relevance"]), expected)


def test_heatmap_color_bar_names_both_limits_and_zero(e):
    limit = np.percentile(np.abs(e.heatmap("gray")), 99.5)
    bar = axes_of(e.plot())["colour bar"]
    assert ticks(bar) == [f"−{number_words.number(limit)}", "0", f"+{number_words.number(limit)}"]
    drawn = image_in(bar)
    assert drawn[0, drawn.shape[1] // 2].tolist() == [255, 255, 255]
    middle = bar.get_xticks()[1]
    assert middle == (drawn.shape[1] - 1) / 2


def test_heatmap_caption_names_every_setting(network):
    image = load_image("heart", network)
    e = explain(
        *(network, image), pooling="max", start="contrast", target="ring", other="cross",
        epsilon=1e-6, input_rule=None,
    )  # fmt: skip
    text = words(e.plot(scale="min-max", overlay=0.4))
    for part in (
        "mini-vgg", "pretrained", "z⁺", "like every layer", "winner-take-all",
        "ring against cross (contrast)", "10⁻⁶", "float32", "min-max", "40%",
        "of the initial R reached the pixels",
    ):  # fmt: skip
        assert part in text
    name, value = e.prediction[0]
    assert f"{name} {value:.2f}" in text


def test_heatmap_and_summary_warn(network):
    e = explain(load_network("mini-densenet"), load_image("star", network), "gamma:0.25")
    figure = e.plot()
    assert e.warning.startswith("At the pixels Σ|R| is ") and e.warning in words(figure)
    assert_nothing_is_cut(figure)
    assert e.warning.replace('"', "&quot;") in e._repr_html_()


def test_heatmap_tells_what_is_clipped(e):
    text = words(e.plot(percentile=90))
    assert "90th percentile" in text
    assert "10.0 % beyond" in text


def test_heatmap_per_channel(e):
    axes = axes_of(e.plot(channels="rgb", percentile=100))
    limit = np.abs(e.pixels).max()
    expected = 128 + np.rint(127 * e.pixels / limit)
    np.testing.assert_array_equal(image_in(axes["relevance"]), expected)
    assert "mid-gray is zero" in words(axes["relevance"].figure)


def test_min_max_bar_has_no_zero_where_there_is_none(e):
    heatmap = e.heatmap("gray")
    assert heatmap.min() >= 0
    bar = axes_of(e.plot(scale="min-max"))["colour bar"]
    ends = (heatmap.min(), heatmap.max())
    assert ticks(bar) == [number_words.signed(value) for value in ends]


def test_overlay_blends_with_the_picture(e):
    heatmap = e.heatmap("gray")
    relevance = colors.to_rgb(heatmap, colors.find_limits(heatmap))
    expected = colors.overlay(relevance, e.picture, 0.3)
    np.testing.assert_array_equal(image_in(axes_of(e.plot(overlay=0.3))["relevance"]), expected)


def test_a_float_input_is_shown_scaled(network):
    x = load_image("star", network).astype(np.float32) / 255
    e = explain(network, x)
    assert e.picture is None
    shown = image_in(axes_of(e.plot())["picture"])
    expected = np.rint(255 * (x - x.min()) / (x.max() - x.min()))
    assert np.abs(shown - expected).max() <= 1


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"channels": "blue"}, "gray"),
        ({"colormap": "jet"}, "jet"),
        ({"scale": "log"}, "log"),
        ({"overlay": 2}, "strength"),
        ({"percentile": 101}, "percentile"),
    ],
)
def test_unknown_settings_are_refused(e, settings, complaint):
    with pytest.raises(ValueError, match=complaint):
        e.plot(**settings)


def test_what_is_no_picture_has_no_heatmap(leaking):
    with pytest.raises(ValueError, match="no picture to draw a map beside"):
        leaking.plot()
    with pytest.raises(ValueError, match="a vector, with no places"):
        leaking.heatmap()


# Film strip


def test_film_strip_has_every_layer_in_order(e):
    figure = e.plot_layers()
    assert [axes.get_label() for axes in figure.axes] == [layer.name for layer in e.layers]
    text = words(figure)
    for layer in e.layers:
        assert layer.name in text
        assert "×".join(map(str, layer.shape)) in text


def test_film_strip_draws_each_layer_on_its_own_scale_or_all_on_one(e):
    layer = e["block2_conv1"]
    summed = layer.relevance.sum(-1)
    own = colors.find_limits(summed)
    drawn = image_in(axes_of(e.plot_layers())[layer.name])
    np.testing.assert_array_equal(drawn, colors.to_rgb(summed, own))

    summed_maps = [x.relevance.sum(-1) if x.relevance.ndim == 3 else x.relevance for x in e.layers]
    common = colors.find_limits(np.concatenate([values.ravel() for values in summed_maps]))
    figure = e.plot_layers(limits="common")
    np.testing.assert_array_equal(
        image_in(axes_of(figure)[layer.name]), colors.to_rgb(summed, common)
    )
    assert f"all layers ±{number_words.number(common.high)}" in words(figure)
    with pytest.raises(ValueError, match="limits"):
        e.plot_layers(limits="none")


def test_film_strip_lays_vectors_out_in_rows(e):
    layer = e["fc1"]
    drawn = image_in(axes_of(e.plot_layers())["fc1"])
    rows, columns, _ = drawn.shape
    assert rows * columns >= 128 > (rows - 1) * columns
    expected = colors.to_rgb(layer.relevance, colors.find_limits(layer.relevance))
    np.testing.assert_array_equal(drawn.reshape(-1, 3)[:128], expected)


# Totals


def bars_of(figure):
    """Left and right end of the bars: {legend's first words: [(left, right), …]}, output first."""
    (axes,) = figure.axes
    return {
        container.get_label().split(" (")[0]: [
            (bar.get_x(), bar.get_x() + bar.get_width()) for bar in container
        ]
        for container in axes.containers
    }


def test_totals_has_one_bar_a_layer_with_its_number(e):
    figure = e.plot_totals()
    (axes,) = figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == [layer.name for layer in reversed(e.layers)]
    top, bottom = sorted((axes.get_ylim()), reverse=True)
    assert axes.yaxis_inverted()
    assert top - bottom == len(e.layers)
    numbers = [text.get_text() for text in axes.texts[::2]]  # each followed by its remark
    assert numbers == [number_words.total(layer.total) for layer in reversed(e.layers)]


def test_totals_tells_gains_from_losses(network):
    e = explain(network, load_image("star", network), "epsilon-plus")
    bars = bars_of(e.plot_totals())
    at = [layer.name for layer in reversed(e.layers)].index("fc1")
    total, gained = e["fc1"].total, -e["fc1"].absorbed["bias"]
    assert gained > 0.3
    np.testing.assert_allclose(bars["gained: bias"][at], (total + gained, total), rtol=1e-4)
    assert bars["absorbed: bias"][at][0] == bars["absorbed: bias"][at][1]
    text = words(e.plot_totals())
    assert "gained: 0.36 bias" in text and "absorbed: −" not in text


def test_totals_stacks_what_was_absorbed(leaking):
    bars = bars_of(leaking.plot_totals())
    assert set(bars) == {
        "went on to the inputs",
        *(f"absorbed: {kind}" for kind in ("bias", "stabilizer", "dead", "padding")),
    }
    # The output's 8 reach the hidden layer; there, 3 are its second unit's, which has only a bias.
    assert leaking.totals == pytest.approx({"input": 5, "hidden": 8, leaking.layers[2].name: 8})
    np.testing.assert_allclose(bars["went on to the inputs"], [(0, 8), (0, 5), (0, 5)], atol=1e-6)
    np.testing.assert_allclose(bars["absorbed: bias"], [(8, 8), (5, 8), (5, 5)], atol=1e-6)
    text = words(leaking.plot_totals())
    assert "absorbed: 3.0 bias" in text
    assert "62.5 % of the initial R reached the pixels" in text


def test_negative_totals_run_to_the_left(network):
    image = load_image("star", network)
    e = explain(network, image, start="logit")
    worst = e.prediction[-1][0]
    e = explain(network, image, start="logit", target=worst)
    assert e.start_total < 0
    (axes,) = e.plot_totals().axes
    left, right = axes.get_xlim()
    assert left == pytest.approx(min(e.totals.values()))
    assert right == 0
    assert number_words.total(e.start_total).startswith("−")
    assert number_words.total(e.start_total) in words(axes.figure)


# All figures


@pytest.mark.parametrize("name", ["plot", "plot_layers", "plot_totals"])
def test_nothing_is_cut(e, name):
    assert_nothing_is_cut(getattr(e, name)())


@pytest.mark.parametrize("name", ["plot_layers", "plot_totals"])
def test_nothing_is_cut_of_long_names(leaking, name):
    assert_nothing_is_cut(getattr(leaking, name)())


def test_notebooks_show_a_figure_once_and_nothing_keeps_it(e):
    import matplotlib.pyplot as plt

    open_before = plt.get_fignums()
    figure = e.plot()
    data, _ = DisplayFormatter().format(figure)
    assert set(data) == {"image/png", "text/plain"}
    shown = np.asarray(Image.open(io.BytesIO(data["image/png"])))
    figure.canvas.draw()
    np.testing.assert_array_equal(shown, figure.canvas.buffer_rgba())
    assert plt.get_fignums() == open_before


def test_a_persons_own_style_changes_nothing(e):
    def drawn():
        file = io.BytesIO()
        e.plot_totals().savefig(file, format="png")
        return np.asarray(Image.open(file))

    plain = drawn()
    with matplotlib.rc_context({"text.color": "white", "axes.facecolor": "black", "font.size": 20}):
        np.testing.assert_array_equal(drawn(), plain)
        assert matplotlib.rcParams["text.color"] == "white"
    assert INK in [text.get_color() for text in e.plot_totals().texts]


# Summary


def test_summary_shows_picture_map_prediction_and_totals(e):
    summary = e._repr_html_()
    for name, value in e.prediction[:3]:
        assert f"{name}</td>" in summary
        assert f"{value:.3f}</td>" in summary
    for layer in e.layers:
        assert f">{layer.name}</td>" in summary
        assert layer.kind_text in summary
    assert captions.explained(e) in summary

    encoded = re.findall(r'src="data:image/png;base64,([^"]+)"', summary)
    picture, relevance, bar = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))) for data in encoded
    )
    assert picture.shape == relevance.shape == (200, 200, 3)
    np.testing.assert_array_equal(picture[::199, ::199], e.picture[::63, ::63])
    heatmap = e.heatmap("gray")
    expected = colors.to_rgb(heatmap, colors.find_limits(heatmap))
    np.testing.assert_array_equal(relevance[::199, ::199], expected[::63, ::63])
    assert bar.shape[1] == 255
    assert len(re.findall(r'alt="[^"]+"', summary)) == 3


def test_summary_dims_the_names_of_random_weights_and_says_why(e):
    assert captions.MEANINGLESS not in e._repr_html_()
    network = load_network(e.network.name, weights="random")
    random = explain(network, load_image("star", network))
    summary = random._repr_html_()
    assert f">{captions.MEANINGLESS}<" in summary
    for name, _ in random.prediction[:3]:
        assert f'<i style="opacity:0.65">{name}</i></td>' in summary


def test_summary_without_a_picture_escapes_names(leaking):
    summary = leaking._repr_html_()
    assert "<img" not in summary
    assert "&lt;i&gt;first &amp; foremost&lt;/i&gt;" in summary
    assert "<i>" not in summary
    assert "logit of" in summary


def test_a_batch_has_no_summary_and_is_not_drawn(network):
    batch = explain(network, np.stack([load_image(name, network) for name in ("star", "ring")]))
    assert batch._repr_html_() is None
    with pytest.raises(ValueError, match=r"e\[0\]"):
        batch.plot()
    assert axes_of(batch[1].plot())["picture"] is not None


# Files


def test_save_writes_figures_and_numbers(e, tmp_path):
    paths = e.save(tmp_path / "new" / "folder")
    assert [path.name for path in paths] == [
        "heatmap.png", "heatmap_rgb.png", "layers.png", "totals.png", "waterfall.png",
        "layers.gif", "ledger.csv", "relevance.npz",
    ]  # fmt: skip
    for path in paths[:5]:
        assert Image.open(path).width > 800
    with np.load(paths[-1], allow_pickle=False) as file:
        assert file["layers"].tolist() == [layer.name for layer in e.layers]
        for layer in e.layers:
            np.testing.assert_array_equal(file[f"relevance/{layer.name}"], layer.relevance)
        np.testing.assert_array_equal(file["totals"], list(e.totals.values()))
        for kind in ("bias", "stabilizer", "dead", "padding", "rounding"):
            expected = [layer.absorbed[kind] for layer in e.layers]
            np.testing.assert_array_equal(file[f"absorbed/{kind}"], expected)
        np.testing.assert_array_equal(file["picture"], e.picture)
        about = json.loads(str(file["about"]))
    assert about["settings"] == captions.settings(e)
    assert (about["arrived"], about["warning"]) == (conservation_warning.words(e), "")
    assert about["prediction"][0] == list(e.prediction[0])


def test_save_without_a_picture_leaves_out_its_figures(leaking, tmp_path):
    names = [path.name for path in leaking.save(tmp_path)]
    figures = ["layers.png", "totals.png", "waterfall.png"]
    assert names == [*figures, "layers.gif", "ledger.csv", "relevance.npz"]
    with np.load(tmp_path / "relevance.npz") as file:
        assert "picture" not in file


# Numbers in words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1, "1.00"),
        (-1.349, "−1.35"),
        (0.00081, "0.000810"),
        (8.13e-7, "8.13×10⁻⁷"),
        (-2.5e11, "−2.50×10¹¹"),
        (1234.5, "1234"),
        (99999, "99999"),
        (0.99996, "1.00"),
    ],
)
def test_numbers(value, text):
    assert number_words.number(value) == text


def test_totals_and_shares_in_words():
    assert number_words.total(0.99961) == "1.000"
    assert number_words.total(-123.45) == "−123.5"
    assert number_words.total(-0.0001) == "0.000"
    assert number_words.share(0.982, 1) == "98.2 %"
    assert number_words.share(-1, -2) == "50.0 %"
    assert number_words.share(1, 0) == "–"
    assert number_words.signed(2.5) == "+2.50"
    assert number_words.signed(0) == "0"


def test_random_weights_are_named_with_their_seed():
    network = SimpleNamespace(name="vgg16", weights="random", seed=3)
    e = SimpleNamespace(
        network=network, layers=[], start="probability", target="tabby", pooling="avg",
        settings={"rules": "z-plus", "input_rule": "ones", "epsilon": 1e-9, "dtype": "float32"},
    )  # fmt: skip
    assert captions.settings(e)["weights"] == "random, seed 3"
    assert captions.settings(e)["explained"] == "probability of tabby"


def test_plots_are_the_names_that_an_explanation_calls():
    assert set(plots.__all__) == {"plot_heatmap", "plot_layers", "plot_totals"}


def test_a_long_caption_wraps_and_covers_nothing():
    network = load_network("mini-vgg")
    changes = ",".join(f"block{k}:gamma:0.{k}25" for k in range(1, 5))
    e = explain(network, load_image("star", network), rules=f"epsilon-plus,{changes}")
    figure = plot_layer(e, View(current="block2_conv2", overlay=0.5))
    draw = figure.canvas.get_renderer()
    caption = figure.texts[-1].get_window_extent(draw)
    assert caption.x0 >= 0 and caption.x1 <= figure.bbox.width
    assert caption.y0 >= 0
    bar = next(axes for axes in figure.axes if axes.get_label() == "colour bar")
    assert caption.y1 <= bar.get_tightbbox(draw).y0
