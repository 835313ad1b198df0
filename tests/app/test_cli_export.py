"""`lrp-widgets export`: one page, or one sentence that says what is wrong."""

import pytest
from page_modules import carried

from lrp_widgets.app.cli import main

MINI = ("--network", "mini-vgg")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_shows_what_the_options_say(here, capsys):
    options = ("--rules", "epsilon:0.1", "--target", "ring", "--colormap", "PuOr_r")
    places = ("--layer", "block2_pool", "--out", "deep/page.html")
    assert main(["export", "star", *MINI, *options, *places]) == 0
    assert '"deep/page.html" has 0.' in capsys.readouterr().out
    text = (here / "deep" / "page.html").read_text("utf-8")
    state = carried(text)["widget"]["state"]
    assert (state["current"], state["colormap"]) == ("block2_pool", "PuOr_r")
    assert state["summary"]["explained"] == "probability of ring"
    assert "<h1>star: probability of ring</h1>" in text and "rule:\xa0ε" in text
    assert "LayerStepper(e, current=&#34;block2_pool&#34;, colormap=&#34;PuOr_r&#34;)" in text
    # The same measures as on the dashboard: of a scene, with the object and another class's map
    keys = [cell["key"] for cell in state["measures"]["pixels"]]
    assert keys == ["half", "object", "brightness", "compared"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["star", "--layer", "block9"], "There is no layer 'block9'; there are input, "),
        (["star", "--out", "."], '--out names the folder "."'),
        (["star", "--start", "softmax", "--target", "1"], "--start softmax explains all classes"),
        (["star", "--unit", "fc1:3,4"], "There is no unit 'fc1:3,4'; a unit is a layer and"),
        (["star", "--unit", "fc1:a"], "There is no unit 'fc1:a'; "),
        (["nowhere.png"], "nowhere.png"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_no_page(here, capsys, arguments, words):
    assert main(["export", *arguments, *MINI]) in (1, 2)
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("lrp-widgets: ") and words in error
    assert not list(here.iterdir())
