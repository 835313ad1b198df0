"""Made-up explanations, and pages that show a LayerStepper without a kernel behind it.

The page holds the widget's real module, style sheet and state; a few lines stand in for the
model that Jupyter would give it: `window.model`. What the widget asks is kept in `model.sent`, and
`model.seen` counts how often it said that it is there.

Bytes travel apart, by their path in the state.
"""

import base64
import json
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np

from lrp_widgets.lrp.explanation import Explanation
from lrp_widgets.lrp.layer_result import ABSORBED, LayerResult
from lrp_widgets.lrp.rules import Ones, Pass, WinnerTakeAll, ZPlus
from lrp_widgets.widgets.stepper.stepper import LayerStepper

KINDS = ["circle", "square", "triangle", "star", "cross", "ring", "crescent", "heart"]

# name, kind, kind_text, rule, shape. More columns than rows: a transposition would show.
SMALL = [
    ("input", "input", "picture", None, (12, 20, 3)),
    ("block1_conv1", "convolution", "convolution 3×3", Ones(), (12, 20, 4)),
    ("block1_pool", "max pooling", "max pooling 2×2", WinnerTakeAll(), (6, 10, 4)),
    ("flatten", "flatten", "flatten", Pass(), (240,)),
    ("fc1", "dense", "dense", ZPlus(), (30,)),
    ("predictions", "dense", "dense", ZPlus(), (8,)),
]


def vgg_layers(blocks, side, dense, classes):
    """The layers of a VGG: `blocks` are (number of convolutions, channels)."""
    layers, channels = [("input", "input", "picture", None, (side, side, 3))], 3
    for number, (convolutions, channels) in enumerate(blocks, 1):
        for i in range(1, convolutions + 1):
            name, shape = f"block{number}_conv{i}", (side, side, channels)
            layers.append((name, "convolution", "convolution 3×3", ZPlus(), shape))
        side //= 2
        name, shape = f"block{number}_pool", (side, side, channels)
        layers.append((name, "max pooling", "max pooling 2×2", WinnerTakeAll(), shape))
    layers.append(("flatten", "flatten", "flatten", Pass(), (side * side * channels,)))
    for number, units in enumerate(dense, 1):
        layers.append((f"fc{number}", "dense", "dense", ZPlus(), (units,)))
    return [*layers, ("predictions", "dense", "dense · softmax", ZPlus(), (classes,))]


MINI_VGG = vgg_layers([(2, 16), (2, 32), (2, 64), (2, 64)], 64, [128], 8)
# VGG16's names and sizes, with an eighth of its channels: they are summed before the browser.
VGG16 = vgg_layers([(2, 8), (2, 16), (3, 32), (3, 64), (3, 64)], 224, [4096, 4096], 1000)


def made_up(layers=SMALL, class_names=None, signs=True, picture=True, absorbed=None, seed=0):
    """An explanation of random numbers for layers as listed above; totals are what they sum to."""
    random = np.random.default_rng(seed)
    results = []
    for name, kind, kind_text, rule, shape in layers:
        relevance = random.standard_normal(shape) if signs else random.random(shape) ** 4
        relevance = (relevance / np.abs(relevance).sum()).astype(np.float32)
        results.append(
            LayerResult(
                name=name,
                kind=kind,
                kind_text=kind_text,
                rule=rule,
                equation="" if rule is None else rule.equation,
                shape=shape,
                activation=random.random(shape).astype(np.float32),
                relevance=relevance,
                total=float(relevance.sum(dtype=np.float64)),
                absorbed=dict.fromkeys((*ABSORBED, "rounding"), 0.0)
                | (absorbed or {}).get(name, {}),
            )
        )
    classes = layers[-1][4][-1]
    names = class_names or (KINDS if classes == 8 else [f"class {k}" for k in range(classes)])
    shape = (*layers[0][4][:2], 3)
    return Explanation(
        network=SimpleNamespace(name="made up", class_names=names, ends_with_softmax=True),
        layers=results,
        picture=random.integers(0, 256, shape, np.uint8) if picture else None,
        start="softmax",
        target_index=None,
        other_index=None,
        settings={"pooling": "avg"},
    )


