"""What FFmpeg holds open, a file or a camera, closed at the end of a `with`."""

from typing import Self

import av.container


class Open:
    """A base class: `close` lets go of `_container`, what PyAV has opened."""

    _container: av.container.Container

    def close(self):
        """Let go of the file; again and again does no harm."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_):
        self.close()
