"""What a page begins with: its address, and the picture that suits a network."""

import os
from contextlib import suppress

from ...networks.zoo import registry
from ...networks.zoo.offers import OFFERS
from ...session import Request

# The picture that suits a network best: one of what it knows, or a photograph.
SUITING = {"shapes": "star", "people": "astronaut", "ten things": "coffee"}
SUITING_OTHERS = "cat"


def suiting(network):
    """Return the name of the picture that suits a network best."""
    knows = OFFERS[network].knows if network in OFFERS else ""  # not of a visitor's own
    return SUITING.get(knows, SUITING_OTHERS)


def fallback():
    """Return the request that works on every machine with nothing chosen."""
    network = registry.default_name()
    return Request(suiting(network), network, start="softmax")


def address_query(session=None):
    """Return the query string of the address that opened this page, under Voilà; else "".

    A kernel that was started before anybody asked for the page waits here for that, and has the
    first answer at hand by then, with everything that it takes.
    """
    if os.environ.get("VOILA_PREHEAT", "False") != "False":
        from voila.utils import wait_for_request

        if session is not None:
            with suppress(Exception):  # what cannot be done now is tried again, and told, later
                session.explain(fallback().essential)
        wait_for_request()
    return os.environ.get("QUERY_STRING", "")
