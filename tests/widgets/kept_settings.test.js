import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const page = new EventTarget();
page.location = { pathname: "/voila/render/02_dense.ipynb", search: "" };
globalThis.window = page;
globalThis.document = { body: { dataset: { voila: "" } } };
const { keepsSettings } = await import("../../lrp_widgets/widgets/lessons/kept_settings.js");
const { kept } = await import("../../lrp_widgets/widgets/lessons/answers.js");

beforeEach(() => {
  const all = new Map();
  globalThis.localStorage = {
    getItem: (key) => all.get(key) ?? null,
    setItem: (key, value) => all.set(key, value),
    removeItem: (key) => all.delete(key),
  };
  page.location.pathname = "/voila/render/02_dense.ipynb";
});

/** A playground that has just been made: {model, traits, saved}. */
function made(traits) {
  const listeners = new Map();
  const all = { traits, saved: 0 };
  all.model = {
    get: (name) => traits[name],
    set(name, value) {
      traits[name] = value;
      listeners.get(`change:${name}`)?.();
    },
    save_changes: () => all.saved++,
    on: (event, listener) => listeners.set(event, listener),
    off: (event) => listeners.delete(event),
  };
  return all;
}

const GRAPH = () => ({ x: [1, 2], rule: "z-plus", drawn: 7 });
const initialize = keepsSettings("graph", ["x", "rule"]);

test("what was set is there again, and what began as another is not touched", () => {
  const first = made(GRAPH());
  initialize({ model: first.model });
  assert.equal(first.saved, 0);
  first.model.set("x", [0, 2]);
  const again = made(GRAPH());
  initialize({ model: again.model });
  assert.deepEqual(again.traits, { x: [0, 2], rule: "z-plus", drawn: 7 });
  assert.equal(again.saved, 1);
  const other = made({ ...GRAPH(), x: [3, 3] });
  initialize({ model: other.model });
  assert.deepEqual(other.traits.x, [3, 3]);
});

test("two that begin alike and offer other choices are told apart", () => {
  const maps = keepsSettings("maps", ["x"], ["drawn"]);
  const first = made(GRAPH());
  maps({ model: first.model });
  first.model.set("x", [0, 2]);
  const other = made({ ...GRAPH(), drawn: 8 });
  maps({ model: other.model });
  assert.deepEqual(other.traits.x, [1, 2]);
  const again = made(GRAPH());
  maps({ model: again.model });
  assert.deepEqual(again.traits.x, [0, 2]);
});

test("set back to its beginning, it leaves nothing behind", () => {
  const graph = made(GRAPH());
  initialize({ model: graph.model });
  graph.model.set("rule", "epsilon");
  assert.equal(Object.keys(kept("02").settings).length, 1);
  graph.model.set("rule", "z-plus");
  assert.deepEqual(kept("02").settings, {});
});

test("values of another form are passed over", () => {
  const graph = made(GRAPH());
  initialize({ model: graph.model });
  for (const x of [[1], [1, "2"], [1, null], "1", { 0: 1, 1: 2 }]) {
    graph.model.set("x", x);
    const again = made(GRAPH());
    initialize({ model: again.model });
    assert.deepEqual(again.traits.x, [1, 2]);
  }
});

test("where the address names no lesson, nothing is kept", () => {
  page.location.pathname = "/";
  const graph = made(GRAPH());
  assert.equal(initialize({ model: graph.model }), undefined);
  graph.model.set("x", [0, 0]);
  assert.equal(localStorage.getItem("lrp-widgets lesson 02 at /"), null);
});
