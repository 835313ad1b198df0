"""A class at one server: how it arrives and what it costs, and what it feels of faults.

    python benchmarks/class.py [--visitors 30] [--within 10] [--browsers 2] [--faults all]

Serves the dashboard and lets visitors arrive evenly; they speak to it as a page does (`visitor`),
and some are real browsers. "Page" is when the page has come whole; "answered" is when a slider that
the visitor moved has been answered by the kernel. Memory is of the server and all kernels
(proportional: shared pages count once), processor time that of the kernels. Then each fault, at a
server of its own: see `faults`. Ends with 1 where an aim was missed.
"""

import argparse
import asyncio
import os
import statistics
import sys
import time

import psutil
from faults import FAULTS, kernels
from start import served
from visitor import PATIENCE, Visitor, browsers

# Seconds and bytes: what a class of thirty is to find (design, section 12).
AIMS = {
    "first page": 3,
    "page, median": 8,
    "answered, median": 25,
    "answered, worst": 45,
    "processor time a visit": 2.5,
    "failed": 0,
}
UNITS = {"failed": "", "memory of all": " GB", "kernels": ""}


def cost(server):
    """The memory of the server and its kernels in bytes, and the kernels' processor seconds."""
    process = psutil.Process(server.pid)
    family = [process, *process.children(recursive=True)]
    memory = sum(each.memory_full_info().pss for each in family)
    return memory, [sum(each.cpu_times()[:2]) for each in kernels(server)]


async def arrivals(address, visitors, within, real):
    """Return the visitors, who have arrived or failed: then they are exceptions."""

    async def come(number):
        await asyncio.sleep(number * within / visitors)
        return await Visitor(address).arrive()

    async with browsers(real) as pages:
        coming = [come(number) for number in range(visitors - real)]
        coming += [page.arrive(address, within / 2) for page in pages]
        return await asyncio.wait_for(asyncio.gather(*coming, return_exceptions=True), PATIENCE)


def figures(visitors, within, real, rest):
    """Serve the dashboard to a class: {figure: value}."""
    with served() as (address, server):
        time.sleep(rest)
        found = asyncio.run(arrivals(address, visitors, within, real))
        time.sleep(5)  # the last maps are measured
        memory, seconds = cost(server)
    failed = [each for each in found if isinstance(each, BaseException)]
    for each in failed:
        print("failed:", repr(each))
    came = [each for each in found if each not in failed]
    pages, answers = [each.page for each in came], [each.answered for each in came]
    return {
        "first page": min(pages),
        "page, median": statistics.median(pages),
        "page, worst": max(pages),
        "answered, median": statistics.median(answers),
        "answered, worst": max(answers),
        "processor time a visit": statistics.mean(seconds),
        "memory of all": memory / 1e9,
        "kernels": len(seconds),
        "failed": len(failed),
    }


def show(name, value, aim, unit):
    """Print a row of the table, and return whether its aim was kept."""
    number = f"{value:.2f}" if isinstance(value, float) else str(value)
    verdict = "" if aim is None else f"{aim}{unit}"
    kept = aim is None or value <= aim
    print(f"{name:<58} {number + unit:>10} {verdict:>10}  {'' if kept else 'MISSED'}", flush=True)
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--within", type=float, default=10, help="seconds")
    parser.add_argument("--browsers", type=int, default=2, help="so many visitors are real ones")
    parser.add_argument("--rest", type=float, default=8, help="seconds before the first arrives")
    parser.add_argument("--faults", nargs="+", default=["all"], choices=["all", "none", *FAULTS])
    parser.add_argument("--no-arrivals", action="store_true", help="the faults alone")
    chosen = parser.parse_args()
    print(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{chosen.visitors} within {chosen.within} s{'':<43} {'found':>10} {'at most':>10}")
    kept = []
    if not chosen.no_arrivals:
        found = figures(chosen.visitors, chosen.within, chosen.browsers, chosen.rest)
        for name, value in found.items():
            kept.append(show(name, value, AIMS.get(name), UNITS.get(name, " s")))
    if "none" not in chosen.faults:
        for name, fault in FAULTS.items():
            if chosen.faults == ["all"] or name in chosen.faults:
                print(f"\n{fault.__doc__.splitlines()[0]}")
                kept += [show(*row) for row in fault(chosen.visitors)]
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
