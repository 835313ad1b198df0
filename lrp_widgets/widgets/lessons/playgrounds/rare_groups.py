"""Few unmarked pictures among many: whether the smallest group of maps is theirs."""

from ipywidgets import VBox

from .line_chart import LineChart


class RareGroups(VBox):
    """How well the smallest group agrees with the unmarked pictures, 20 of 400.

        RareGroups()

    By the number of neighbours that each is joined to, for the maps of the pixels and for channels,
    of mini-vgg-hans and its clean twin; as measured before.
    """

    def __init__(self):
        from ....lessons.experiments import rare_groups as rare

        drawn = [
            (f"{words}, {whose}", *rare.lines(network, what))
            for network, whose in ((rare.NAME, "this network"), (rare.TWIN, "its clean twin"))
            for what, words in (
                (rare.CHANNELS, f"channels of {rare.LAYER}"),
                (rare.PIXELS, "maps of the pixels"),
            )
        ]
        unmarked = rare.PICTURES - round(rare.MARKED * rare.PICTURES)
        self.chart = LineChart(
            "adjusted Rand index of the smallest group",
            "neighbours that each is joined to",
            [str(each) for each in rare.NEIGHBOURS],
            drawn,
            title="The smallest group and the unmarked pictures",
            status=f"{rare.PICTURES} crescents of which {unmarked} carry no mark; mean over "
            f"{rare.SETS} such sets, none of which was used to choose anything, and its standard "
            "error. As many groups as the eigengap speaks for.",
        )
        super().__init__([self.chart])
