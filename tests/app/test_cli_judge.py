"""`lrp-widgets judge`: its numbers are the library's, beside what they are held against."""

import csv

import numpy as np
import pytest
from PIL import Image

from lrp_widgets import attribution, load_image, load_network, metrics
from lrp_widgets.app.cli import main
from lrp_widgets.app.cli_judge import MEASURES
from lrp_widgets.media.images import object_mask


@pytest.fixture(scope="module")
def network():
    return load_network("mini-vgg")


@pytest.fixture(autouse=True)
def loaded_once(network, monkeypatch):
    """A network loaded once for all tests: each new one would be compiled anew."""
    monkeypatch.setattr("lrp_widgets.networks.zoo.registry.load_network", lambda *_, **__: network)


def judge(tmp_path, *words):
    return main(["judge", *words, "--network", "mini-vgg", "--out", str(tmp_path / "out")])


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_table_holds_what_the_library_measures(tmp_path, capsys, network):
    rules = ("epsilon-plus", "gradient")
    assert judge(tmp_path, "star", "--rules", *rules, "--measures", *MEASURES) == 0
    printed = capsys.readouterr().out
    found = {row["map"]: row for row in rows(tmp_path / "out" / "measures.csv")}
    assert list(found) == [*rules, "noise", "constant map", "the object itself"]
    image, mask = load_image("star", network), object_mask("star", 64, 64)
    target = network.class_names.index("star")
    for name in rules:
        method = attribution.method(name)
        relevance = method(network, image, target)
        expected = {
            "abpc": metrics.abpc(network, image, relevance, target=target),
            "aopc": metrics.perturb(network, image, relevance, target=target).aopc,
            "mass": metrics.mass(relevance, mask),
            "rank-accuracy": metrics.rank_accuracy(relevance, mask),
            "pointing-game": metrics.pointing_game(relevance, mask),
            "roc-auc": metrics.roc_auc(relevance, mask),
            "gini": metrics.gini(relevance.sum(-1)),
            "entropy": metrics.entropy(relevance.sum(-1)),
            "max-sensitivity": metrics.max_sensitivity(network, image, name, target=target),
            "mprt": np.mean([*metrics.mprt(network, image, name, target).values()]),
        }
        for measure, value in expected.items():
            assert float(found[name][measure]) == pytest.approx(value, rel=1e-3, abs=1e-4), measure
        assert -1 <= float(found[name]["other-class"]) < 1
    constant, itself = found["constant map"], found["the object itself"]
    assert float(constant["abpc"]) == 0
    assert float(constant["mass"]) == pytest.approx(mask.mean())
    assert float(constant["roc-auc"]) == 0.5
    for measure in ("mass", "rank-accuracy", "pointing-game", "roc-auc"):
        assert float(itself[measure]) == 1
    for name in found:
        assert name in printed
    for words in MEASURES.values():  # what each is held against
        assert words in printed


def test_the_curves_are_written_and_drawn(tmp_path, network):
    assert judge(tmp_path, "ring", "--rules", "z-plus", "--patch", "16", "--baseline", "blur") == 0
    image, target = load_image("ring", network), network.class_names.index("ring")
    relevance = attribution.lrp(network, image, target)
    points = [row for row in rows(tmp_path / "out" / "curves.csv") if row["map"] == "z-plus"]
    for order in metrics.ORDERS:
        written = [float(row["score"]) for row in points if row["order"] == order]
        ask = {"patch": 16, "baseline": "blur", "target": target}
        expected = metrics.perturb(network, image, relevance, order, **ask).scores
        assert written == pytest.approx(expected, abs=1e-5)
    with Image.open(tmp_path / "out" / "ring.png") as figure:
        assert figure.width > 600


def test_a_photograph_has_no_known_object(tmp_path, capsys):
    assert judge(tmp_path, "cat", "--rules", "z-plus", "--measures", "mass", "gini") == 0
    found = rows(tmp_path / "out" / "measures.csv")
    assert [row["map"] for row in found] == ["z-plus", "noise", "constant map"]
    assert {row["mass"] for row in found} == {"nan"} and "–" in capsys.readouterr().out
    assert not (tmp_path / "out" / "curves.csv").exists()  # nothing was taken apart
    assert not (tmp_path / "out" / "cat.png").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--measures", "truth"), "no measure 'truth'; there are abpc"),
        (("--rules", "gradiant"), "gradiant"),
        (("--target", "zebra"), "no class 'zebra'"),
    ],
)
def test_what_does_not_exist_is_wrong_usage(tmp_path, capsys, words, sentence):
    assert judge(tmp_path, "star", *words) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1 and sentence in errors[0]
    assert not (tmp_path / "out").exists()


def test_what_fails_is_told_while_the_rest_go_on(tmp_path, capsys):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    words = ("--rules", "z-plus", "--measures", "gini")
    assert judge(tmp_path, str(tmp_path / "broken.png"), "star", *words) == 1
    captured = capsys.readouterr()
    assert "broken.png" in captured.err and "1 could not be judged" in captured.out
    assert len(rows(tmp_path / "out" / "measures.csv")) == 4


@pytest.mark.parametrize("patch", ["0", "17", "a"])
def test_a_patch_is_1_to_16_pixels_wide(tmp_path, capsys, patch):
    with pytest.raises(SystemExit) as left:
        judge(tmp_path, "star", "--patch", patch)
    assert left.value.code == 2 and "from 1 to 16" in capsys.readouterr().err