_PAGE = """<!doctype html><meta charset="utf-8"><title>stepper</title>
<style>body { margin: 14px; } #cell { --lrp-stepper-height: %(height)s; }
%(css)s</style>
<div id="cell"></div>
<script type="module">
const state = %(state)s;
for (const [path, text] of %(buffers)s) {
  const last = path.pop();
  const holder = path.reduce((inside, key) => inside[key], state);
  holder[last] = new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}
const listeners = [];
const model = {
  sent: [],
  seen: 0,
  get: (key) => state[key],
  set(key, value) {
    const same = state[key] === value;
    state[key] = value;
    if (!same) model.tell(`change:${key}`);
  },
  save_changes() {},
  send: (message) => (message.type === "seen" ? (model.seen += 1) : model.sent.push(message)),
  on: (event, listener) => listeners.push([event, listener]),
  off(event, listener) {
    const at = listeners.findIndex(([e, l]) => e === event && l === listener);
    if (at >= 0) listeners.splice(at, 1);
  },
  tell(event, ...values) {
    listeners.filter(([e]) => e === event).forEach(([, listener]) => listener(...values));
  },
  listeners,
};
window.model = model;
const source = URL.createObjectURL(new Blob([%(esm)s], { type: "text/javascript" }));
const { default: widget } = await import(source);
window.close_widget = widget.render({ model, el: document.getElementById("cell") });
</script>"""


def write_page(path, explanation=None, height="640px", **traits):
    """Write a page with a LayerStepper to `path`; return its address."""
    return write_widget(path, LayerStepper(explanation, **traits), height)


def open_answered(page, path, widget, height="652px"):
    """Show a widget on a page, whose questions its Python side answers."""

    def ask(message):
        sent = []
        widget.send = lambda content, buffers=(): sent.append((content, buffers))
        widget._handle_custom_msg(json.loads(message), [])
        return [
            [content, [base64.b64encode(buffer).decode() for buffer in buffers]]
            for content, buffers in sent
        ]

    page.expose_function("ask", ask)
    page.goto(write_widget(path, widget, height))
    page.wait_for_function("() => !!window.close_widget")
    page.evaluate(
        """() => {
          const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
          const view = (text) => new DataView(bytes(text).buffer);
          model.send = async (message) => {
            for (const [content, buffers] of await window.ask(JSON.stringify(message))) {
              model.tell("msg:custom", content, buffers.map(view));
            }
          };
          model.sent.forEach(model.send);  // what was asked before there was anyone to answer
        }"""
    )
    return page


def write_widget(path, widget, height="640px"):
    """Write a page with any of our widgets to `path`; return its address."""
    state, buffers = {}, []

    def take(value, path):
        """The value without its bytes, which go to `buffers`."""
        if isinstance(value, dict):
            return {key: take(inside, (*path, key)) for key, inside in value.items()}
        if not isinstance(value, bytes):
            return value
        buffers.append((path, base64.b64encode(value).decode()))
        return None

    ours = [name for name in widget.traits(sync=True) if not name.startswith("_")]
    for key in ours:
        value = getattr(widget, key)
        if isinstance(value, str | bytes | int | float | list | tuple | dict | bool):
            state[key] = take(value, (key,))

    def script(value):
        return json.dumps(value).replace("</", "<\\/")

    path.write_text(
        _PAGE
        % {
            "height": height,
            "css": widget._css,
            "state": script(state),
            "buffers": script(buffers),
            "esm": script(widget._esm),
        },
        encoding="utf-8",
    )
    return path.as_uri()


def stop_clock(page):
    """Let time pass on a page only by `page.clock.run_for(milliseconds)`."""
    page.clock.install()
    page.clock.pause_at(datetime.now() + timedelta(minutes=1))
