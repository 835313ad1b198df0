"""What is saved says what the page says: figure, numbers, animation and code."""

import csv
import io
from dataclasses import replace

import matplotlib
import numpy as np
import pytest
from markupsafe import escape
from page_modules import carried
from PIL import Image

from lrp_widgets import explain, load_image, load_network
from lrp_widgets._support import colors
from lrp_widgets.figures.code_snippet import as_python
from lrp_widgets.figures.export import ledger_csv
from lrp_widgets.figures.gif import layers_gif
from lrp_widgets.figures.layout import layout
from lrp_widgets.figures.plot_layer import plot_layer
from lrp_widgets.figures.view_settings import View
from lrp_widgets.lrp.channels import summed
from lrp_widgets.session import Request, Session
from lrp_widgets.widgets.dashboard.export_panel import MAKERS, PIECE, ExportPanel
from lrp_widgets.widgets.stepper.stepper import LayerStepper


@pytest.fixture(scope="module")
def e(network):
    settings = {"pooling": "max", "start": "contrast", "target": "star", "other": "ring"}
    return explain(network, load_image("star", network), **settings)


def words(figure):
    figure.canvas.draw()
    texts = figure.findobj(matplotlib.text.Text)
    return " ".join(" ".join(text.get_text().split()) for text in texts)


def map_in(figure):
    (axes,) = (axes for axes in figure.axes if axes.get_label() == "map")
    return np.asarray(axes.get_images()[0].get_array())


# The view


def test_the_figure_names_every_setting(e):
    view = View("block2_conv2", "relevance", 3, "gray", "PuOr_r", "symmetric", "common", 98, 0.4)
    text = words(plot_layer(e, view))
    for setting in (
        "network: mini-vgg", "weights: pretrained", "pooling: winner-take-all",
        "explained: star against ring (contrast)", "layer: block2_conv2, 32×32×32",
        "relevance, channel 3", "colour map: PuOr_r", "scale: symmetric", "98th percentile",
        "one scale for all layers", "overlay: 40% relevance",
    ):  # fmt: skip
        assert setting in text


def test_the_figure_draws_the_channel_in_the_page_s_colours(e):
    values = e["block2_conv2"].relevance[..., 3]
    limits = colors.find_limits(values)
    drawn = map_in(plot_layer(e, View("block2_conv2", channel=3)))
    np.testing.assert_array_equal(drawn, colors.to_rgb(values, limits))


def test_activation_is_drawn_from_white_to_ink(e):
    figure = plot_layer(e, View("block1_conv1", "activation", overlay=0.5))
    drawn = map_in(figure)
    values = e["block1_conv1"].activation.sum(-1)
    assert drawn[np.unravel_index(values.argmax(), values.shape)].tolist() == [29, 37, 48]
    assert "overlay" not in words(figure)  # the page does not lay activations over the picture


def test_names_of_random_weights_are_remarked_in_every_picture():
    network = load_network("mini-vgg", weights="random")
    e = explain(network, load_image("star", network))
    for figure in (plot_layer(e), e.plot()):
        assert "random weights: the names mean nothing" in words(figure)


def test_classes_are_bars_and_the_names_stand_beside_them(e):
    figure = plot_layer(e)
    (axes,) = (axes for axes in figure.axes if axes.get_label() == "map")
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(
        e.layers[-1].relevance.tolist()
    )
    assert [label.get_text() for label in axes.get_yticklabels()] == e.network.class_names


def test_the_last_row_of_a_vector_of_prime_length_stays_short():
    laid = layout(np.arange(7), (7,), 99)
    assert laid.ravel().tolist() == [*range(7), *[99] * (laid.size - 7)]


def test_the_figure_warns_as_the_page_does(network):
    e = explain(network, load_image("star", network), "overview-vgg")
    assert e.warning.startswith("Only ") and e.warning in words(plot_layer(e))


# The numbers


def test_the_csv_is_the_ledger(e):
    rows = list(csv.DictReader(io.StringIO(ledger_csv(e).decode("utf-8-sig"))))
    assert [row["layer"] for row in rows] == [layer.name for layer in e.layers]
    for row, layer in zip(rows, e.layers, strict=True):
        assert float(row["total"]) == layer.total
        for kind, value in layer.absorbed.items():
            assert float(row[f"absorbed_{kind.replace(' ', '_')}"]) == value


def test_the_npz_holds_every_layer(e):
    with np.load(io.BytesIO(MAKERS["npz"](e, View()))) as file:
        for layer in e.layers:
            np.testing.assert_array_equal(file[f"relevance/{layer.name}"], layer.relevance)
        np.testing.assert_array_equal(file["totals"], list(e.totals.values()))


def test_the_waterfall_can_be_downloaded(e):
    content = MAKERS["waterfall"](e, View())
    expected = io.BytesIO()
    e.plot_waterfall().savefig(expected, format="png", dpi=150)
    drawn, wanted = (np.asarray(Image.open(io.BytesIO(x))) for x in (content, expected.getvalue()))
    np.testing.assert_array_equal(drawn, wanted)


# The animation


