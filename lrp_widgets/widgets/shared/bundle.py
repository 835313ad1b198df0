"""Join the JavaScript modules and style sheets beside the widgets into one string each.

A widget of anywidget sends a single ES module to the browser. Ours are written as small
modules that import each other by relative path; here they become one, without a build step.
"""

import posixpath
import re
from pathlib import Path

FOLDER = Path(__file__).parent.parent

_IMPORT = re.compile(r'^import\s+\{[^}]*\}\s+from\s+"(\.{1,2}/[\w./-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
_TOP_LEVEL = re.compile(r"^(?:async )?(?:function\*?|const|let|class)\s+(\w+)", re.MULTILINE)


def join_modules(entry, folder=FOLDER):
    """Return the ES module `entry` with all modules that it imports in front of it.

    Names are paths within `folder`. Only `import { … } from "./name.js";` is understood.
    Modules share one scope afterwards; two that define the same name raise a ValueError.
    """
    parts = {}
    _collect(entry, folder, parts, ())
    defined = {}
    for name, text in parts.items():
        for symbol in _TOP_LEVEL.findall(text):
            if symbol in defined:
                raise ValueError(
                    f"{symbol} is defined in both {defined[symbol]} and {name}; rename one of them."
                )
            defined[symbol] = name
    return "\n".join(f"// ---- {name} ----\n{text}" for name, text in parts.items())


def _collect(name, folder, parts, importers):
    if name in importers:
        raise ValueError(f"{name} imports itself by way of {' and '.join(importers)}.")
    if name in parts:
        return
    text = (folder / name).read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        below = posixpath.normpath(posixpath.join(posixpath.dirname(name), imported))
        _collect(below, folder, parts, (*importers, name))
    parts[name] = _EXPORT.sub("", _IMPORT.sub("", text))


def join_styles(*names, folder=FOLDER):
    """Return the style sheets of these names, one after the other."""
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)
