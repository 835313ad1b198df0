"""The dashboard within a lesson: the same page with only the controls that the lesson needs."""

from .dashboard import Dashboard


class LookCloser(Dashboard):
    """A dashboard without title bar, opened where a lesson wants it.

        LookCloser("network=mini-vgg&picture=star&hide=explain,colours")

    `query` is what a link carries; see `url_state.State`.
    """

    def __init__(self, query, session=None):
        super().__init__(query, session)
        self.children = [self._body]
        self.add_class("lrp-look-closer")