def test_the_walk_has_a_frame_a_layer_and_zero_is_white(e):
    content = layers_gif(e)
    film = Image.open(io.BytesIO(content))
    assert film.n_frames == len(e.layers)
    assert len(content) < 3e6
    place = len(e.layers) - 1 - [layer.name for layer in e.layers].index("flatten")
    film.seek(place)
    drawn = np.asarray(film.convert("RGB"))[14:398, 212:596]
    values = summed(e["flatten"].relevance).reshape(32, 32)
    at_cells = drawn[6::12, 6::12]
    assert (values == 0).any()
    assert (at_cells[values == 0] == 255).all()
    top = np.unravel_index(np.abs(values).argmax(), values.shape)
    ends = colors.lookup_table("RdBu_r")[[1, 255]].tolist()
    assert at_cells[top].tolist() == ends[int(values[top] > 0)]


def test_the_walk_refuses_unknown_limits(e):
    with pytest.raises(ValueError, match='limits must be "layer" or "common"'):
        layers_gif(e, limits="all")


# The code


@pytest.mark.parametrize(
    "request_",
    [
        Request("star", "mini-vgg", start="softmax"),
        Request("ring", "mini-vgg", "random", 7, pooling="max", start="logit", target=2),
        Request("star", "mini-vgg", start="contrast", target="star", other="heart"),
        Request("star", "mini-vgg", start="logit", rules="epsilon-plus,block2:gamma-sign:0.1"),
    ],
)
def test_the_code_runs_and_gives_the_same(request_):
    e = Session().explain(request_)
    view = View("block2_conv2", channel=5, colormap="PuOr_r", limits="common", overlay=0.6)
    names = {}
    code = as_python(e, request_.picture, view)
    exec(code.replace("LayerStepper(e,", "stepper = LayerStepper(e,"), names)
    assert names["e"].totals == e.totals
    assert names["e"].start == e.start
    for name, value in vars(view).items():
        assert getattr(names["stepper"], name) == value


def test_the_code_says_where_ones_own_path_goes(e):
    assert "put your picture's path here" in as_python(e)


def test_a_network_of_ones_own_has_no_code(e):
    other = replace(e, network=load_network("mini-vgg", weights="random"))
    other.network.name = "mine"
    with pytest.raises(ValueError, match="not mine"):
        as_python(other)
    home = ExportPanel(LayerStepper(other))
    assert home.ready
    assert home.code == ""


# The widget, without a browser


@pytest.fixture
def home(e, monkeypatch):
    home = ExportPanel(LayerStepper(e, current="flatten"), picture="star")
    home.sent = []
    monkeypatch.setattr(home, "send", lambda *message: home.sent.append(message))
    return home


def test_a_page_is_one_of_what_is_on_the_screen(home, e):
    home._handle_custom_msg({"type": "make", "kind": "html", "number": 5}, [])
    assert home.wait(90)
    ((made,),) = home.sent
    assert made["name"] == "lrp-star-mini-vgg.html"
    home._handle_custom_msg({"type": "piece", "number": 5, "start": 0}, [])
    text = home.sent[-1][1][0].decode()
    assert "<h1>star: star against ring (contrast)</h1>" in text
    assert escape(home.code) in text
    state = carried(text)["widget"]["state"]
    assert state["current"] == "flatten"
    assert state["summary"]["explained"] == "star against ring (contrast)"


def test_files_come_in_pieces(home, e):
    home._answer(home, {"type": "make", "kind": "png", "number": 4}, [])
    assert home.wait(30)
    ((made,),) = home.sent
    assert made["name"] == "lrp-star-mini-vgg-flatten.png"
    home.sent.clear()
    home._file = (4, bytes(PIECE) + b"end")
    for start in (0, PIECE):
        home._answer(home, {"type": "piece", "number": 4, "start": start}, [])
    assert [len(pieces[0]) for _, pieces in home.sent] == [PIECE, 3]


def test_names_tell_the_files_apart(home):
    names = {kind: home.file_name(kind) for kind in MAKERS}
    assert names == {
        "png": "lrp-star-mini-vgg-flatten.png",
        "waterfall": "lrp-star-mini-vgg-waterfall.png",
        "csv": "lrp-star-mini-vgg-ledger.csv",
        "npz": "lrp-star-mini-vgg.npz",
        "gif": "lrp-star-mini-vgg-layers.gif",
    }


def test_the_code_follows_what_is_looked_at(home):
    home._stepper.current = "block1_pool"
    assert 'current="block1_pool"' in home.code


def test_what_goes_wrong_is_one_sentence_in_the_stepper(home, monkeypatch):
    def fail(e, view, measures):
        raise ValueError("There is no room.")

    monkeypatch.setitem(MAKERS, "gif", fail)
    home._answer(home, {"type": "make", "kind": "gif", "number": 1}, [])
    assert home.wait(30)
    assert home._stepper.error == "There is no room."
    assert home.sent == [({"type": "failed", "number": 1},)]


def test_nothing_to_take_before_the_first_result():
    assert not ExportPanel(LayerStepper()).ready
