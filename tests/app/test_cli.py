"""The command line answers with figures, tables, one sentence, and an exit code that tells."""

import functools
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lrp_widgets import __version__, explain, load_image, load_network
from lrp_widgets.app import cli, server
from lrp_widgets.app.cli import main
from lrp_widgets.app.cli_pictures import find_pictures, name_results
from lrp_widgets.lrp.composites import COMPOSITES
from lrp_widgets.lrp.map_measures import measure
from lrp_widgets.lrp.rule_syntax import WRITTEN
from lrp_widgets.lrp.rules import Gamma
from lrp_widgets.media.images import SAMPLES, object_mask
from lrp_widgets.networks.zoo import imagenet
from lrp_widgets.networks.zoo.registry import NAMES

MINI = ("--network", "mini-vgg")


@functools.cache
def loaded(name, weights="pretrained", seed=0):
    """A network loaded once for all tests: each new one would be compiled anew."""
    return load_network(name, weights=weights, seed=seed)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder that the command runs in."""

    def load(name, weights, seed, progress):
        return (
            loaded(name, weights, seed)
            if name == "mini-vgg"
            else load_network(name, weights=weights, seed=seed, progress=progress)
        )

    monkeypatch.setattr("lrp_widgets.networks.zoo.registry.load_network", load)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """A machine without internet on which nothing was fetched yet."""
    for name in ("KERAS_HOME", "LRP_WIDGETS_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody answers there


def photo(path, name="cat"):
    """Save a sample as a picture file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(load_image(name, size=80)).save(path)
    return path


def table(text):
    """The rows of the printed table: [{column: cell}, …]."""
    head, line, *rows = text.splitlines()
    ends = np.cumsum([0, *(len(part) + 2 for part in line.split("  "))])
    places = list(itertools.pairwise(ends))
    columns = [head[a:b].strip() for a, b in places]
    cells = [[row[a:b].strip() for a, b in places] for row in rows if row.endswith(".png")]
    return [dict(zip(columns, row, strict=True)) for row in cells]


def one_sentence(text):
    """The only line of an error output, without the command's name."""
    (line,) = text.splitlines()
    assert line.startswith("lrp-widgets: ")
    assert line.endswith(".")
    return line.removeprefix("lrp-widgets: ")


# explain


def test_explain_draws_each_picture_and_prints_the_table(here, capsys):
    path = photo(here / "pictures" / "my heart.jpg", "heart")
    assert main(["explain", "star", str(path), *MINI]) == 0
    output = capsys.readouterr()
    rows = table(output.out)
    assert [row["picture"] for row in rows] == ["star", str(path)]
    assert [row["figure"] for row in rows] == [
        str(Path("results") / "star.png"),
        str(Path("results") / "my heart.png"),
    ]
    network = loaded("mini-vgg")
    for row, source in zip(rows, ("star", path), strict=True):
        e = explain(network, load_image(source, network))
        name, value = e.prediction[0]
        assert row["top class"] == name
        assert row["probability"] == f"{value:.3f}"
        reached = 100 * e.totals["input"] / e.start_total
        assert row["reached the pixels"] == f"{reached:.1f} %"
        size = np.sort(np.abs(e.heatmap()).ravel())[::-1]
        fewest = 1 + int(np.sum(np.cumsum(size, dtype=np.float64) < size.sum(dtype=np.float64) / 2))
        assert row["half of |R| in"] == f"{100 * fewest / size.size:.1f} %"
        assert float(row["with brightness"].replace("−", "-")) == pytest.approx(
            measure(e).brightness, abs=0.005
        )
        # Only of a sample it is known which pixels are the object.
        assert (row["on the object"] == "–") == (source != "star")
        assert Image.open(row["figure"]).width > 1000
    assert "Explaining" in output.err
    assert "2/2" in output.err


