import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const page = new EventTarget();
page.location = { pathname: "/user/ada/voila/render/02_dense.ipynb", search: "" };
globalThis.window = page;
globalThis.document = { body: { dataset: { voila: "" } } };

class Storage {
  kept = new Map();
  full = false;
  getItem(key) {
    return this.kept.get(key) ?? null;
  }
  setItem(key, value) {
    if (this.full) throw new Error("full");
    this.kept.set(key, value);
  }
  removeItem(key) {
    this.kept.delete(key);
  }
}

const answers = await import("../../lrp_widgets/widgets/lessons/answers.js");
const TASKS = [
  { name: "02-predict", prediction: true },
  { name: "02-share", prediction: false },
];

beforeEach(() => {
  globalThis.localStorage = new Storage();
  page.localStorage = globalThis.localStorage;
  page.lrpAnswers = undefined;
});

test("answers are kept by lesson and server, and counted", () => {
  answers.keepAnswer("02-predict", "2", false);
  answers.keepAnswer("02-share", "0.3", false);
  assert.equal(answers.countDone(TASKS), 1); // a prediction is done, right or wrong
  answers.keepAnswer("02-share", "4/7", true);
  answers.keepAnswer("02-share", "4/7", true); // the same once more is no further try
  assert.equal(answers.countDone(TASKS), 2);
  assert.deepEqual(answers.kept("02").answers["02-share"], {
    given: "4/7",
    tried: ["0.3", "4/7"],
    right: true,
  });
  assert.equal(answers.keptAnswer("02-predict"), "2");
  assert.equal(answers.keptAnswer("04-predict"), undefined);
  page.location.pathname = "/user/bob/voila/render/02_dense.ipynb";
  assert.equal(answers.countDone(TASKS), 0);
  page.location.pathname = "/user/ada/voila/render/index.ipynb";
  assert.equal(answers.countDone(TASKS), 2);
});

test("what is uncovered is kept, and what is forgotten is gone", () => {
  answers.keepUncovered("02-predict");
  answers.keepUncovered("02-predict");
  answers.keepName("Ada");
  answers.keepAnswer("03-predict", "0", true);
  assert.deepEqual(answers.kept("02").uncovered, ["02-predict"]);
  answers.forget(["02"]);
  assert.equal(answers.isUncovered("02-predict"), false);
  assert.equal(answers.keptName(), "");
  assert.equal(answers.keptAnswer("03-predict"), "0");
});

test("those who listen hear of changes, and of those only", () => {
  let heard = 0;
  const end = answers.whenAnswered(() => heard++);
  answers.keepAnswer("02-share", "1", false);
  answers.keepAnswer("02-share", "1", false);
  answers.forget(["02"]);
  assert.equal(heard, 2);
  end();
  answers.keepAnswer("02-share", "1", false);
  assert.equal(heard, 2);
});

test("what is not ours is passed over", () => {
  const key = "lrp-widgets lesson 02 at /user/ada/";
  for (const broken of ["{", "null", "7", '{"answers": [1]}', '{"answers": {"02-share": "x"}}']) {
    localStorage.setItem(key, broken);
    assert.deepEqual(answers.kept("02"), { answers: {}, uncovered: [], settings: {} });
  }
  localStorage.setItem(key, '{"answers": {"02-share": {"given": "4/7", "tried": [], "right": 1}}}');
  assert.equal(answers.countDone(TASKS), 0);
  answers.keepAnswer("02-share", "4/7", true);
  assert.equal(answers.countDone(TASKS), 1);
});

test("where the browser keeps nothing, the page does", () => {
  localStorage.full = true;
  answers.keepAnswer("02-share", "4/7", true);
  assert.equal(answers.countDone(TASKS), 1);
  answers.forget(["02"]);
  assert.equal(answers.countDone(TASKS), 0);
});

test("a book is no answer, and of many attempts the last are kept", () => {
  answers.keepAnswer("02-share", "9".repeat(30_000), false);
  assert.equal(answers.keptAnswer("02-share"), undefined);
  for (let k = 0; k < 150; k++) answers.keepAnswer("02-share", String(k), false);
  const { tried } = answers.kept("02").answers["02-share"];
  assert.deepEqual([tried.length, tried[0], tried.at(-1)], [100, "50", "149"]);
});
