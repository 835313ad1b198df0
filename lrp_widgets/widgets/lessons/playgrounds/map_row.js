// Maps side by side: a picture or a relevance map each, the object's outline, and numbers below.

import "../../shared/theme.css";
import "./map_row.css";
import { relevanceTable } from "../../shared/colormap.js";
import { element } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { mapPanel } from "../../shared/map_panel.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const row = element("div", { class: "lrp-map-row" });
  const status = element("p", { class: "lrp-map-row-status", role: "status" });
  const card = element(
    "section",
    { class: "lrp-card lrp-map-row-card", "aria-label": model.get("title") },
    row,
    status,
  );
  el.append(card);

  // ---- drawing ----
  function draw() {
    const table = relevanceTable(bytesOf(model.get("table")));
    const maps = floatsOf(model.get("maps"));
    const pictures = bytesOf(model.get("pictures"));
    const outline = bytesOf(model.get("outline"));
    row.replaceChildren(
      ...model.get("panels").map((described) => {
        const panel = mapPanel(described.title);
        const { rows, columns, offset, limit } = described;
        const size = rows * columns;
        if (described.shows === "picture")
          panel.picture({
            rows,
            columns,
            bytes: pictures.subarray(3 * offset, 3 * (offset + size)),
          });
        else if (described.shows === "map")
          panel.map({ rows, columns, values: maps.subarray(offset, offset + size) }, limit, table);
        else panel.words(described.words);
        if (outline.length === size) panel.outline(outline, rows, columns);
        panel.describe(described.label);
        panel.numbers(described.heads, described.lines);
        return panel.node;
      }),
    );
    card.classList.toggle("lrp-map-row-many", model.get("panels").length > 4);
  }

  function showStatus() {
    status.textContent = model.get("status");
  }

  // ---- wiring ----
  const unfollow = follow(model, [
    [["panels"], draw],
    [["status"], showStatus],
  ]);
  draw();
  showStatus();
  return () => {
    unfollow();
    card.remove();
  };
}

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const floatsOf = (view) =>
  new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

export default { render };
