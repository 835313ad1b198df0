import assert from "node:assert/strict";
import { test } from "node:test";
import { frameLoop, rateMeter } from "../../lrp_widgets/widgets/live/frame_loop.js";

test("one frame is in flight; the newest follows once it is answered", () => {
  const sent = [];
  const loop = frameLoop((id) => sent.push(id));
  loop.offer();
  loop.offer();
  loop.offer();
  assert.equal(sent.length, 1);
  assert.equal(loop.waiting, true);
  assert.equal(loop.settled(sent[0]), true);
  assert.equal(sent.length, 2); // three were offered, two sent
  assert.equal(loop.settled(sent[1]), true);
  assert.equal(sent.length, 2);
  assert.equal(loop.waiting, false);
});

test("another's answer, or one that comes late, is no answer", () => {
  const sent = [];
  const loop = frameLoop((id) => sent.push(id));
  loop.offer();
  assert.equal(loop.settled("another-1"), false);
  assert.equal(loop.waiting, true);
  loop.reset();
  assert.equal(loop.settled(sent[0]), false);
  loop.offer();
  assert.equal(sent.length, 2);
  assert.notEqual(sent[0], sent[1]);
});

test("a dropped frame is not sent", () => {
  const sent = [];
  const loop = frameLoop((id) => sent.push(id));
  loop.offer();
  loop.offer();
  loop.drop();
  loop.settled(sent[0]);
  assert.equal(sent.length, 1);
});

for (const [times, rate] of [
  [[], 0],
  [[0], 0],
  [[0, 100], 10],
  [[0, 40, 80, 120], 25],
  [[0, 3000], 1 / 3], // slower than one a second: over the last two
  [[0, 500, 1000, 1500, 2000], 2],
  [[0, 10, 20, 30, 1500], 1000 / 1470], // what is older than a second counts no more
]) {
  test(`the rate is that of the last second: frames at ${times}`, () => {
    const meter = rateMeter();
    for (const time of times) meter.mark(time);
    assert.ok(Math.abs(meter.rate() - rate) < 1e-9);
    meter.clear();
    assert.equal(meter.rate(), 0);
  });
}
