import assert from "node:assert/strict";
import { test } from "node:test";
import { bandsOf, linesOf, nameOf, place } from "../../lrp_widgets/widgets/graph/graph_layout.js";

const node = (kind, layer, channels, flow) => ({ kind, layer, channels, share: flow, flow });

/** A start, two layers of three nodes and the pixels; what channel 4 hands on is below zero. */
function graph() {
  const nodes = [
    node("start", "out", [], 1),
    node("channel", "high", [4], 0.5),
    node("channel", "high", [2], 0.2),
    node("others", "high", [0, 1, 3], 0.3),
    node("channel", "low", [0], 0.44),
    node("others", "low", [1, 2], 0.56),
    node("pixels", "input", [], 1),
  ];
  const edge = (source, target, positive, negative = 0) => ({ source, target, positive, negative });
  const edges = [
    edge(0, 1, 0.5),
    edge(0, 2, 0.2),
    edge(0, 3, 0.3),
    edge(1, 4, 0.1, 0.3),
    edge(1, 5, 0, 0.6),
    edge(2, 4, 0.6),
    edge(2, 5, 0.4),
    edge(3, 4, 0.4),
    edge(3, 5, 0.6),
    edge(4, 6, 1),
    edge(5, 6, 1),
  ];
  return { nodes, edges };
}

test("a line for the start, one for each layer, and one for the pixels", () => {
  assert.deepEqual(linesOf(graph().nodes), [[0], [1, 2, 3], [4, 5], [6]]);
});

test("what is explained stands alone also where its layer is in the graph", () => {
  const nodes = [node("start", "fc", [], 1), node("channel", "fc", [1], 1)];
  assert.deepEqual(linesOf(nodes), [[0], [1]]);
});

test("what leaves a node, and what arrives, fills its side", () => {
  const { nodes } = graph();
  const bands = bandsOf(graph());
  assert.equal(bands.length, 12); // one edge has both signs
  for (const [end, part] of [
    ["source", "from"],
    ["target", "to"],
  ])
    nodes.forEach((_, k) => {
      const own = bands.filter((band) => band[end] === k).map((band) => band[part]);
      if (!own.length) return;
      let at = 0;
      for (const [begin, stop] of own) {
        assert.ok(Math.abs(begin - at) < 1e-12 && stop > begin);
        at = stop;
      }
      assert.ok(Math.abs(at - 1) < 1e-12, `${end} ${k}`);
    });
  const [up, down] = bands.filter(({ source, target }) => source === 1 && target === 4);
  assert.deepEqual([up.sign, up.share], ["positive", 0.1]);
  assert.deepEqual([down.sign, down.share], ["negative", 0.3]);
  assert.ok(Math.abs(down.to[1] - down.to[0] - (0.5 * 0.3) / 0.44) < 1e-12);
});

test("tiles lie within the drawing and beside each other", () => {
  for (const [width, across] of [
    [340, false],
    [640, true],
    [1500, true],
  ]) {
    const { nodes, height } = place(graph(), width, across);
    nodes.forEach(({ x, y, side, below }, k) => {
      assert.ok(x - side / 2 >= 0 && x + side / 2 <= width, `${width} ${k}`);
      assert.ok(y - side / 2 >= 0 && y + side / 2 <= height, `${width} ${k}`);
      for (const other of nodes.slice(k + 1)) {
        const apart = Math.max(Math.abs(x - other.x), Math.abs(y - other.y));
        assert.ok(apart >= (side + other.side) / 2, `${width} ${k}`);
      }
      assert.equal(below > 0, !across);
    });
  }
});

test("nodes are named in words", () => {
  assert.deepEqual(graph().nodes.map(nameOf), [
    "out",
    "channel 4",
    "channel 2",
    "3 others",
    "channel 0",
    "2 others",
    "pixels",
  ]);
  assert.equal(nameOf(node("others", "x", [7], 0.1)), "1 other");
});
