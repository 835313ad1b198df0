"""An explanation as a table: every layer's shape, size, total and concentration."""

from ipywidgets import HTML

from ...._support.number_words import total
from ....figures.markdown import html
from ....lessons.experiments.layer_statistics import layer_statistics
from ....lrp.layer_result import of_one_picture

HEAD = (
    "| layer | kind | shape | units | cells | total ΣR "
    "| half in, own cells | half in, equal squares |"
)


class LayerTable(HTML):
    """What changes from the output down to the picture, one row a layer.

        LayerTable(explain(network, image))

    Raises ValueError for an explanation of several pictures.
    """

    def __init__(self, explanation):
        rows = "\n".join(map(_row, layer_statistics(of_one_picture(explanation))))
        super().__init__(html(f"{HEAD}\n|---|---|---:|---:|---:|---:|---:|---:|\n{rows}\n"))
        self.add_class("lrp-layer-table")


def _row(each):
    cells = f"{each.cells:,}" if each.cells else "–"
    of = "cells" if each.cells else "units"
    squares = f"{each.squares} of {each.of_squares}" if each.squares else "–"
    shape = "×".join(map(str, each.shape))
    return (
        f"| {each.name} | {each.kind_text} | {shape} | {each.units:,} | {cells} "
        f"| {total(each.total)} | {100 * each.half:.1f} % of the {of} | {squares} |"
    )
