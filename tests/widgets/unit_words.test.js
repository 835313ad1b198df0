import assert from "node:assert/strict";
import { test } from "node:test";

import { commonLead } from "../../lrp_widgets/widgets/microscope/unit_words.js";

test("layers of one attention share the beginning of their names", () => {
  const names = ["encoder1_attention_softmax", "encoder1_attention_value"];
  assert.equal(commonLead(names), "encoder1_attention_");
  assert.equal(commonLead(["conv2_block1_out", "conv2_block2_out"]), "conv2_");
  assert.equal(commonLead(["pool1", "conv2"]), "");
  assert.equal(commonLead(["a_b", "a_b_c"]), "a_");
});
