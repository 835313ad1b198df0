"""What pane B asks the session for: an explanation, or another method's map."""

from ...session import MapRequest
from ..settings.requests import Requests


class PaneRequests(Requests):
    """`Requests` that also answer a `MapRequest`."""

    def _compute(self, request, report, cancel):
        if isinstance(request, MapRequest):
            return self._session.map(request, report, cancel)
        return super()._compute(request, report, cancel)