def test_explain_hands_every_option_on(here, capsys):
    arguments = [
        *("--weights", "random", "--seed", "5", "--pooling", "max", "--channels", "rgb"),
        *("--start", "contrast", "--target", "ring", "--other", "3", "--epsilon", "1e-3"),
        *("--colormap", "PuOr_r", "--scale", "min-max", "--out", "deep/folder"),
        *("--rules", "epsilon-plus, block2:gamma:0.1"),
    ]
    assert main(["explain", "cross", *MINI, *arguments]) == 0
    network = loaded("mini-vgg", "random", 5)
    e = explain(
        *(network, load_image("cross", network)),
        pooling="max",
        start="contrast",
        target="ring",
        other=3,
        epsilon=1e-3,
        rules=COMPOSITES["epsilon-plus"].replaced("block2", Gamma(0.1)),
    )
    measures = measure(e, object_mask("cross", 64, 64))
    figure = e.plot(channels="rgb", colormap="PuOr_r", scale="min-max", measures=measures)
    figure.savefig("expected.png", dpi=150)
    drawn = np.asarray(Image.open("deep/folder/cross.png"))
    np.testing.assert_array_equal(drawn, np.asarray(Image.open("expected.png")))
    assert capsys.readouterr().out.endswith("Rules: epsilon-plus; block2: γ = 0.1.\n")


def test_a_map_that_shows_less_than_half_of_the_start_is_warned_of(here, capsys):
    network = loaded("mini-vgg")
    e = explain(network, load_image("star", network), rules="epsilon:5")
    reached = 100 * e.totals["input"] / e.start_total
    assert 0 <= reached < 50
    assert main(["explain", "star", *MINI, "--rules", "epsilon:5"]) == 0
    error = capsys.readouterr().err
    assert (
        f"star: Only {reached:.1f} % of the initial relevance reached the pixels. Lost: " in error
    )
    assert f"star: {e.warning}\n" in error
    assert main(["explain", "star", *MINI, "--rules", "z-plus"]) == 0
    assert "of the initial relevance reached" not in capsys.readouterr().err


def test_a_map_that_holds_far_more_than_the_start_is_warned_of(here, capsys):
    densenet = ["--network", "mini-densenet", "--rules", "gamma:0.25"]
    assert main(["explain", "star", *densenet]) == 0
    out, error = capsys.readouterr()
    assert " 99.7 % " in out
    assert re.search(
        r"star: At the pixels Σ\|R\| is \d+ times that of the initial relevance", error
    )


def test_explain_defaults_are_those_of_the_post():
    options = cli._parser().parse_args(["explain", "cat"])
    assert (options.network, options.weights, options.pooling) == ("vgg16", "pretrained", "avg")
    assert (options.channels, options.start, options.epsilon) == ("gray", None, 1e-9)
    assert (options.colormap, options.scale, options.out) == ("RdBu_r", "symmetric", "results")
    assert options.rules == "own"


