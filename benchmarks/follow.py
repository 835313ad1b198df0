"""How quickly a class follows its teacher, and how quickly its answers become bars.

    python benchmarks/follow.py [--followers 30] [--steps 10]

Serves the dashboard and opens a page for the teacher and for each follower, without browsers: over
HTTP for the page, over the kernel's websocket for the widgets, and over the class's. All followers
join the teacher's room. "Told" is from the teacher's word of another layer until a follower's page
has heard it, "in place" until that page's kernel shows the layer, "bar" from an answer until the
teacher's page has the count, "all bars" from thirty at once until it has the last.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time

from start import served
from tornado.websocket import websocket_connect
from visitor import Visitor

LAYERS = ("block1_conv1", "block2_pool", "fc1", "block1_pool", "block2_conv1")
ASKED = {"text": "Where?", "choices": ["edge", "inside"], "answer": 0}
AT_ONCE = 4  # pages that are opened at the same time
# Seconds, for the slowest of the class, which looks at the same moment.
LIMITS = {"told": 0.5, "in place": 2, "bar": 0.5, "all bars": 1}


class Page(Visitor):
    """A page of the class, with its connection to the room."""

    async def join_class(self, turn):
        async with turn:
            await self.arrive()
        self.follower = next(
            name for name, each in self.states.items() if "followed" in each["state"]
        )
        address = f"ws{self.server[4:]}voila/api/class/{self.kernel}"
        self.room_socket = await websocket_connect(address)
        return self

    def declare(self, **words):
        """Say something to the room."""
        self.room_socket.write_message(json.dumps(words))

    async def room(self, until):
        """Return the first that is told of the room of which `until(room)` is true."""
        while True:
            told = json.loads(await self.room_socket.read_message())
            if "room" in told and until(told["room"]):
                return told["room"]

    async def follow(self, state, number):
        """Wait for a state, put it in place, and return when it was told and when it stood."""
        await self.room(lambda room: room["state"] == state)
        told = time.perf_counter()
        content = {"type": "follow", "query": state, "number": number}
        await self.tell(self.follower, {"method": "custom", "content": content})
        return told, time.perf_counter()


async def follow(teacher, class_, steps):
    """Return the seconds of each follower at each step: (told, in place)."""
    told, placed = [], []
    for number in range(1, steps + 1):
        state = f"picture=star&network=mini-vgg&layer={LAYERS[number % len(LAYERS)]}"
        begun = time.perf_counter()
        teacher.declare(do="show", state=state)
        for heard, stood in await asyncio.gather(*(each.follow(state, number) for each in class_)):
            told.append(heard - begun)
            placed.append(stood - begun)
        await asyncio.sleep(0.3)
    return told, placed


async def ask(teacher, class_):
    """Ask the next question, and return its number once it is with everybody."""
    teacher.declare(do="ask", question=ASKED)
    room = await teacher.room(lambda room: room.get("counts") == [0, 0])
    number = room["question"]["number"]
    for each in class_:
        await each.room(lambda room: room.get("question", {}).get("number") == number)
    return number


async def answer(teacher, class_):
    """Return the seconds of each answer one after the other, and of all at once."""
    bars = []
    number = await ask(teacher, class_)
    for given, each in enumerate(class_, 1):
        begun = time.perf_counter()
        each.declare(do="answer", number=number, choice=0)
        await teacher.room(lambda room, n=given: room["counts"] == [n, 0])
        bars.append(time.perf_counter() - begun)
    number = await ask(teacher, class_)
    begun = time.perf_counter()
    for each in class_:
        each.declare(do="answer", number=number, choice=1)
    await teacher.room(lambda room: room["counts"] == [0, len(class_)])
    return bars, [time.perf_counter() - begun]


async def lesson(address, followers, steps):
    """Return what each of a class found, {name: seconds}."""
    turn = asyncio.Semaphore(AT_ONCE)
    pages = [Page(address).join_class(turn) for _ in range(followers + 1)]
    teacher, *class_ = await asyncio.gather(*pages)
    teacher.declare(do="open")
    code = (await teacher.room(lambda room: True))["code"]
    for each in class_:
        each.declare(do="join", code=code, secret=None)
    await teacher.room(lambda room: room["here"] == followers)
    told, placed = await follow(teacher, class_, steps)
    bars, all_bars = await answer(teacher, class_)
    return {"told": told, "in place": placed, "bar": bars, "all bars": all_bars}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--followers", type=int, default=30)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--rest", type=float, default=8, help="seconds before the first arrives")
    chosen = parser.parse_args()
    with served() as (address, _):
        time.sleep(chosen.rest)
        found = asyncio.run(lesson(address, chosen.followers, chosen.steps))
    for name, seconds in found.items():
        verdict = "MISSED" if max(seconds) > LIMITS[name] else "kept"
        print(
            f"{name:<10} median {1000 * statistics.median(seconds):6.0f} ms, worst "
            f"{1000 * max(seconds):6.0f} ms  limit {LIMITS[name]} s: {verdict}"
        )
    return int(any(max(seconds) > LIMITS[name] for name, seconds in found.items()))


if __name__ == "__main__":
    sys.exit(main())
