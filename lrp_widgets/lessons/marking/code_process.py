"""Students' code, run by a Python process of its own, with an end to its time.

That keeps a function that never returns, or that ends Python, from ending the marking. It is no
prison: what students hand in runs as whoever collects it, and so only where that is asked for.
"""

import json
import os
import subprocess
import sys
import tempfile

from ..checking import question
from ..questions import Verdict

SECONDS = 120  # for a student's code to one lesson, TensorFlow's start included


def run_code(lesson, sources):
    """Return {question: Verdict} on {question: source}, code that answers questions of `lesson`.

    All of it stands in one namespace, as in the notebook: what one answers may call another.
    """
    with tempfile.TemporaryDirectory(prefix="lrp-code-", ignore_cleanup_errors=True) as folder:
        try:
            ran = subprocess.run(
                [sys.executable, "-c", f"from {__name__} import answer; answer()"],
                input=json.dumps(sources),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                cwd=folder,
                timeout=SECONDS,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            verdicts = json.loads(ran.stdout.rpartition("\n")[2])
            return {name: Verdict(*verdicts[name]) for name in sources}
        except subprocess.TimeoutExpired:
            why = f"The code of lesson {lesson} did not come to an end within {SECONDS} s."
        except (ValueError, KeyError, TypeError):
            why = f"The code of lesson {lesson} ended Python."
    return {name: Verdict(False, why) for name in sources}


def answer():
    """In that process: sources from standard input, verdicts as the last line of the output."""
    sources = json.load(sys.stdin)
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)  # what the code prints is not for us
        output.write("\n" + json.dumps(_verdicts(sources)))
        output.flush()


def _verdicts(sources):
    import numpy as np

    namespace, errors = {"np": np, "numpy": np}, {}
    for name, source in sources.items():
        try:
            exec(compile(source, name, "exec"), namespace)
        except Exception as error:  # anything may happen in a learner's code
            errors[name] = f"The code stopped with {type(error).__name__}: {error}."
    return {name: _judged(name, namespace, errors) for name in sources}


def _judged(name, namespace, errors):
    if name in errors:
        return [False, errors[name]]
    defined = [each for each in namespace.values() if getattr(each, "__code__", None)]
    mine = [each for each in defined if each.__code__.co_filename == name]
    if not mine:
        return [False, "The code defines no function."]
    verdict = question(name).judge(mine[-1])
    return [verdict.right, verdict.message]
