import assert from "node:assert/strict";
import test from "node:test";
import {
  csvOf,
  ends,
  ordered,
  shownMeasures,
} from "../../lrp_widgets/widgets/lessons/playgrounds/league_rows.js";

const row = (name, mean, kind = "LRP", error = 0.1) => ({
  name,
  kind,
  cells: mean === null ? {} : { area: [mean, error, 20] },
});
const ROWS = [row("a", 0.2), row("b", 0.5), row("c", null), row("noise", 0.9, "control")];
const names = (rows) => rows.map((each) => each.name);

test("rows are sorted by a mean, and those without one come last", () => {
  assert.deepEqual(names(ordered(ROWS, { name: "area", better: "more" }, true)), [
    "noise",
    "b",
    "a",
    "c",
  ]);
  assert.deepEqual(names(ordered(ROWS, { name: "area", better: "more" }, false)), [
    "a",
    "b",
    "noise",
    "c",
  ]);
  assert.deepEqual(names(ordered(ROWS, { name: "none", better: "more" }, true)), [
    "a",
    "b",
    "c",
    "noise",
  ]);
});

test("a column's best is a method, never a control", () => {
  assert.equal(ends(ROWS, { name: "area", better: "more" }).best, "b");
  assert.equal(ends(ROWS, { name: "area", better: "less" }).best, "a");
  assert.equal(ends(ROWS, { name: "area", better: "" }).best, null);
  const { low, high } = ends(ROWS, { name: "area", better: "more" });
  assert.ok(Math.abs(low - 0.1) < 1e-12 && Math.abs(high - 1) < 1e-12);
});

test("where the nearest to 0 is best, a value below 0 is no better for it", () => {
  const rows = [row("a", -0.4), row("b", 0.1), row("c", 0.3)];
  assert.deepEqual(names(ordered(rows, { name: "area", better: "zero" }, false)), ["b", "c", "a"]);
  assert.equal(ends(rows, { name: "area", better: "zero" }).best, "b");
});

test("columns: one of each question, those of one, or all", () => {
  const measures = [
    { name: "area", question: "faithful" },
    { name: "black", question: "faithful" },
    { name: "mass", question: "on the object" },
  ];
  assert.deepEqual(names(shownMeasures(measures, "one of each")), ["area", "mass"]);
  assert.deepEqual(names(shownMeasures(measures, "faithful")), ["area", "black"]);
  assert.equal(shownMeasures(measures, "all").length, 3);
});

test("the file has a line for each cell", () => {
  assert.equal(
    csvOf("mini-vgg", [row("a", 0.2), row("b", 0.5, "LRP", null)]),
    "network,method,measure,mean,standard error,pictures\nmini-vgg,a,area,0.2,0.1,20\nmini-vgg,b,area,0.5,,20\n",
  );
});
