"""Lesson 9: a Keras model of one's own, trained on drawn scenes and looked into."""

import keras
import nbformat
import numpy as np
import pytest

from lrp_widgets import Network, explain
from lrp_widgets._support.paths import folder
from lrp_widgets.lessons import check, lesson
from lrp_widgets.lessons.experiments import train_keras
from lrp_widgets.media.scenes import draw_scene
from lrp_widgets.widgets import LookInside, Training
from lrp_widgets.widgets.lessons.playgrounds.look_inside import CHOICES, difference

PATIENCE = 180
FEW = {"epochs": 2, "count": 48, "fresh": 24}


def lesson_model():
    """The model that the lesson builds, from the cell that builds it."""
    notebook = nbformat.read(folder("notebooks") / lesson(9).notebook, as_version=4)
    [source] = [c.source for c in notebook.cells if "def build()" in c.source]
    names = {}
    exec(source, names)
    return names["build"]()


def tiny(classes=3, side=train_keras.SIDE):
    keras.utils.set_random_seed(0)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((side, side, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, strides=4, activation="relu"),
            layers.Flatten(),
            layers.Dense(classes, activation="softmax"),
        ]
    )


# Training


def test_pictures_take_the_kinds_in_turn_and_the_parts_share_none():
    images, labels = train_keras.pictures(6, "learn")
    fresh, _ = train_keras.pictures(6, "fresh")
    assert list(labels) == [0, 1, 2, 0, 1, 2]
    np.testing.assert_array_equal(images[4], draw_scene((1, 4), "ring", 32).image)
    assert not any(np.array_equal(a, b) for a in images for b in fresh)


def test_turned_pictures_keep_their_kind():
    images, labels = train_keras.pictures(3, "learn")
    turned, kinds = train_keras.turned(images, labels)
    assert turned.shape == (12, 32, 32, 3)
    np.testing.assert_array_equal(turned[3], np.rot90(images[0]))
    assert list(kinds) == [0, 1, 2] * 4


def test_training_yields_what_the_model_reaches():
    model, reports = tiny(), []
    images, labels = train_keras.pictures(FEW["fresh"], "fresh")

    def right():
        answers = model.predict(images.astype(np.float32), verbose=0).argmax(-1)
        return np.mean(answers == labels)

    before = right()
    epochs = list(train_keras.train(model, **FEW, report=lambda *r: reports.append(r)))
    assert len(epochs) == FEW["epochs"] + 1
    assert epochs[0].fresh == pytest.approx(before)
    assert epochs[-1].fresh == pytest.approx(right())
    fractions = [fraction for _, fraction in reports]
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(1)


def test_training_stops_when_asked():
    model = tiny()
    assert len(list(train_keras.train(model, **FEW, stop=lambda: True))) == 1


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (tiny(classes=4), r"puts out \(4,\).*should be \(3,\)"),
        (tiny(side=16), r"takes \(16, 16, 3\)"),
    ],
)
def test_a_model_that_does_not_fit_is_told(model, sentence):
    with pytest.raises(ValueError, match=sentence):
        next(train_keras.train(model, **FEW))


# The widgets


def test_the_network_is_read_anew_after_training():
    widget = Training(lesson_model, **FEW)
    inside = LookInside(widget)
    assert inside.wait(PATIENCE)
    untrained = inside.network
    assert [layer.name for layer in untrained.layers][:4] == [
        "input",
        "scale",
        "conv1",
        "pool1",
    ]
    widget.start()
    assert widget.wait(PATIENCE) and inside.wait(PATIENCE)
    assert (len(widget.history), widget.running, widget.error) == (3, False, "")
    assert inside.network is not untrained
    x = train_keras.pictures(CHOICES, "fresh")[0].astype(np.float32)
    np.testing.assert_allclose(inside.network(x), widget.model.predict(x, verbose=0), rtol=1e-4)
    assert difference(inside.network, widget.model, x) < 1e-5
    assert inside.stepper.explanation is inside.explanation
    assert f"{inside.explanation.layers[0].total:.4f}" in inside.summary.value


def test_a_model_that_cannot_be_trained_or_read_is_told_in_a_sentence():
    widget = Training(lambda: tiny(classes=4), **FEW)
    inside = LookInside(widget)
    widget.start()
    assert widget.wait(PATIENCE) and inside.wait(PATIENCE)
    assert "Training stopped: The model puts out (4,)" in widget.error
    assert "4 classes" in inside.stepper.error


def test_code_answers_of_lesson_9():
    assert check("09-code", lambda a, b: np.abs(a - b).max() / np.abs(b).max())
    assert "absolute values" in check("09-code", lambda a, b: (a - b).max() / b.max()).message
    assert check("09-predict", "33 %")


# In a browser


@pytest.mark.browser
def test_lesson_9_in_the_browser(open_lesson):
    page = open_lesson(9)
    # A prediction first: wrong, then right.
    task = page.locator(".lrp-task", has_text="Before any training")
    task.wait_for()
    assert page.locator(".lrp-training, .lrp-look-inside").count() == 0
    field = task.get_by_role("textbox")
    field.fill("1/2")
    field.press("Enter")
    task.locator(".lrp-task-verdict", has_text="two kinds").wait_for()
    field.fill("1/3")
    field.press("Enter")
    task.locator(".lrp-task-verdict", has_text="Right").wait_for()
    summary = page.locator(".lrp-look-inside", has_text="The network says").first
    summary.wait_for(timeout=180_000)
    # The first prediction on the page, computed once more.
    network = Network.from_keras(lesson_model(), class_names=train_keras.KINDS)
    e = explain(network, train_keras.pictures(1, "fresh")[0][0])
    name, probability = e.prediction[0]
    assert f"“{name}” ({100 * probability:.1f} %)" in summary.inner_text()

    page.locator(".lrp-training button").click()
    page.locator(".lrp-training", has_text="drawing pictures").wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.locator(".lrp-training", has_text="stopped in").wait_for(timeout=180_000)
    assert not page.problems
