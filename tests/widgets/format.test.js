// Numbers on the page are those of figures and sentences: see tests/_support/test_number_words.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as format from "../../lrp_widgets/widgets/shared/format.js";

const CASES = JSON.parse(readFileSync(new URL("../number_cases.json", import.meta.url), "utf8"));
const WRITE = { ...format, total: format.formatTotal };

for (const [name, cases] of Object.entries(CASES)) {
  test(`${name}: numbers read as the table says`, () => {
    for (const [value, ...rest] of cases) {
      const [text, ...more] = rest.toReversed();
      assert.equal(WRITE[name](Number(value), ...more), text, `${name}(${value}, ${more})`);
    }
  });
}
