import assert from "node:assert/strict";
import { test } from "node:test";
import { Folding, runsOf } from "../../lrp_widgets/widgets/stepper/folding.js";

const layers = [
  ["input", ""],
  ["conv1", "block 1"],
  ["relu1", "block 1"],
  ["pool1", "block 1"],
  ["conv2", "block 2"],
  ["pool2", "block 2"],
  ["again", "block 1"],
  ["dense", ""],
].map(([name, block]) => ({ name, block }));
const names = (found) => found.map(({ name }) => name);

test("layers of one block that follow each other are a run; three and more fold", () => {
  const runs = runsOf(layers);
  assert.deepEqual(
    runs.map(({ first, folds }) => [first, folds]),
    [
      ["input", false],
      ["conv1", true],
      ["conv2", false],
      ["again", false],
      ["dense", false],
    ],
  );
  assert.deepEqual(
    runs.flatMap((run) => run.layers),
    layers,
  );
});

test("of a folded block its output alone is a stop, and stands for the others", () => {
  const folding = new Folding();
  folding.take(layers, []);
  assert.deepEqual(names(folding.stops()), ["input", "pool1", "conv2", "pool2", "again", "dense"]);
  assert.equal(folding.standsFor("conv1"), "pool1");
  assert.equal(folding.standsFor("conv2"), "conv2");
});

test("to show a hidden layer unfolds its block, once", () => {
  const folding = new Folding();
  folding.take(layers, []);
  assert.equal(folding.show("relu1"), true);
  assert.equal(folding.show("relu1"), false);
  assert.deepEqual(names(folding.stops()), names(layers));
  assert.equal(folding.isUnfolded(["conv1"]), true);
  assert.equal(folding.show("nowhere"), false);
});

test("a press folds and unfolds", () => {
  const folding = new Folding();
  folding.take(layers, ["conv1"]);
  const run = folding.runs[1];
  assert.equal(folding.isFolded(run), false);
  folding.toggle(run);
  assert.equal(folding.isFolded(run), true);
  folding.toggle(run);
  assert.equal(folding.isFolded(run), false);
});
