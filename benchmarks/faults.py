"""What can befall a server with a class at work, and what the others feel of it.

Each fault has a server of its own, where visitors move a slider about once a second, two of them in
real browsers. A fault returns rows: what is counted, how many, at most how many, and the unit.
"Slower" is the median of the others' answers with the fault, as a multiple of that before it.
"""

import asyncio
import base64
import os
import random
import resource
import signal
import statistics
import struct
import time
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import psutil
from start import served
from tornado.httpclient import AsyncHTTPClient
from visitor import Visitor, browsers, message

from lrp_widgets.app.channels import PROTOCOL

STATE = "?picture=ring"
BEFORE = 15  # seconds of work without the fault, and with it
LOST = 60  # seconds after which an answer counts as lost
SLOWER = 2.5  # at most, as a multiple; a median of a busy machine moves by itself
TOLD = 5  # seconds until a page knows that its kernel is gone


class Class:
    """Visitors at work: `waits` has each answer's moment and seconds, `failed` who got none."""

    def __init__(self, visitors, real):
        self.visitors, self.real = visitors, real
        self.waits, self.failed = [], []
        self.tasks = {each: asyncio.create_task(self._work(each)) for each in visitors}

    async def _work(self, visitor):
        while True:
            try:
                wait = await asyncio.wait_for(visitor.move(), LOST)
            except (OSError, TimeoutError) as error:
                self.failed.append((visitor, error))
                return
            self.waits.append((time.monotonic(), wait))
            await asyncio.sleep(random.uniform(0.5, 1.5))

    async def median(self):
        """Let them work for some seconds, and return the median of their answers' seconds."""
        begun = time.monotonic()
        await asyncio.sleep(BEFORE)
        return statistics.median(wait for at, wait in self.waits if at > begun)

    def stop(self, *visitors):
        """These do not work any more."""
        for each in visitors:
            self.tasks.pop(each).cancel()

    async def rows(self, before, after):
        """What the others felt."""
        told = sum([await each.is_told() for each in self.real])
        return [
            ("others whose answer failed", len(self.failed), 0, ""),
            ("others in real browsers who were told of a loss", told, 0, ""),
            ("others' answers, median before", before, None, " s"),
            ("slower", after / before, SLOWER, " ×"),
        ]


@asynccontextmanager
async def at_work(address, count, real=2):
    """A class of so many at work, of whom `real` have browsers."""
    async with browsers(real) as tabs:
        coming = [Visitor(address, STATE).arrive() for _ in range(count - real)]
        visitors = await asyncio.gather(*coming)
        await asyncio.gather(*(tab.arrive(address + STATE) for tab in tabs))
        whole = Class(visitors, tabs)
        try:
            yield whole
        finally:
            whole.stop(*list(whole.tasks))


def in_state(visitor):
    """Whether a visitor's page has what its link says."""
    return any(each["state"].get("selected") == "ring" for each in visitor.states.values())


def kernels(server):
    """The kernels of a server: each leads a session of its own."""
    found = []
    for each in psutil.Process(server.pid).children(recursive=True):
        with suppress(ProcessLookupError):  # it has just ended
            if os.getsid(each.pid) == each.pid:
                found.append(each)
    return found


def uss(server):
    """The server's own memory in MB, without its kernels'."""
    return psutil.Process(server.pid).memory_full_info().uss / 1e6


async def until(condition, patience):
    """Return the seconds until `await condition()` is true, at most `patience`."""
    begun = time.monotonic()
    while not await condition() and time.monotonic() - begun < patience:
        await asyncio.sleep(0.1)
    return time.monotonic() - begun


