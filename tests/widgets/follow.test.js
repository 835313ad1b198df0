import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "../../lrp_widgets/widgets/shared/follow.js";

test("each trait's change calls its listener, until it ends", () => {
  const listeners = new Map();
  const model = {
    on: (event, listener) => listeners.set(event, listener),
    off: (event, listener) => listeners.get(event) === listener && listeners.delete(event),
  };
  const seen = [];
  const unfollow = follow(model, [
    [["rows", "columns"], () => seen.push("size")],
    [["name"], () => seen.push("name")],
  ]);
  for (const trait of ["columns", "name", "rows"]) listeners.get(`change:${trait}`)();
  assert.deepEqual(seen, ["size", "name", "size"]);
  unfollow();
  assert.equal(listeners.size, 0);
});
