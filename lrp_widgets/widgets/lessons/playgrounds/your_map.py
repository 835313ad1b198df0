"""The map that a learner's own backward pass makes, beside the package's."""

import numpy as np
from ipywidgets import VBox

from ....lessons.experiments import loaded
from ....media.images import SAMPLES
from .in_background import menu, row_of
from .map_row import MapRow, Panel

SAME = 1e-5  # of the largest |R|: what rounding in single precision may make of the same formulas


class YourMap(VBox):
    """mini-vgg's map of a picture, the package's and the learner's, and how far they are apart.

        YourMap(load, lrp)      # lrp(*load(network, image)) is a map (H, W, 3)

    A function that is not finished, or stops, is told of in a sentence; the package's map is there
    all the same. `difference` is the largest one, in units of the largest |R|; None without a map.
    """

    def __init__(self, load, lrp, picture="star"):
        self._functions = load, lrp
        self.difference = None
        self.picture = menu("Picture", SAMPLES, value=picture)
        self.maps = MapRow(title="The package’s map and yours")
        super().__init__([row_of(self.picture), self.maps])
        self.picture.observe(self._show, names="value")
        self._show()

    def _show(self, _=None):
        picture = self.picture.value
        image, ours = loaded.image(picture), loaded.explained(picture).pixels
        try:
            yours = self._learners(image, ours.shape)
        except _NoMap as words:
            yours, self.difference, shown, said = None, None, str(words), str(words)
        else:
            self.difference = float(np.abs(yours - ours).max() / np.abs(ours).max())
            shown, said = yours.sum(-1), _told(self.difference)
        panels = [Panel(picture, image), Panel("the package’s", *_measured(ours))]
        panels.append(Panel("yours", shown, () if yours is None else _measured(yours)[1]))
        self.maps.show(panels)
        self.maps.status = said

    def _learners(self, image, shape):
        """The learner's map; raises _NoMap with a sentence where there is none."""
        load, lrp = self._functions
        try:
            made = lrp(*load(loaded.network(), image))
            unfinished = made is None or made is ...
            found = None if unfinished else np.asarray(made, float)
        except Exception as error:  # anything may happen in a learner's function
            if "ellipsis" in str(error):
                unfinished = True
            else:
                words = f"Your function stopped with {type(error).__name__}: {error}."
                raise _NoMap(words) from None
        if unfinished:
            raise _NoMap("Your map comes here once all the functions above are written.")
        if found.shape != shape:
            raise _NoMap(f"Your map has the shape {found.shape}; it should be {shape}.")
        if not np.isfinite(found).all():
            raise _NoMap("Your map has entries that are no numbers: is something divided by zero?")
        return found


class _NoMap(Exception):
    """Why there is no map of the learner's, in one sentence."""


def _measured(R):
    return R.sum(-1), [("ΣR", f"{R.sum(dtype=float):.6f}")]


def _told(difference):
    apart = f"{difference:.1e}".replace("-", "−")
    words = f"Largest difference: {apart} of the largest |R|."
    if difference <= SAME:
        return f"The same map. {words} What is left is rounding in single precision."
    return f"Not the same map yet. {words}"
