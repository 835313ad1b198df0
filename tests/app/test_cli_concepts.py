"""`lrp-widgets concepts`: a folder in, the channels' reference pictures out, also after an end."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from lrp_widgets import concepts, load_network
from lrp_widgets.app.cli import main
from lrp_widgets.lrp.concepts.finding import cached_file
from lrp_widgets.media.scenes import draw_scene


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LRP_WIDGETS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    """Thirty scenes, some in a folder of their own, one that is no picture, and a hidden one."""
    place = tmp_path / "pictures"
    (place / "more").mkdir(parents=True)
    (place / ".hidden").mkdir()
    for number in range(30):
        into = place / "more" if number % 3 else place
        Image.fromarray(draw_scene((9, number)).image).save(into / f"{number:02}.png")
    (place / "notes.txt").write_text("no picture")
    (place / ".hidden" / "a.png").write_bytes(b"")
    return place


def test_the_folder_becomes_what_the_channels_stand_for(folder, capsys):
    network = load_network("mini-vgg")
    assert concepts.concepts_of(network).words == "1,000 drawn scenes"
    assert main(["concepts", "mini-vgg", str(folder)]) == 1  # the notes are no picture
    printed = capsys.readouterr()
    assert "30 of 31 pictures" in printed.out
    assert "notes.txt" in printed.err
    assert str(cached_file(network)) in printed.out
    found = concepts.concepts_of(network)
    assert found.words == "30 pictures of the folder “pictures”"
    names = sorted(folder.glob("**/[0-9]*.png"))
    images = np.stack([np.asarray(Image.open(path)) for path in names])
    given = concepts.PictureFiles.of(names)
    wanted = concepts.find_concepts(network, given)
    assert len(images) == 30
    for channel in range(0, 64, 9):
        for kind in ("relevance", "activation"):
            one, other = (
                [
                    each.pictures.name(r.picture)
                    for r in each.references("block3_conv2", channel, kind)
                ]
                for each in (found, wanted)
            )
            assert one == other
    shown = concepts.show_channel(found, network, "block3_conv2", 5, count=2)
    picture = images[int(shown[0].name[:2]) and [p.name for p in names].index(shown[0].name)]
    top, left, bottom, right = shown[0].box
    np.testing.assert_array_equal(shown[0].crop, picture[top:bottom, left:right])
    # A network with other weights has not been looked at.
    assert concepts.concepts_of(network.randomized(1)).words == "40 drawn scenes"


def test_wrong_usage_is_one_sentence(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    for words, says in (
        (["mini-vgg", str(tmp_path / "none")], "There is no folder"),
        (["mini-vgg", str(tmp_path / "empty")], "holds no pictures"),
        (["mini-vgg2", str(tmp_path)], "There is no network"),
    ):
        (tmp_path / "empty" / "a.txt").unlink(missing_ok=True)
        if words[0] == "mini-vgg2":
            (tmp_path / "a.png").write_bytes(b"")
        assert main(["concepts", *words]) == 2
        error = capsys.readouterr().err
        assert says in error
        assert error.count("\n") == 1


def test_unknown_rules_are_refused(folder, capsys):
    assert main(["concepts", "mini-vgg", str(folder), "--rules", "omega"]) == 2
    assert "omega" in capsys.readouterr().err


def test_nothing_readable(tmp_path, capsys):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "a.txt").write_text("no picture")
    assert main(["concepts", "mini-vgg", str(tmp_path / "words")]) == 1
    assert "None of the files is a picture" in capsys.readouterr().err
    assert not cached_file(load_network("mini-vgg")).exists()


def test_killed_in_the_middle_it_goes_on(tmp_path, capsys):
    """The process is killed, with no chance to tidy up, once it has written something down."""
    place = tmp_path / "many"
    place.mkdir()
    for number in range(60):
        Image.fromarray(draw_scene((9, number)).image).save(place / f"{number:02}.png")
    code = (
        "import time\n"
        "from lrp_widgets.lrp.concepts import collecting\n"
        "collecting.EVERY = 0.0\n"
        "whole = collecting.Collector.add\n"
        "def slow(self, *a):\n    whole(self, *a)\n    time.sleep(60 if self.done else 0)\n"
        "collecting.Collector.add = slow\n"
        "from lrp_widgets.app.cli import main\n"
        f"main(['concepts', 'mini-vgg', {str(place)!r}])\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | {"CUDA_VISIBLE_DEVICES": ""}
    )
    kept = cached_file(load_network("mini-vgg")).with_suffix(".part.npz")
    try:
        while not kept.exists():
            assert run.poll() is None
            time.sleep(0.05)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert main(["concepts", "mini-vgg", str(place)]) == 0
    assert "Going on after 20 pictures." in capsys.readouterr().out
    assert not kept.exists()
    network = load_network("mini-vgg")
    found = concepts.concepts_of(network)
    wanted = concepts.find_concepts(network, found.pictures)
    for key, array in wanted.best.items():
        np.testing.assert_array_equal(found.best[key], array)
