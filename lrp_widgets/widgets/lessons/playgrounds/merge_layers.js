// Where branches meet: a row for each addition or concatenation, and how its relevance divides.

import "../../shared/theme.css";
import "./parts.css";
import "./merge_layers.css";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { percent } from "../../shared/format.js";
import { keepsSettings } from "../kept_settings.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const selects = model.get("choices").map((each) => choice(each, choose));
  const head = element("tr", {});
  const body = element("tbody", {});
  const table = element(
    "table",
    { class: "lrp-numbers lrp-merge-table" },
    element("thead", {}, head),
    body,
  );
  const status = element("p", { class: "lrp-merge-status", role: "status" });
  const card = element(
    "section",
    { class: "lrp-card lrp-merge", "aria-label": "Where branches meet", onfocusin: keepKeys },
    element("div", { class: "lrp-merge-choices" }, ...selects.map(({ node }) => node)),
    table,
    status,
  );
  el.append(card);

  function choose(name, value) {
    model.set("chosen", { ...model.get("chosen"), [name]: value });
    model.save_changes();
  }

  // ---- drawing ----
  function draw() {
    const rows = model.get("rows");
    for (const { name, update } of selects) update(model.get("chosen")[name]);
    status.textContent = model.get("status");
    card.toggleAttribute("data-busy", Boolean(model.get("status")));
    if (!rows.length) {
      head.replaceChildren();
      body.replaceChildren();
      return;
    }
    const [first, second] = rows[0].branches.map(({ name }) => name);
    head.replaceChildren(
      ...["layer", "of the initial R", first, "", second].map((text) =>
        element("th", { scope: "col" }, text),
      ),
    );
    body.replaceChildren(...rows.map(line));
  }

  // ---- wiring ----
  const unfollow = follow(model, [[["rows", "status", "chosen"], draw]]);
  draw();
  return () => {
    unfollow();
    card.remove();
  };
}

/** A merge layer: the two shares as numbers, and between them as one bar; the second part is hatched. */
function line({ name, arrived, branches }) {
  const [first, second] = branches;
  const pieces = branches.map(({ share }, k) => {
    const piece = element("i", { class: k ? "lrp-merge-long" : "lrp-merge-short" });
    piece.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
    return piece;
  });
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, name),
    element("td", {}, percent(arrived)),
    element("td", { title: first.source }, percent(first.share)),
    element(
      "td",
      {},
      element("span", { class: "lrp-merge-bar", "aria-hidden": "true" }, ...pieces),
    ),
    element("td", { title: second.source }, percent(second.share)),
  );
}

function choice({ name, label, options }, choose) {
  const select = element(
    "select",
    { class: "lrp-list", onchange: () => choose(name, select.value) },
    ...options.map(([value, text]) => element("option", { value }, text)),
  );
  return {
    name,
    node: element("label", { class: "lrp-merge-choice" }, element("span", {}, label), select),
    update(value) {
      if (select.value !== value) select.value = value;
    },
  };
}

const initialize = keepsSettings("merge-layers", ["chosen"]);

export default { initialize, render };