@pytest.mark.parametrize("command", ["explain", "video"])
def test_the_help_names_every_composite_and_rule(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    words = re.split(r"[\s,]+", capsys.readouterr().out)
    assert {"own", *COMPOSITES, *WRITTEN} <= set(words)


@pytest.mark.parametrize(
    ("arguments", "explained"),
    [
        (("--target", "ring"), {"start": "probability", "target": "ring"}),
        (("--target", "2", "--start", "logit"), {"start": "logit", "target": 2}),
        (("--other", "heart"), {"start": "contrast", "other": "heart"}),
    ],
)
def test_a_named_class_is_what_is_explained(here, arguments, explained):
    assert main(["explain", "circle", *MINI, *arguments]) == 0
    network = loaded("mini-vgg")
    e = explain(network, load_image("circle", network), **explained)
    e.plot(measures=measure(e, object_mask("circle", 64, 64))).savefig("expected.png", dpi=150)
    drawn = np.asarray(Image.open("results/circle.png"))
    np.testing.assert_array_equal(drawn, np.asarray(Image.open("expected.png")))


def test_what_is_no_picture_is_reported_and_the_rest_go_on(here, capsys):
    photo(here / "folder" / "a.png")
    (here / "folder" / "b.txt").write_text("no picture")
    photo(here / "folder" / "c.jpg")
    (here / "folder" / "d.jpg").write_bytes((here / "folder" / "c.jpg").read_bytes()[:700])
    (here / "folder" / ".hidden").write_text("not looked at")
    assert main(["explain", "missing.png", "folder", *MINI]) == 1
    output = capsys.readouterr()
    assert [Path(row["figure"]).name for row in table(output.out)] == ["a.png", "c.png"]
    assert sorted(path.name for path in Path("results").iterdir()) == ["a.png", "c.png"]
    assert "3 could not be explained" in output.out
    complaints = [line for line in output.err.splitlines() if line.startswith("lrp-widgets: ")]
    assert len(complaints) == 3
    for complaint, part in zip(complaints, ("missing.png", "b.txt", "d.jpg"), strict=True):
        assert part in complaint
    assert "Traceback" not in output.err


@pytest.mark.skipif(sys.platform == "win32", reason="no file there is called so")
def test_a_file_s_name_breaks_neither_the_table_nor_a_sentence(here, capsys):
    photo(here / "two\nlines\t\x1b[31m.png")
    (here / "bad\nname.png").write_text("no picture")
    assert main(["explain", "two\nlines\t\x1b[31m.png", "bad\nname.png", *MINI]) == 1
    output = capsys.readouterr()
    head, _, row, *_ = output.out.splitlines()
    assert row.startswith(r"two\nlines\t\x1b[31m.png  ") and row.endswith(r"\x1b[31m.png")
    assert len(row) - len(r"results/two\nlines\t\x1b[31m.png") == head.index("figure")
    [complaint] = [line for line in output.err.splitlines() if line.startswith("lrp-widgets: ")]
    assert r'"bad\nname.png" is not a picture' in complaint
    assert "\x1b[31m" not in output.out + output.err
    assert (here / "results" / "two\nlines\t\x1b[31m.png").is_file()


def test_a_fraction_is_a_number_on_the_command_line(here, capsys):
    assert main(["explain", "star", *MINI, "--rules", "gamma:1/4", "--epsilon", "1/1000"]) == 0
    output = capsys.readouterr().out
    assert output.endswith("Rules: γ = 0.25.\n")
    assert "Random weights" not in output


def test_nothing_to_explain_loads_no_network(here, capsys, monkeypatch):
    monkeypatch.setattr("lrp_widgets.app.cli_explain.open_network", None)
    (here / "empty").mkdir()
    assert main(["explain", "empty", *MINI]) == 1
    assert "holds no pictures" in one_sentence(capsys.readouterr().err)
    assert main(["explain", "astronout", *MINI]) == 1
    assert 'did you mean "astronaut"' in one_sentence(capsys.readouterr().err)
    assert not (here / "results").exists()


def test_folders_are_read_by_name_and_samples_by_theirs(here):
    for name in ("b.png", "A.png", "deeper/c.png"):
        photo(here / name)
    sources, failures = find_pictures(["cat", str(here), "./b.png"])
    assert sources == ["cat", here / "A.png", here / "b.png", Path("b.png")]
    assert failures == []


def test_results_never_overwrite_each_other_or_a_source(here):
    sources = [Path("x/cat.jpg"), Path("y/cat.png"), "cat", Path("y/Cat.gif"), Path("cat_2.bmp")]
    results = name_results(sources, Path("results"))
    assert [path.name for path in results] == [
        "cat.png", "cat_2.png", "cat_3.png", "Cat_4.png", "cat_2_2.png",
    ]  # fmt: skip
    assert name_results([Path("y/cat.png")], here / "y") == [here / "y" / "cat_2.png"]


def test_a_figure_beside_its_source_leaves_the_source_alone(here):
    path = photo(here / "cat.png")
    before = path.read_bytes()
    assert main(["explain", "cat.png", "--out", ".", *MINI]) == 0
    assert path.read_bytes() == before
    assert (here / "cat_2.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--network", "vgg"), ", ".join(NAMES)),
        ((*MINI, "--target", "ring", "--start", "softmax"), "all classes at once"),
        ((*MINI, "--other", "ring", "--start", "logit"), "--start contrast"),
        ((*MINI, "--target", "ring", "--other", "ring"), "needs two"),
        ((*MINI, "--target", "zebra"), "'zebra'"),
        ((*MINI, "--target", "8"), "0 to 7"),
        ((*MINI, "--rules", "best"), "begin with a composite, own, z-plus, "),
        ((*MINI, "--rules", "block2:gamma:0.1"), "begin with a composite"),
        ((*MINI, "--rules", "gamma:-1"), "gamma must be at least 0; got -1.0."),
        ((*MINI, "--rules", "gamma:1/0"), "'1/0' divides by zero."),
        ((*MINI, "--rules", "alpha-beta:2/3"), "alpha must be at least 1"),
        ((*MINI, "--rules", "own,block2:gamma:1/2/3"), "'1/2/3' is no number"),
        ((*MINI, "--target", "9" * 5000), "has no class"),
        ((*MINI, "--rules", "own,block2:best"), "a rule is one of z-plus, "),
        ((*MINI, "--rules", "own,block9:flat"), "its blocks are block1, "),
        ((*MINI, "--rules", "proportional"), "no rule for layers with weights"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(here, capsys, arguments, complaint):
    assert main(["explain", "star", *arguments]) == 2
    sentence = one_sentence(capsys.readouterr().err)
    assert complaint in sentence
    assert not sentence.endswith("..")
    assert not (here / "results").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("explain",),
        ("explain", "cat", "--epsilon", "-1"),
        ("explain", "cat", "--epsilon", "nan"),
        ("explain", "cat", "--epsilon", "small"),
        ("explain", "cat", "--epsilon", "1/0"),
        ("explain", "cat", "--seed", "-1"),
        ("explain", "cat", "--seed", "1.5"),
        ("explain", "cat", "--pooling", "sum"),
        ("dashboard", "--port", "70000"),
        ("paint",),
    ],
)
def test_wrong_usage_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    assert stop.value.code == 2
    assert "usage: lrp-widgets" in capsys.readouterr().err


