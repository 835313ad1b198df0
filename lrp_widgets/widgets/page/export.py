"""Write a widget as one HTML file, which any browser shows without a network."""

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path

import anywidget
import jinja2

from ... import __version__
from ..._support import checks
from ..shared.built import FOLDER, built
from .payload import Payload

_HERE = Path(__file__).parent
BUILT = _HERE / "built"
JUPYTERS = {"layout", "tabbable", "tooltip"}  # of every widget; nothing of ours reads them


def export_page(widget, path, title="", words="", **amounts):
    """Write `widget` to the file `path`, as a page that needs no Python any more.

        export_page(LayerStepper(explain(network, image)), "star.html")

    The page begins with what the widget shows now. It opens from a disk and asks nothing of any
    host; its own content security policy allows the scripts in it, by their hashes, and nothing
    else. What only a kernel could answer is not offered on it. `title` and `words` stand above the
    widget; other arguments go to the widget's `page_answers`, if it has one: which answers the page
    carries. Returns the path. Raises TypeError for what is not a widget of this package, OSError
    where the file cannot be written.
    """
    path = checks.path("path", path)
    path.write_text(page({"widget": widget}, title=title, words=words, **amounts), "utf-8")
    return path


def page(widgets, title, words="", **amounts):
    """Return a whole HTML document with widgets in it, {id: widget}."""
    payload = Payload()
    carried = {name: carry(widget, payload, **amounts) for name, widget in widgets.items()}
    modules = dict.fromkeys(each["module"] for each in carried.values())
    scripts = [*(_script(module) for module in modules), _script("page/host.js")]
    styles = dict.fromkeys(str(widget._css) for widget in widgets.values())
    style = "\n".join([*styles, (_HERE / "page.css").read_text("utf-8")])
    return _template().render(
        title=title or "Layer-wise Relevance Propagation",
        words=words,
        names=list(widgets),
        policy=policy(scripts, style),
        style=style,
        payload=payload.text({"widgets": carried}),
        scripts=scripts,
        version=__version__,
    )


def carry(widget, payload, **amounts):
    """Return what a page knows of a widget: its module, its state, and prepared answers."""
    module = _module(widget)
    answers = {}
    if hasattr(widget, "page_answers"):
        for message, content, pieces in widget.page_answers(**amounts):
            answers[key(message)] = {"content": content, "buffers": [payload.put(*pieces)]}
    names = [name for name in widget.keys if not name.startswith("_") and name not in JUPYTERS]
    state = widget.get_state(names)
    if hasattr(widget, "page_pieces"):
        state |= {name: payload.put(*pieces) for name, pieces in widget.page_pieces().items()}
    return {"module": module, "state": state, "answers": answers}


def key(message):
    """Return a message as one text, as `keyOf` in model.js does."""
    return json.dumps(message, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def policy(scripts, style):
    """Return the content security policy of a page: its own scripts and styles, nothing else."""
    rules = {
        "default-src": ["'none'"],
        "script-src": [_hash(script) for script in scripts],
        "style-src": [_hash(style)],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in rules.items())


def _hash(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@lru_cache(maxsize=1)
def _modules():
    """{a built module's text: its name}."""
    return {p.read_text("utf-8"): p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*.js")}


def _module(widget):
    text = str(getattr(widget, "_esm", "")) if isinstance(widget, anywidget.AnyWidget) else ""
    if text not in _modules():
        _modules.cache_clear()  # `make watch` may have built it anew
    if text not in _modules():
        raise TypeError(
            f"{type(widget).__name__} is no widget of lrp_widgets.widgets, of which a page can be "
            "made; LayerStepper, Microscope and Compare are."
        )
    return _modules()[text]


def _script(name):
    return built(name, BUILT).read_text("utf-8").replace("</script", "<\\/script")


@lru_cache(maxsize=1)
def _template():
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2")
