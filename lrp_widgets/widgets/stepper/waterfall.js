import { element } from "../shared/dom.js";

const THINNEST = 0.4; // percent of the width: what is not zero can be seen

/** From the output to the pixels, cause by cause: a table with a bar in each row. A cause is a button
 *  that shows its layers; a layer is a button that goes there. `open(entry)` is told which is open,
 *  "" for none. Rows and words are Python's (`waterfall.rows`). */
export function waterfallTable(goTo, open) {
  const body = element("tbody", { role: "rowgroup" });
  const head = ["step", "ΣR", "of initial R"].map((text) =>
    element("th", { scope: "col", role: "columnheader" }, text),
  );
  const table = element(
    "table",
    {
      class: "lrp-fall",
      role: "table",
      "aria-label":
        "Where the initial relevance went: what each cause took or gave, all layers together",
    },
    element(
      "thead",
      { class: "lrp-unseen", role: "rowgroup" },
      element("tr", { role: "row" }, ...head),
    ),
    body,
  );
  let rows = [];
  let opened = "";
  let current = "";

  function bar(row, at) {
    const [from, to] = [row.before, row.after].sort((a, b) => a - b);
    const end = row.entry === "start" || row.entry === "pixels";
    const node = element("i", {
      class: end ? "lrp-bar-passed" : `lrp-bar-${row.entry.replace(" ", "-")}`,
    });
    node.classList.toggle("lrp-gained", row.gained);
    node.classList.toggle("lrp-negative", end && row.after < 0);
    node.style.left = `${at(from)}%`;
    node.style.width = `${from === to ? 0 : Math.max(THINNEST, at(to) - at(from))}%`;
    const zero = element("u", {});
    zero.style.left = `${at(0)}%`;
    return element("span", { class: "lrp-fall-track", "aria-hidden": "true" }, node, zero);
  }

  function stepRow(row, at) {
    const on = row.entry === opened;
    const name =
      row.layers.length || row.more
        ? element(
            "button",
            {
              class: "lrp-fall-open",
              "aria-expanded": String(on),
              "data-entry": row.entry,
              title: on ? "Hide the layers" : "Show the layers",
              onclick: () => open(on ? "" : row.entry),
            },
            row.name,
          )
        : row.name;
    const node = tableRow(name, row, bar(row, at));
    node.dataset.entry = row.entry;
    return node;
  }

  /** A row; the bar lies under its words, within the cell of the name. */
  function tableRow(name, { number: sum, share }, ...bars) {
    const cell = (text) => element("td", { role: "cell" }, text);
    return element(
      "tr",
      { role: "row" },
      element("th", { scope: "row", role: "rowheader" }, name, ...bars),
      cell(sum),
      cell(share),
    );
  }

  function layerRow(layer, link) {
    const name = link
      ? element(
          "button",
          {
            class: "lrp-go-layer",
            title: `Go to ${layer.name}`,
            "data-layer": layer.name,
            onclick: () => goTo(layer.name),
          },
          layer.name,
        )
      : layer.name;
    const row = tableRow(name, layer);
    row.className = "lrp-fall-layer";
    if (link && layer.name === current) row.setAttribute("aria-current", "true");
    return row;
  }

  function draw() {
    const now = document.activeElement;
    const focused = now instanceof HTMLElement && table.contains(now) ? { ...now.dataset } : null;
    const levels = rows.flatMap((row) => [row.before, row.after]);
    const [least, most] = [Math.min(0, ...levels), Math.max(0, ...levels)];
    const at = (value) => (100 * (value - least)) / (most - least || 1);
    body.replaceChildren(
      ...rows.flatMap((row) => [
        stepRow(row, at),
        ...(row.entry === opened
          ? [
              ...row.layers.map((layer) => layerRow(layer, true)),
              ...(row.more ? [layerRow(row.more, false)] : []),
            ]
          : []),
      ]),
    );
    // A redrawn table keeps the keyboard where it was.
    if (!focused) return;
    const again = [...body.querySelectorAll("button")].find(
      ({ dataset }) => dataset.entry === focused.entry && dataset.layer === focused.layer,
    );
    again?.focus({ preventScroll: true });
  }

  return {
    node: element("div", { class: "lrp-fall-box" }, table),
    build(given) {
      rows = given;
      draw();
    },
    show(entry) {
      opened = entry;
      draw();
    },
    mark(name) {
      current = name;
      for (const row of body.querySelectorAll(".lrp-fall-layer")) {
        if (row.querySelector("button")?.dataset.layer === name)
          row.setAttribute("aria-current", "true");
        else row.removeAttribute("aria-current");
      }
    },
  };
}
