"""A kernel's websocket reads version 1 of its protocol, and passes the older one on."""

import json
from concurrent.futures import Future

import pytest
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from lrp_widgets.app import channels as channels_module
from lrp_widgets.app.channels import PROTOCOL, Channels


@pytest.fixture
def sent(monkeypatch):
    """What reaches the visitor."""
    found = []

    def write_message(self, message, binary):
        found.append(message)
        self.written.append(Future())
        return self.written[-1]

    monkeypatch.setattr(KernelWebsocketHandler, "write_message", write_message)
    return found


def channels(protocol):
    class Spoken(Channels):
        selected_subprotocol = protocol

        def __init__(self):
            self.written, self.closed, self.ws_connection = [], [], True

        def close(self, *said):
            self.closed.append(said)

    return Spoken()


def test_an_older_protocol_s_binary_message_is_not_taken_for_a_count(sent):
    # The places of two parts, each of four bytes: as a count of eight bytes, 5 · 10¹⁷ of them.
    message = bytes([0, 0, 0, 2, 0, 0, 0, 12, 0, 0, 0, 14]) + b"{}" + b"buffer"
    channels(None).write_message(message, binary=True)
    assert sent == [message]


def test_pages_are_not_told_what_code_ran(sent):
    def message(kind):
        parts = {"header": {"msg_type": kind}, "parent_header": {}, "metadata": {}, "content": {}}
        return serialize_msg_to_ws_v1(parts, "iopub", lambda part: json.dumps(part).encode())

    spoken = channels(PROTOCOL)
    spoken.write_message(message("execute_input"), binary=True)
    spoken.write_message(message("status"), binary=True)
    assert sent == [message("status")]


MESSAGE = bytes(400)  # of no parts


@pytest.mark.parametrize("protocol", [None, PROTOCOL])
def test_who_asks_and_does_not_read_loses_the_connection(sent, monkeypatch, protocol):
    monkeypatch.setattr(channels_module, "MOST_WAITING", 1000)
    spoken = channels(protocol)
    for _ in range(5):
        spoken.write_message(MESSAGE, binary=True)
        spoken.written[-1].set_result(None)  # it has been read
    spoken.write_message(MESSAGE, binary=True)
    spoken.write_message(MESSAGE, binary=True)
    assert not spoken.closed
    spoken.write_message(MESSAGE, binary=True)
    assert spoken.closed == [(1008, "More was asked for than is read.")]
    written = len(sent)
    spoken.write_message(MESSAGE, binary=True)
    assert len(sent) == written


@pytest.mark.parametrize(("protocol", "size", "order"), [(None, 4, "big"), (PROTOCOL, 8, "little")])
def test_a_message_of_billions_of_parts_is_not_read(monkeypatch, protocol, size, order):
    read = []
    monkeypatch.setattr(
        KernelWebsocketHandler, "on_message", lambda _, message: read.append(message)
    )
    spoken = channels(protocol)
    right = (1).to_bytes(size, order) + bytes(size)
    spoken.on_message(right)
    assert (read, spoken.closed) == ([right], [])
    spoken.on_message((2**31 - 1).to_bytes(size, order) + bytes(40))
    spoken.ws_connection = None  # it ends, and its protocol is not known any more
    spoken.on_message(right)
    assert (read, spoken.closed) == ([right], [(1007, "This is no message.")])