def test_without_internet_the_error_names_the_ways_on(here, offline, capsys):
    assert main(["explain", "cat", "--network", "tiny-darknet"]) == 1
    sentence = one_sentence(capsys.readouterr().err)
    assert "weights of tiny-darknet" in sentence
    assert "no internet" in sentence
    assert "--network mini-vgg" in sentence
    assert "--weights random" in sentence
    assert 'weights="random"' not in sentence


def test_random_weights_need_no_internet(here, offline, capsys):
    arguments = ["--network", "tiny-darknet", "--weights", "random"]
    assert main(["explain", "cat", *arguments]) == 0
    output = capsys.readouterr().out
    (row,) = table(output)
    assert row["top class"] in imagenet.class_names()
    assert "Random weights: the names of the classes mean nothing.\n" in output


def test_a_missing_weights_file_is_one_sentence(here, capsys):
    assert main(["explain", "star", *MINI, "--weights", "nowhere.h5"]) == 1
    assert "nowhere.h5" in one_sentence(capsys.readouterr().err)


def test_a_result_folder_that_is_a_file_is_one_sentence(here, capsys):
    (here / "results").write_text("in the way")
    assert main(["explain", "star", *MINI]) == 1
    assert one_sentence(capsys.readouterr().err) == "results cannot be used: file exists."


# The other commands


def test_networks_lists_all_with_size_and_place(offline, capsys):
    assert main(["networks"]) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert tuple(rows) == NAMES
    assert rows["mini-vgg"] == ["in", "the", "package", "yes"]
    assert rows["vgg16"] == ["553", "MB", "no"]


