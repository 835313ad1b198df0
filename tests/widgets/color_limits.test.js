import assert from "node:assert/strict";
import { test } from "node:test";
import {
  activationLimits,
  clippedShare,
  relevanceLimits,
} from "../../lrp_widgets/widgets/shared/color_limits.js";

test("relevance is symmetric about zero, between neighbours of the percentile", () => {
  const values = [-4, 0, 1, 2, 3];
  assert.deepEqual(relevanceLimits(values, "symmetric", 100), { low: -4, high: 4 });
  assert.deepEqual(relevanceLimits(values, "symmetric", 50), { low: -2, high: 2 });
  assert.deepEqual(relevanceLimits(values, "symmetric", 62.5), { low: -2.5, high: 2.5 });
});

test("where that percentile is zero, the maximum takes its place", () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i === 7 ? -5 : 0));
  assert.deepEqual(relevanceLimits(values, "symmetric", 99.5), { low: -5, high: 5 });
});

test("min–max goes from the smallest to the largest", () => {
  assert.deepEqual(relevanceLimits([-1, 3, 2], "min-max", 99.5), { low: -1, high: 3 });
  assert.deepEqual(activationLimits([1, 3, 2], "min-max", 99.5), { low: 1, high: 3 });
});

test("activations begin at zero, or below it where they do", () => {
  assert.deepEqual(activationLimits([1, 2, 3, 4, 5], "symmetric", 75), { low: 0, high: 4 });
  assert.deepEqual(activationLimits([-2, -1, 0, 1, 2], "symmetric", 75), { low: -1, high: 1 });
});

test("the clipped share counts what lies beyond, not on, the limits", () => {
  assert.equal(clippedShare([-3, -2, 0, 2, 3], { low: -2, high: 2 }), 0.4);
  assert.equal(clippedShare([], { low: -1, high: 1 }), 0);
});
