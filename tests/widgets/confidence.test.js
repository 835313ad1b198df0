import assert from "node:assert/strict";
import { test } from "node:test";
import { confidence } from "../../lrp_widgets/widgets/judge/confidence.js";

const told = { class: "star", target: 3, score: "probability", names: { 3: "star", 4: "cross" } };
const curve = { scores: [0.99, 0.93, 0.7, 0.4, 0.12], predicted: [3, 3, 3, 3, 4] };

test("the network's confidence falls in words", () => {
  assert.equal(confidence(curve, 0, told), "sure it is a star: 0.99");
  assert.equal(confidence(curve, 1, told), "still sure it is a star: 0.93");
  assert.equal(confidence(curve, 2, told), "still says star, less sure: 0.70");
  assert.equal(confidence(curve, 3, told), "barely says star any more: 0.40");
  assert.equal(confidence(curve, 4, told), "now it says cross; star has 0.12");
});

test("a logit is no probability, and other names take other articles", () => {
  const logits = { scores: [8.21, -1.5], predicted: [3, 4] };
  assert.equal(confidence(logits, 0, { ...told, score: "logit" }), "says star: logit 8.21");
  assert.equal(
    confidence(logits, 1, { ...told, score: "logit" }),
    "now it says cross; star has a logit of −1.50",
  );
  const owl = { ...told, class: "owl" };
  assert.equal(confidence(curve, 1, owl), "still sure it is an owl: 0.93");
  const third = { ...told, class: "class 3" };
  assert.equal(confidence(curve, 1, third), "still sure it is class 3: 0.93");
});
