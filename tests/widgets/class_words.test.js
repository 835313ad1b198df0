import assert from "node:assert/strict";
import { test } from "node:test";
import {
  askInLink,
  resultsCsv,
  standing,
  withoutClass,
} from "../../lrp_widgets/widgets/classroom/class_words.js";

const choices = ["bias", "padding", "pixels"];

test("a page says what it answered, and what is right", () => {
  const question = { choices, mine: 0, answer: 2, revealed: false };
  assert.equal(standing(question, null), "You said A, “bias”.");
  assert.equal(standing({ ...question, mine: null }, null), "");
  assert.equal(
    standing({ ...question, revealed: true }, [1, 0, 3]),
    "Right is C, “pixels”: 3 of 4 said so. You said A, “bias”.",
  );
  assert.equal(
    standing({ ...question, revealed: true, mine: 2 }, [1, 0, 3]),
    "You said C, “pixels”, and that is right: 3 of 4 said so.",
  );
  assert.equal(
    standing({ ...question, revealed: true, mine: null }, null),
    "Right is C, “pixels”.",
  );
  assert.equal(
    standing({ ...question, revealed: true, answer: null }, [1, 0, 3]),
    "You said A, “bias”.",
  );
  assert.equal(
    standing({ ...question, revealed: true, answer: null, mine: null }, [0, 0, 0]),
    "The question is over.",
  );
});

test("the table has a line for each choice, and nothing that a spreadsheet computes", () => {
  const results = [
    { text: "Which, or what?", choices: ["=1+1", 'a "b"'], answer: 1, counts: [2, 3] },
    { text: "Open", choices: ["yes", "no"], answer: null, counts: [0, 1] },
  ];
  assert.equal(
    resultsCsv(results),
    [
      "question,text,choice,words,right,answers",
      `1,"Which, or what?",A,'=1+1,0,2`,
      `1,"Which, or what?",B,"a ""b""",1,3`,
      "2,Open,A,yes,,0",
      "2,Open,B,no,,1",
      "",
    ].join("\r\n"),
  );
});

test("a question travels in a link, and a room's state leaves it out", () => {
  const link = askInLink({ text: "A & B?", choices: ["a|b", "c=d"], answer: 1 });
  const found = new URLSearchParams(link);
  assert.equal(found.get("ask"), "A & B?|a/b|c=d");
  assert.equal(found.get("answer"), "2");
  assert.equal(
    askInLink({ text: "?", choices: ["a", "b"], answer: null }).includes("answer"),
    false,
  );
  assert.equal(withoutClass(`picture=star&${link}&room=BCDFH&layer=fc1`), "picture=star&layer=fc1");
});