def killed_kernels(count):
    """kill -9 of every third kernel, at random, and of one browser's"""

    async def fault(address):
        async with at_work(address, count) as them:
            before = await them.median()
            victims = random.sample(them.visitors, count // 3)
            them.stop(*victims)
            measuring = asyncio.create_task(them.median())
            told, whole, back = [], 0, []

            async def gone(visitor):
                return (await visitor.pulse())["life"] != visitor.life

            for victim in victims:
                os.kill(int(victim.life), signal.SIGKILL)
                told.append(await until(lambda: gone(victim), 4 * TOLD))  # noqa: B023
                again = await Visitor(address, STATE).arrive()
                back.append(again.answered)
                whole += in_state(again)
            hers = them.real.pop()
            os.kill(await hers.kernel(), signal.SIGKILL)
            shown = await until(hers.is_told, 12 * TOLD)
            await hers.tab.get_by_role("button", name="Start again").click()
            await hers.has_map()
            picture = ".lrp-picker-tile[data-name=ring][aria-checked=true]"
            hers_whole = await hers.tab.locator(picture).count()
            return [
                ("kernels killed", len(victims) + 1, None, ""),
                ("pages that could know of it, the slowest after", max(told), TOLD, " s"),
                ("a real browser said so after", shown, 2 * TOLD, " s"),
                ("not started again in their state", len(victims) + 1 - whole - hers_whole, 0, ""),
                ("started again within, the slowest", max(back), None, " s"),
                *await them.rows(before, await measuring),
            ]

    with served() as (address, _):
        return asyncio.run(fault(address))


def killed_server(count):
    """kill -9 of the server"""
    free = psutil.virtual_memory().available

    async def come(address):
        await asyncio.gather(*(Visitor(address).arrive() for _ in range(count)))

    with served() as (address, server):
        asyncio.run(come(address))
        family = psutil.Process(server.pid).children(recursive=True)
        server.kill()
        _, left = psutil.wait_procs(family, timeout=10)
    back = (free - psutil.virtual_memory().available) / 1e6
    return [
        ("processes of it, kernels included", len(family), None, ""),
        ("of them after 10 s", len(left), 0, ""),
        ("memory not back (all that runs here counts)", back, None, " MB"),
    ]


def left_pages(_):
    """200 pages opened and left, every other one while it loads"""

    async def open_and_leave(address, number, turn):
        async with turn:
            if number % 2:
                place = urlsplit(address)
                reader, writer = await asyncio.open_connection(place.hostname, place.port)
                writer.write(f"GET / HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
                await reader.read(200)
                writer.close()
            else:
                visitor = Visitor(address)
                await visitor.open()
                await visitor.leave()

    async def fault(address, server):
        async def pages(number):
            turn = asyncio.Semaphore(8)
            await asyncio.gather(*(open_and_leave(address, each, turn) for each in range(number)))

        await pages(16)
        await asyncio.sleep(15)
        before = uss(server)
        await pages(200)
        await asyncio.sleep(15)
        return [
            ("kernels after 15 s", len(kernels(server)), 0, ""),
            ("the server has grown by", uss(server) - before, 20, " MB"),
        ]

    with served() as (address, server):
        return asyncio.run(fault(address, server))


def bare_requests(_):
    """100 bare requests at once, as a crawler's"""

    async def fault(address, server):
        asking = [
            AsyncHTTPClient().fetch(address, raise_error=False, request_timeout=LOST)
            for _ in range(100)
        ]
        codes = [reply.code for reply in await asyncio.gather(*asking)]
        most = len(kernels(server))
        freed = await until(lambda: asyncio.sleep(0, not kernels(server)), LOST)
        visitor = await Visitor(address).arrive()
        return [
            ("pages", codes.count(200), None, ""),
            ("told to come again (503)", codes.count(503), None, ""),
            ("any other answer", 100 - codes.count(200) - codes.count(503), 0, ""),
            ("kernels then", most, None, ""),
            ("all of them ended after", freed, 25, " s"),
            ("who comes then has a slider answered after", visitor.answered, 10, " s"),
        ]

    with served() as (address, server):
        return asyncio.run(fault(address, server))


def full_disk(count):
    """A full disk: no process of the server can write to a file any more"""

    def limit(server, size):
        for each in (psutil.Process(server.pid), *psutil.Process(server.pid).children(True)):
            resource.prlimit(each.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    async def fault(address, server):
        async with at_work(address, count) as them:
            before = await them.median()
            limit(server, 0)
            measuring = asyncio.create_task(them.median())
            replies = [await Visitor(address, STATE).fetch(STATE) for _ in range(5)]
            texts = [(reply.code, reply.body.decode()) for reply in replies]
            work = sum(code == 200 and "kernelId" in text for code, text in texts)
            told = sum(code == 503 and "disk" in text for code, text in texts)
            after = await measuring
            limit(server, resource.RLIM_INFINITY)
            again = await Visitor(address, STATE).arrive()
            return [
                ("newcomers, of 5, who have a page that works", work, None, ""),
                ("who are told what it is, in one sentence", told, None, ""),
                ("neither", 5 - work - told, 0, ""),
                (
                    "who comes when there is room again has an answer after",
                    again.answered,
                    10,
                    " s",
                ),
                *await them.rows(before, after),
            ]

    with served() as (address, server):
        return asyncio.run(fault(address, server))


def slow_client(count):
    """One who reads 1 kB a second, and asks for all five times a second"""

    async def fault(address, server):
        async with at_work(address, count) as them:
            before, own = await them.median(), uss(server)
            slow = Visitor(address, STATE)
            await slow.open()
            slow.socket.close()
            reader, writer = await raw_socket(slow.channels())
            measuring = asyncio.create_task(them.median())
            most, ends = own, time.monotonic() + 3 * BEFORE
            while time.monotonic() < ends and not writer.is_closing():
                writer.write(frame(message("comm_open", **everything("open"))[1]))
                writer.write(frame(message("comm_msg", **everything("request_states"))[1]))
                try:
                    if not await asyncio.wait_for(reader.read(200), 1):
                        break
                except (OSError, TimeoutError):
                    pass
                most = max(most, uss(server))
                await asyncio.sleep(0.2)
            writer.close()
            return [
                ("the server has grown by, at most", most - own, 100, " MB"),
                *await them.rows(before, await measuring),
            ]

    with served() as (address, server):
        return asyncio.run(fault(address, server))


def everything(method):
    """What a page asks for at its beginning: the state of all its widgets."""
    if method == "open":
        return {"comm_id": "slow", "target_name": "jupyter.widget.control", "data": {}}
    return {"comm_id": "slow", "data": {"method": method}}


async def raw_socket(url):
    """A websocket whose bytes are read one by one: (reader, writer)."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1000)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {place.path}?{place.query} HTTP/1.1",
        f"Host: {place.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: {PROTOCOL}",
    )
    writer.write("\r\n".join((*lines, "", "")).encode())
    assert b" 101 " in await reader.readline()
    return reader, writer


def frame(payload):
    """A binary websocket frame, masked with zeros."""
    return struct.pack(">BBQ4x", 0x82, 0xFF, len(payload)) + payload


FAULTS = {
    "kernels": killed_kernels,
    "server": killed_server,
    "left": left_pages,
    "bare": bare_requests,
    "disk": full_disk,
    "slow": slow_client,
}
