"""What an exported page carries: its widgets' states and prepared answers, as one text.

A text in base64 of deflated bytes: the length of a JSON text (4 bytes, little-endian), that text,
then pieces of bytes one after the other. Where a value is bytes, the JSON says {"$bytes": [i, …]}:
these pieces, one after the other. Pieces that are equal are stored once. Pieces of float32 are
stored by significance, all first bytes, all second ones, …, which deflates better, and nothing is
rounded. `unpack` in payload.js reads it.
"""

import base64
import json
import struct
import zlib

import numpy as np

FLOAT = 4  # bytes


class Payload:
    """Collects pieces of bytes: `put` returns what stands for them in what `text` gets."""

    def __init__(self):
        self._numbers = {}  # {piece: its number}, in the order in which they came

    def put(self, *pieces):
        """Return what stands in the JSON for these pieces of bytes, one after the other."""
        return {"$bytes": [self._numbers.setdefault(each, len(self._numbers)) for each in pieces]}

    def text(self, content):
        """Return everything as one text; `content` is JSON, and bytes in it are put."""
        told = json.dumps(content, default=self.put, separators=(",", ":"), allow_nan=False)
        lengths = json.dumps([len(piece) for piece in self._numbers])
        head = f'{{"pieces":{lengths},"content":{told}}}'.encode()
        body = b"".join(_by_significance(piece) for piece in self._numbers)
        packed = zlib.compress(struct.pack("<I", len(head)) + head + body, 9)
        return base64.b64encode(packed).decode()


def _by_significance(piece):
    if len(piece) % FLOAT:
        return piece
    return np.frombuffer(piece, np.uint8).reshape(-1, FLOAT).T.tobytes()
