"""Visitors of the dashboard: with a real browser, or speaking to the server as a page does.

Without one: over HTTP for the page, its turn in the queue, its pulse and its last message; over the
kernel's websocket, in Jupyter's protocol, for the widgets.
"""

import asyncio
import json
import random
import re
import shutil
import time
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from playwright.async_api import async_playwright
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from lrp_widgets.app.channels import PROTOCOL

PATIENCE = 300  # seconds

# By itself the client has ten connections at once, and the others wait.
AsyncHTTPClient.configure(None, max_clients=1000, defaults={"decompress_response": True})

CONFIG = r'id="jupyter-config-data"[^>]*>(.*?)</script>'
QUEUE, COOKIE = r'fetch\("([^"]+)"', r'cookie = "([^;"]+)'


def message(kind, **content):
    """(name, bytes) of a message from a page to its kernel."""
    name = uuid.uuid4().hex
    header = {"msg_id": name, "msg_type": kind, "session": "visitor", "version": "5.4"}
    header |= {"username": "", "date": datetime.now(UTC).isoformat()}
    metadata = {"version": "1.0.0"}  # of the protocol that tells all widgets at once
    parts = {"header": header, "parent_header": {}, "metadata": metadata, "content": content}
    packed = serialize_msg_to_ws_v1(parts, "shell", lambda part: json.dumps(part).encode())
    return name, packed


class Visitor:
    """One who arrives at `server`, ending in "/", with what the address says after it."""

    def __init__(self, server, query=""):
        self.server, self.query = server, query
        self.client = AsyncHTTPClient()
        self.cookies = {}
        self.page = self.answered = None  # seconds from arriving

    async def fetch(self, path, **options):
        """Return the reply to a request, whatever its status."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept": "text/html", "Cookie": cookies} | options.pop("headers", {})
        request = HTTPRequest(
            self.server + path, headers=headers, request_timeout=PATIENCE, **options
        )
        reply = await self.client.fetch(request, raise_error=False)
        for each in reply.headers.get_list("Set-Cookie"):
            name, value = each.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return reply

    async def arrive(self):
        """Open the page, and have a slider answered."""
        begun = time.perf_counter()
        await self.open()
        self.states = await self._states()
        self.slider = next(
            name for name, each in self.states.items() if "Slider" in each["model_name"]
        )
        await self.move()
        self.answered = time.perf_counter() - begun
        return self

    async def open(self):
        """Have the page, after its turn in the queue if there is one, and its kernel's socket."""
        begun = time.perf_counter()
        text = await self._page()
        self.page = time.perf_counter() - begun
        self.kernel = json.loads(re.search(CONFIG, text, re.DOTALL)[1])["kernelId"]
        self.life = (await self.pulse())["life"]
        self.socket = await websocket_connect(
            self.channels(), max_message_size=2**28, subprotocols=[PROTOCOL]
        )

    async def move(self):
        """Move a slider, and return the seconds until the kernel has answered."""
        begun = time.perf_counter()
        state = {"value": round(random.random(), 2)}
        await self.tell(self.slider, update(state))
        return time.perf_counter() - begun

    async def tell(self, widget, data):
        """Tell a widget something, and return once the kernel has answered."""
        asked = self.say("comm_msg", comm_id=widget, data=data)
        while True:
            parent, heard = await self.hear()
            if parent == asked and heard.get("execution_state") == "idle":
                return

    async def pulse(self):
        """Return what the server knows of the kernel."""
        return json.loads((await self.fetch(f"voila/api/pulse/{self.kernel}")).body)

    async def leave(self):
        """Send the page's last message, which ends its kernel."""
        self.socket.close()
        token = self.cookies["_xsrf"]
        await self.fetch(f"voila/api/shutdown/{self.kernel}", method="POST", body=f"_xsrf={token}")

    def say(self, kind, **content):
        """Send a message to the kernel, and return its name."""
        name, packed = message(kind, **content)
        self.socket.write_message(packed, binary=True)
        return name

    async def hear(self):
        """Return the parent's name and the content of the next message, without its buffers."""
        raw = await self.socket.read_message()
        if raw is None:
            raise ConnectionError("The kernel's connection was closed.")
        _, (_, parent, _, content, *_) = deserialize_msg_from_ws_v1(raw)
        return json.loads(parent).get("msg_id"), json.loads(content)

    def channels(self):
        """The address of the kernel's websocket."""
        session = uuid.uuid4().hex
        return f"ws{self.server[4:]}api/kernels/{self.kernel}/channels?session_id={session}"

    async def _page(self):
        while True:
            reply = await self.fetch(self.query)
            text = reply.body.decode()
            if reply.code == 200:
                return text
            queue = re.search(QUEUE, text)
            if not queue:
                raise ConnectionError(f"{reply.code}: {text[:200]}")
            while json.loads((await self.fetch(queue[1].lstrip("/"))).body)["place"]:
                await asyncio.sleep(2)
            name, value = re.search(COOKIE, text)[1].split("=", 1)
            self.cookies[name] = value

    async def _states(self):
        """The states of all the page's widgets, by name."""
        control = uuid.uuid4().hex
        self.say("comm_open", comm_id=control, target_name="jupyter.widget.control", data={})
        self.say("comm_msg", comm_id=control, data={"method": "request_states"})
        while True:
            _, heard = await self.hear()
            if heard.get("comm_id") == control and "states" in heard.get("data", {}):
                return heard["data"]["states"]


def update(state):
    """A message's data that changes a widget's state."""
    return {"method": "update", "state": state, "buffer_paths": []}


class Browser:
    """A visitor with a real browser, whose page is `tab`."""

    def __init__(self, tab):
        self.tab = tab
        tab.set_default_timeout(PATIENCE * 1000)

    async def arrive(self, address, delay=0):
        """Open the page, and see the kernel's first map drawn."""
        await asyncio.sleep(delay)
        begun = time.perf_counter()
        await self.tab.goto(address)
        self.page = time.perf_counter() - begun
        await self.has_map()
        self.answered = time.perf_counter() - begun
        return self

    async def has_map(self):
        """Wait for a map."""
        await self.tab.locator(".lrp-frames canvas").first.wait_for()

    async def kernel(self):
        """The kernel's process id."""
        config = "JSON.parse(document.getElementById('jupyter-config-data').textContent)"
        pulse = f"fetch('/voila/api/pulse/' + {config}.kernelId).then((one) => one.json())"
        return int((await self.tab.evaluate(f"() => {pulse}"))["life"])

    async def is_told(self):
        """Whether the page says that its Python has ended."""
        return await self.tab.locator(".lrp-lost").count() > 0


@asynccontextmanager
async def browsers(count):
    """So many real browsers, each with an empty page."""
    if not count:
        yield []
        return
    async with async_playwright() as playwright:
        path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield [Browser(await browser.new_page()) for _ in range(count)]
        await browser.close()
