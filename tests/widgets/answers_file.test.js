import assert from "node:assert/strict";
import { test } from "node:test";
import { answersFile, fileName } from "../../lrp_widgets/widgets/lessons/answers_file.js";

test("a file's name has the lesson and the name, and nothing that a disk refuses", () => {
  assert.equal(fileName("02", "Ada Lovelace", "json"), "lesson-02-Ada-Lovelace.json");
  assert.equal(fileName("02", " ", "html"), "lesson-02.html");
  assert.equal(fileName("14", "../Zoë/岡本*", "json"), "lesson-14-Zoë-岡本.json");
  assert.ok(fileName("14", "x".repeat(500), "json").length < 100);
});

test("a file says what it is", () => {
  const all = { answers: { a: 1 }, uncovered: ["b"], settings: { c: 2 }, more: "not handed in" };
  const file = answersFile(2, "Ada", all);
  assert.deepEqual(Object.keys(file), [
    ...["format", "version", "lesson", "name", "answers", "uncovered", "settings"],
  ]);
  assert.deepEqual([file.lesson, file.name, file.answers], [2, "Ada", { a: 1 }]);
});
