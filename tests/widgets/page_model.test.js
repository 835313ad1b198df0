import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf, Model } from "../../lrp_widgets/widgets/page/model.js";

const later = () => new Promise((done) => setTimeout(done));

test("equal messages have one key, whatever the order of their names", () => {
  const one = { type: "channel", channel: 3, layer: "é/1", index: [1, 2] };
  const other = { layer: "é/1", index: [1, 2], channel: 3, type: "channel" };
  assert.equal(keyOf(one), keyOf(other));
  assert.equal(keyOf(one), '{"channel":3,"index":[1,2],"layer":"é/1","type":"channel"}');
  assert.notEqual(keyOf(one), keyOf({ ...one, index: [2, 1] }));
});

test("a change is told once, and only where the value differs", () => {
  const model = new Model({ current: "fc1", path: [{ layer: "fc1" }] });
  const told = [];
  model.on("change:current change:path", () => told.push(model.get("current")));
  model.set("current", "fc1");
  model.set("path", [{ layer: "fc1" }]);
  assert.deepEqual(told, []);
  model.set("current", "conv1");
  model.set("path", []);
  assert.deepEqual(told, ["conv1", "conv1"]);
});

test("listeners that are taken off hear nothing", () => {
  const model = new Model({ a: 0 });
  let heard = 0;
  const listener = () => {
    heard += 1;
  };
  model.on("change:a change", listener);
  model.set("a", 1);
  assert.equal(heard, 2);
  model.off("change:a change", listener);
  model.set("a", 2);
  assert.equal(heard, 2);
});

test("a prepared answer comes later, with the message that asked for it", async () => {
  const message = { type: "channel", channel: 3 };
  const bytes = new DataView(new ArrayBuffer(4));
  const answers = { [keyOf(message)]: { content: { more: 1 }, buffers: [bytes] } };
  const model = new Model({}, answers);
  const got = [];
  model.on("msg:custom", (content, buffers) => got.push([content, buffers]));
  assert.ok(model.prepared(message));
  model.send(message);
  assert.deepEqual(got, []);
  await later();
  assert.deepEqual(got, [[{ ...message, more: 1 }, [bytes]]]);
});

test("what was not prepared is told apart, and has no answer", async () => {
  const model = new Model({});
  model.on("msg:custom", assert.fail);
  assert.ok(!model.prepared({ type: "channel", channel: 4 }));
  model.send({ type: "channel", channel: 4 });
  await later();
});
