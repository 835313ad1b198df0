"""How large a picture may be: what a host sets, and what decoding may take of the memory."""

from .._support.host_limits import host_limit

# Pixels of a picture, and bytes of its file, where the host says nothing else.
PIXELS = 120_000_000
BYTES = 50_000_000

# Bytes that decoding may take beside the finished picture: a file of a few kilobytes can claim a
# hundred million pixels.
MEMORY = 280 * 2**20


def most_pixels():
    """Return how many pixels a picture may have: LRP_WIDGETS_MAX_PIXELS, or 120 million."""
    return host_limit("LRP_WIDGETS_MAX_PIXELS", PIXELS)


def most_bytes():
    """Return how many bytes a picture's file may have: LRP_WIDGETS_MAX_BYTES, or 50 million."""
    return host_limit("LRP_WIDGETS_MAX_BYTES", BYTES)
