"""A kernel's websocket reads version 1 of its protocol, and passes the older one on."""

import json

import pytest
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from lrp_widgets.app.channels import PROTOCOL, Channels


@pytest.fixture
def sent(monkeypatch):
    """What reaches the visitor."""
    found = []
    monkeypatch.setattr(
        KernelWebsocketHandler, "write_message", lambda self, message, binary: found.append(message)
    )
    return found


def channels(protocol):
    class Spoken(Channels):
        selected_subprotocol = protocol

        def __init__(self):
            pass

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