def test_fetch(offline, capsys):
    assert main(["fetch", "mini-vgg"]) == 0
    assert "mini-vgg is on the disk" in capsys.readouterr().out
    assert main(["fetch", "tiny-darknet"]) == 1
    assert "no internet" in one_sentence(capsys.readouterr().err)
    assert main(["fetch", "resnet"]) == 2
    assert "vgg16" in one_sentence(capsys.readouterr().err)


def test_fetch_shows_its_progress(capsys, monkeypatch):
    def fetch(name, progress=None, cancel=None):
        progress(1_000_000, 4_000_000, f"Fetching {name}")
        progress(4_000_000, 4_000_000, f"Fetching {name}")

    monkeypatch.setattr("lrp_widgets.networks.zoo.registry.fetch", fetch)
    assert main(["fetch", "vgg19"]) == 0
    assert "Fetching vgg19" in capsys.readouterr().err


def test_dashboard_is_served_as_asked(monkeypatch):
    calls = []
    monkeypatch.setattr(server, "serve", lambda **settings: calls.append(settings))
    assert main(["dashboard"]) == 0
    arguments = ["--host", "0.0.0.0", "--port", "9000", "--no-browser", "--preheat", "--public"]
    assert main(["dashboard", *arguments]) == 0
    assert calls == [
        {
            "host": "127.0.0.1",
            "port": 8866,
            "open_browser": True,
            "preheat": False,
            "max_visitors": None,
            "for_public": False,
        },
        {
            "host": "0.0.0.0",
            "port": 9000,
            "open_browser": False,
            "preheat": True,
            "max_visitors": None,
            "for_public": True,
        },
    ]


def test_a_port_that_cannot_be_had_is_one_sentence(monkeypatch, capsys):
    def refuse(**settings):
        raise OSError("Nothing can be served there.")

    monkeypatch.setattr(server, "serve", refuse)
    assert main(["dashboard"]) == 1
    assert one_sentence(capsys.readouterr().err) == "Nothing can be served there."


def test_interrupting_ends_without_a_traceback(monkeypatch, capsys):
    def interrupt(**settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(server, "serve", interrupt)
    assert main(["dashboard"]) == 130
    assert one_sentence(capsys.readouterr().err) == "Stopped."


# As a process of its own


COMMAND = "from lrp_widgets.app.cli import main; raise SystemExit(main())"


def run(*arguments, cwd, **environment):
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=cwd,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("TF_")},
            "PYTHONPATH": str(root),
            **environment,
        },
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def test_the_command_writes_nothing_but_its_own(tmp_path):
    done = run("explain", "ring", *MINI, cwd=tmp_path, PYTHONIOENCODING="utf-8")
    assert done.returncode == 0
    (row,) = table(done.stdout)
    assert (tmp_path / row["figure"]).is_file()
    shown = [line for line in done.stderr.replace("\r", "\n").splitlines() if line.strip()]
    assert any(line.startswith("Explaining:") for line in shown)
    # And TensorFlow's, which no log level hides: see _support/lazy_tensorflow.py.
    theirs = ("WARNING: All log messages before absl::InitializeLog()", "I0000 ")
    assert all(line.startswith(("Explaining:", *theirs)) for line in shown)


def test_a_console_without_unicode_gets_its_answer(tmp_path):
    done = run("networks", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert all(name in done.stdout for name in NAMES)


def test_version_and_help_need_no_tensorflow(tmp_path):
    # A module of that name which cannot be imported stands before the real one.
    (tmp_path / "tensorflow.py").write_text("raise RuntimeError('imported')")
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([str(tmp_path), root])
    done = run("--version", cwd=tmp_path, PYTHONPATH=path)
    assert done.stdout.strip() == f"lrp-widgets {__version__}"
    done = run("explain", "--help", cwd=tmp_path, PYTHONPATH=path)
    assert done.returncode == 0
    for option in ("--network", "--weights", "--pooling", "--channels", "--start", "--target"):
        assert option in done.stdout


def test_every_sample_is_a_path():
    sources, failures = find_pictures(list(SAMPLES))
    assert tuple(sources) == SAMPLES
    assert failures == []
