"""The league's widget: rows as the table has them, pictures behind a cell, one's own network."""

import threading

import numpy as np
import pytest
from small import small_vgg

from lrp_widgets.lessons.experiments import loaded
from lrp_widgets.lessons.experiments.league import cases, entrants, measures, tables
from lrp_widgets.widgets import League

PATIENCE = 120


def test_the_rows_are_the_tables():
    widget = League()
    assert widget.network == "mini-vgg" and len(widget.rows) == len(entrants.ROWS)
    found = {row["name"]: row for row in widget.rows}
    for written in tables.table():
        if written["network"] == "mini-vgg" and written["scenes"]:
            mean, error, count = found[written["method"]]["cells"][written["measure"]]
            assert mean == written["mean"] and count == written["scenes"]
            assert error == written["error"] or error is None
    assert found["noise"]["kind"] == "control" and found["grad-cam"]["kind"] == "other"
    widget.set_state({"network": "mini-resnet"})
    assert {row["name"] for row in widget.rows} == set(entrants.ROWS)
    assert [each["name"] for each in widget.measures] == list(measures.MEASURES)
    assert all(each["says"] and each["beside"] for each in widget.measures)


def test_a_cell_opens_its_best_and_worst_scenes_with_their_maps():
    widget = League()
    widget.set_state({"wanted": {"method": "z-plus", "measure": "mass"}})
    assert widget.wait(PATIENCE) and widget.status == ""
    [row] = (
        row
        for row in tables.table()
        if (row["network"], row["method"], row["measure"]) == ("mini-vgg", "z-plus", "mass")
    )
    panels = widget.opened["panels"]
    assert [each["end"] for each in panels] == ["highest"] * 3 + ["lowest"] * 3
    assert [each["value"] for each in panels] == [v for _, v in row["highest"] + row["lowest"]]
    number, value = row["highest"][0]
    scene = cases.scene(number)
    assert panels[0]["title"] == scene.title
    maps = np.frombuffer(widget.maps, np.float32).reshape(6, 64, 64)
    assert (
        np.frombuffer(widget.pictures, np.uint8)[: 64 * 64 * 3].tobytes() == scene.image.tobytes()
    )
    on_object = np.abs(maps[0][scene.mask]).sum() / np.abs(maps[0]).sum()
    assert on_object == pytest.approx(value, abs=2e-3)
    widget.set_state({"wanted": {}})
    assert widget.opened == {}


def test_only_photographs_of_the_package_are_shown():
    widget = League()
    assert {each["value"]: each["told"] for each in widget.networks}["tiny-darknet"].startswith(
        "Measured before on 5 photographs"
    )
    pairs = [(12, 0.9), (4, 0.5), (7, 0.1)]
    assert widget._at_hand("tiny-darknet", pairs) == [(4, 0.5)]
    assert widget._at_hand("mini-vgg", pairs) == pairs


def test_a_cell_without_a_value_says_so():
    widget = League()
    widget.set_state({"wanted": {"method": "constant", "measure": "mprt"}})
    assert widget.wait(PATIENCE)
    assert widget.status == "Nothing was measured there." and not widget.opened.get("panels")


def test_a_network_of_ones_own_is_measured_row_by_row(monkeypatch):
    monkeypatch.setattr(entrants, "ROWS", ("z-plus", "gradient", "constant", "mask"))
    network = small_vgg(size=(32, 32))
    widget = League(network, scenes=3)
    assert widget.wait(PATIENCE)
    assert widget.network == "yours" and widget.networks[0]["label"].endswith("(yours)")
    assert widget.progress == [4, 4] and widget.status == ""
    found = {row["name"]: row["cells"] for row in widget.rows}
    drawn = [cases.scene(k, 32) for k in range(3)]
    assert found["constant"]["mass"][0] == pytest.approx(np.mean([s.mask.mean() for s in drawn]))
    assert found["mask"]["rank-accuracy"][0] == 1 and found["mask"]["mass"][2] == 3
    again = measures.measures_of(network, "z-plus", drawn)["abpc"]
    assert found["z-plus"]["abpc"][0] == pytest.approx(again.mean(), abs=1e-6)
    widget.set_state({"wanted": {"method": "gradient", "measure": "mass"}})
    assert widget.wait(PATIENCE) and widget.opened["rows"] == 32
    assert len(widget.opened["panels"]) == 2


def test_stop_ends_it_after_the_row_that_is_being_measured(monkeypatch):
    begun, pressed = threading.Event(), threading.Event()

    def measured(*_):
        begun.set()
        assert pressed.wait(PATIENCE)
        return {"mass": np.array([0.25, 0.75])}

    monkeypatch.setattr(measures, "measures_of", measured)
    widget = League(small_vgg(size=(16, 16)), scenes=2)
    assert begun.wait(PATIENCE)  # from then on there is a button
    widget.set_state({"stopped": 1})
    pressed.set()
    assert widget.wait(PATIENCE)
    assert widget.status == f"Stopped after 1 of {len(entrants.ROWS)} rows."
    assert widget.progress == [] and len(widget.rows) == 1


def test_a_network_that_cannot_look_at_the_scenes_is_refused():
    with pytest.raises(ValueError, match="square pictures in colour"):
        League(small_vgg(size=(8, 10)))


def test_a_keras_model_is_read():
    model = loaded.network("mini-vgg")
    with pytest.raises(ValueError):
        League(object())
    with pytest.raises(ValueError, match="scenes"):
        League(model, scenes=1)
