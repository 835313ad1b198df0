"""How a class arrives: many visitors within seconds at one server, and what each of them costs.

    python benchmarks/arrivals.py [--visitors 30] [--within 10]

Serves the dashboard, lets visitors arrive evenly, and speaks to it as a page does: over HTTP for
the page, and over the kernel's websocket for the widgets. Visitors without a place wait in the
queue, as their page would. "Page" is when the page has come whole; "answered" is when a slider that
the visitor moved has been answered by the kernel. Memory is of the server and all kernels
(proportional: shared pages count once), processor time that of the kernels.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import sys
import time
import uuid
from datetime import UTC, datetime

import psutil
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from start import served
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from lrp_widgets.app.channels import PROTOCOL

# Seconds: the figures that a class of thirty is to find (design, section 12).
LIMITS = {
    "first page": 3,
    "page, median": 8,
    "answered, median": 25,
    "answered, worst": 45,
    "processor a visit": 2.5,
}
PATIENCE = 300


CONFIG = r'id="jupyter-config-data"[^>]*>(.*?)</script>'
QUEUE, COOKIE = r'fetch\("([^"]+)"', r'cookie = "([^;"]+)'


async def get_page(client, address):
    """Return the page's text, after its turn in the queue where there is one."""
    headers = {"Accept": "text/html"}
    while True:
        page = await client.fetch(
            HTTPRequest(address, headers=headers, request_timeout=PATIENCE), raise_error=False
        )
        text = page.body.decode()
        if page.code == 200:
            return text
        queue = address + re.search(QUEUE, text)[1].lstrip("/")
        while json.loads((await client.fetch(queue)).body)["place"]:
            await asyncio.sleep(2)
        headers["Cookie"] = re.search(COOKIE, text)[1]


class Kernel:
    """A page's connection to its kernel, in Jupyter's protocol."""

    def __init__(self, socket):
        self.socket = socket
        self.session = uuid.uuid4().hex

    def say(self, kind, **content):
        """Send a message, and return its name."""
        name = uuid.uuid4().hex
        header = {"msg_id": name, "msg_type": kind, "session": self.session, "version": "5.4"}
        header |= {"username": "", "date": datetime.now(UTC).isoformat()}
        metadata = {"version": "1.0.0"}  # of the protocol that tells all widgets at once
        parts = {"header": header, "parent_header": {}, "metadata": metadata, "content": content}
        pack = lambda part: json.dumps(part).encode()  # noqa: E731
        self.socket.write_message(serialize_msg_to_ws_v1(parts, "shell", pack), binary=True)
        return name

    async def hear(self):
        """Return the parent's name and the content of the next message, without its buffers."""
        raw = await self.socket.read_message()
        if raw is None:
            raise ConnectionError("The kernel's connection was closed.")
        _, (_, parent, _, content, *_) = deserialize_msg_from_ws_v1(raw)
        return json.loads(parent).get("msg_id"), json.loads(content)

    async def slider(self):
        """Return the name of one of the page's sliders."""
        control = uuid.uuid4().hex
        self.say("comm_open", comm_id=control, target_name="jupyter.widget.control", data={})
        self.say("comm_msg", comm_id=control, data={"method": "request_states"})
        while True:
            _, heard = await self.hear()
            if heard.get("comm_id") == control and "states" in heard.get("data", {}):
                states = heard["data"]["states"]
                return next(name for name, each in states.items() if "Slider" in each["model_name"])

    async def move(self, slider):
        """Move a slider, and return once the kernel has answered."""
        update = {"method": "update", "state": {"value": 0.37}, "buffer_paths": []}
        asked = self.say("comm_msg", comm_id=slider, data=update)
        while True:
            parent, heard = await self.hear()
            if parent == asked and heard.get("execution_state") == "idle":
                return


async def visit(client, address, delay):
    """Return the seconds from arriving until the page has come, and until a slider is answered."""
    await asyncio.sleep(delay)
    begun = time.perf_counter()
    text = await get_page(client, address)
    page = time.perf_counter() - begun
    name = json.loads(re.search(CONFIG, text, re.DOTALL)[1])["kernelId"]
    url = f"ws{address[4:]}api/kernels/{name}/channels?session_id={uuid.uuid4().hex}"
    kernel = Kernel(await websocket_connect(url, max_message_size=2**28, subprotocols=[PROTOCOL]))
    await kernel.move(await kernel.slider())
    return page, time.perf_counter() - begun, kernel


def cost(server):
    """Return the server's and its kernels' memory in bytes, and the kernels' processor seconds."""
    family = [server, *server.children(recursive=True)]
    kernels = [each for each in family if os.getsid(each.pid) == each.pid]
    memory = sum(each.memory_full_info().pss for each in family)
    return memory, [sum(each.cpu_times()[:2]) for each in kernels]


async def arrivals(address, visitors, within):
    """Return what each visitor found; those who failed as exceptions."""
    client = AsyncHTTPClient(max_clients=visitors * 2, defaults={"decompress_response": True})
    coming = [visit(client, address, i * within / visitors) for i in range(visitors)]
    return await asyncio.wait_for(asyncio.gather(*coming, return_exceptions=True), PATIENCE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--within", type=float, default=10, help="seconds")
    parser.add_argument("--rest", type=float, default=8, help="seconds before the first arrives")
    chosen = parser.parse_args()
    with served() as (address, server):
        time.sleep(chosen.rest)
        found = asyncio.run(arrivals(address, chosen.visitors, chosen.within))
        time.sleep(5)  # the last maps are measured
        memory, seconds = cost(psutil.Process(server.pid))
    failed = [each for each in found if isinstance(each, BaseException)]
    for each in failed:
        print("failed:", repr(each))
    pages, answers, _ = zip(*(each for each in found if each not in failed), strict=True)
    rows = {
        "first page": min(pages),
        "page, median": statistics.median(pages),
        "page, worst": max(pages),
        "answered, median": statistics.median(answers),
        "answered, worst": max(answers),
        "processor a visit": statistics.mean(seconds),
    }
    for name, value in rows.items():
        limit = LIMITS.get(name)
        verdict = limit and f"  limit {limit} s: {'MISSED' if value > limit else 'kept'}"
        print(f"{name:<18} {value:6.2f} s{verdict or ''}")
    print(f"{'memory':<18} {memory / 1e9:6.2f} GB, {len(seconds)} kernels; {len(failed)} failed")
    return int(bool(failed) or any(rows[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
