import assert from "node:assert/strict";
import { test } from "node:test";
import { PreparedUnits } from "../../lrp_widgets/widgets/microscope/prepared_units.js";
import { Model } from "../../lrp_widgets/widgets/page/model.js";

const FC = { layer: "fc", index: [2], relevance: 0.5 };
const CONV = { layer: "conv", index: [0, 1, 3], relevance: 0.25 };
const units = () =>
  new PreparedUnits(
    [FC, CONV],
    [{ layer: "conv", cell: 1, channel: -1, number: 1, why: "the strongest" }],
  );
const later = () => new Promise((done) => setTimeout(done));

async function opened(model, ...messages) {
  for (const message of messages) {
    model.send(message);
    await later();
  }
  return model.get("path").map(({ layer }) => layer);
}

test("only what the page carries can be asked for", () => {
  const model = new Model({}, {}, units());
  assert.ok(model.prepared({ type: "look", layer: "fc", index: [2] }));
  assert.ok(!model.prepared({ type: "look", layer: "fc", index: [3] }));
  assert.ok(model.prepared({ type: "look at", layer: "conv", cell: 1, channel: -1 }));
  assert.ok(!model.prepared({ type: "look at", layer: "conv", cell: 1, channel: 2 }));
  assert.ok(!model.prepared({ type: "steps", layer: "conv" }));
  assert.deepEqual(model.units, [
    { layer: "fc", index: [2] },
    { layer: "conv", index: [0, 1, 3] },
  ]);
});

test("a unit opens with its path, and leads back on it", async () => {
  const model = new Model({ unit: {}, path: [] }, {}, units());
  const up = { type: "look", layer: "fc", index: [2] };
  const down = { type: "look", layer: "conv", index: [0, 1, 3] };
  assert.deepEqual(await opened(model, up, down), ["fc", "conv"]);
  assert.deepEqual(model.get("unit"), { ...CONV, why: "" });
  assert.deepEqual(await opened(model, up), ["fc"]);
  assert.deepEqual(await opened(model, { type: "leave" }), []);
  assert.deepEqual(model.get("unit"), {});
});

test("a click on a map says why, and the stepper goes along", async () => {
  const state = { unit: {}, path: [], current: "fc", channel: 4, step: "z" };
  const model = new Model(state, {}, units());
  await opened(model, { type: "look at", layer: "conv", cell: 1, channel: -1 });
  assert.equal(model.get("unit").why, "the strongest");
  assert.deepEqual([state.current, state.channel, state.step], ["conv", -1, ""]);
});
