"""Libraries in processes of their own, which take turns: some cannot share one.

iNNvestigate needs an older TensorFlow, and PyTorch's compiler and TensorFlow stop each other. Each
process waits while another works, so that they have the machine to themselves in turn. Questions
and answers are lines of JSON; pictures and maps are files in a folder that both know.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

RULES = ("z-plus", "epsilon:1e-06", "gamma-sign:0.25", "alpha-beta:2")
FORWARD = "forward pass"  # what a library's own model is asked for as if it were a rule


class Player:
    """The asking side: the libraries that `python script folder` knows.

    `knows`: {library: its rules}, empty where they are not installed, as `missing` then says.
    """

    def __init__(self, python, script, folder):
        self._process = subprocess.Popen(
            [python, str(script), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._folder = Path(folder)
        hello = self._read()
        self.knows, self.missing = hello["knows"], hello.get("missing")

    def time(self, library, rule, picture=0):
        """Seconds that this library takes for this rule and picture, in float32."""
        return self._ask(library=library, rule=rule, picture=picture, dtype="float32")["seconds"]

    def map(self, library, rule):
        """The first picture's relevance, (H, W, C) as the network reads it, in float64."""
        self._ask(library=library, rule=rule, picture=0, dtype="float64")
        return np.load(self._folder / "answer.npy")

    def peak(self):
        """GiB of memory that the process has held at the most, since `forget_peak`."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        return int(kib) / 2**20

    def forget_peak(self):
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")  # man 5 proc

    def close(self):
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, **question):
        with contextlib.suppress(BrokenPipeError):  # where it has stopped, `_read` says so
            print(json.dumps(question), file=self._process.stdin, flush=True)
        return self._read()

    def _read(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self._process.args[:2])} stopped; see above.")
        return json.loads(line)


def play(make):
    """The answering side: `make(folder)` → {library: {rule or FORWARD: function of x}}.

    Each function takes the network's input, (1, H, W, C) in the type to compute in.
    """
    folder = Path(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    try:
        ways, missing = make(folder), None
    except ImportError as error:
        ways, missing = {}, error.name
    _say(answers, knows={name: list(rules) for name, rules in ways.items()}, missing=missing)
    pictures = np.load(folder / "pictures.npy")
    for line in sys.stdin:
        question = json.loads(line)
        way = ways[question["library"]][question["rule"]]
        number = question["picture"] % len(pictures)
        x = pictures[number : number + 1].astype(question["dtype"])
        begun = time.perf_counter()
        found = way(x)
        seconds = time.perf_counter() - begun
        np.save(folder / "answer.npy", found)
        _say(answers, seconds=seconds)


def _say(answers, **answer):
    print(json.dumps(answer), file=answers, flush=True)
