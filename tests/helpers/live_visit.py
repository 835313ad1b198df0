"""A visit to the live view, without a browser."""

from lrp_widgets.widgets.live.live import Live


class Visit:
    """A Live whose answers are kept in `heard`."""

    def __init__(self, *arguments, **traits):
        self.live, self.heard = Live(*arguments, **traits), []
        self.live.send = lambda message, buffers=(): self.heard.append((message, buffers))

    def show(self, file, number=1):
        self.live._receive(None, {"type": "frame", "id": f"x-{number}"}, [memoryview(file)])
        assert self.live.wait(60)
        return self.heard[-1]
