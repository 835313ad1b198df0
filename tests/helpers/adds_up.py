"""Whether what the microscope shows of a unit, rests included, adds up to its relevance."""

import numpy as np
import pytest

from lrp_widgets.lrp.unit_arithmetic import Examiner
from lrp_widgets.widgets.microscope.unit_payload import unit_view


def adds_up(view, scale, tolerance=1e-9):
    """Shown and summed parts, downwards and upwards, are the unit's relevance."""
    close = {"abs": tolerance * scale}
    for up in view["up"]:
        listed = sum(one["relevance"] for one in up["top"])
        assert listed + up["rest"]["relevance"] == pytest.approx(up["total"], **close)
        if up["through"]:
            through = sum(up["through"]["values"])
            assert through == pytest.approx(up["total"], abs=max(1e-6, tolerance) * scale)
    if view["up"]:
        assert sum(up["total"] for up in view["up"]) == pytest.approx(view["relevance"], **close)
    down = view["down"]
    if down is None:
        return
    assert down["handed"] + sum(down["absorbed"].values()) == pytest.approx(
        view["relevance"], **close
    )
    if down["form"] == "moved":
        return
    if down["form"] == "window":
        listed = sum(sum(channel["grids"]["relevance"]) for channel in down["channels"])
    else:
        listed = sum(one["relevance"] for one in down["items"])
    assert listed + down["rest"]["relevance"] == pytest.approx(down["handed"], **close)
    terms = sum(one["value"] for one in down["terms"])
    assert terms + down["handed_rest"] == pytest.approx(down["handed"], **close)
    for part in down["sums"]:
        z = sum(one["value"] for one in part["terms"]) + part["rest"]["value"]
        size = sum(abs(one["value"]) for one in part["terms"]) + abs(part["rest"]["value"])
        assert z == pytest.approx(part["z"], abs=max(tolerance, 1e-9) * max(size, 1e-300))
        total = part["z"] + part["bias"] + part["stabilizer"]
        assert total == pytest.approx(part["denominator"], rel=1e-12)


def check_units(e, network, count, tolerance, seed=0):
    """`count` random units of every kind of layer: what the browser gets adds up to R."""
    examiner, random = Examiner(e, network), np.random.default_rng(seed)
    kinds = {}
    for layer in e.layers:
        kinds.setdefault(layer.kind, []).append(layer)
    for layers in kinds.values():
        for _ in range(count):
            layer = layers[random.integers(len(layers))]
            index = tuple(int(random.integers(size)) for size in layer.shape)
            view = unit_view(examiner.unit(layer.name, index), e)
            assert view["relevance"] == layer.relevance[index]
            down = view["down"] or {}
            terms = sum(abs(one["value"]) for one in down.get("terms", []))
            scale = max(float(np.abs(layer.relevance).max()), terms)
            adds_up(view, scale, tolerance)
    return set(kinds)
