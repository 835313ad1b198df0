// One picture or map with a title above, the object's outline over it, and numbers below.

import { element } from "./dom.js";
import { signed } from "./format.js";
import { paintMap } from "./heatmap.js";
import { drawPicture } from "./map_view.js";

const SVG_SPACE = "http://www.w3.org/2000/svg";

export function mapPanel(title) {
  const heading = element("div", { class: "lrp-heading" }, title);
  const canvas = element("canvas", { role: "img" });
  const lines = document.createElementNS(SVG_SPACE, "svg");
  lines.setAttribute("aria-hidden", "true");
  lines.setAttribute("preserveAspectRatio", "none");
  const said = element("p", { class: "lrp-panel-words", hidden: true });
  const frame = element("div", { class: "lrp-panel-frame" }, canvas, lines, said);
  const scale = element("div", { class: "lrp-panel-scale" });
  const table = element("table", { class: "lrp-panel-numbers" });
  const node = element("figure", { class: "lrp-panel" }, heading, frame, scale, table);

  return {
    node,
    title(text) {
      heading.textContent = text;
    },
    picture(picture) {
      drawPicture(canvas, picture);
      scale.textContent = "";
    },
    /** A map on a scale of its own, from −limit to +limit, zero white. */
    map(shown, limit, colours) {
      paintMap(canvas, shown, { low: -limit, high: limit }, colours);
      scale.textContent = `white 0 · darkest ${signed(limit, 2)}`;
    },
    /** Words in place of a map that there is not. */
    words(text) {
      said.textContent = text;
      said.hidden = false;
      canvas.hidden = true;
      scale.textContent = "";
    },
    /** The border between the cells of a mask and the others. */
    outline(mask, rows, columns) {
      lines.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
      const d = borderOf(mask, rows, columns);
      lines.replaceChildren(
        ...["lrp-outline-below", "lrp-outline-above"].map((name) => path(d, name)),
      );
    },
    describe(text) {
      canvas.setAttribute("aria-label", text);
    },
    /** A small table: `columns` heads the values, `rows` are [name, value, …]. */
    numbers(columns, rows) {
      const head = columns.length
        ? [
            element(
              "tr",
              {},
              element("td", {}),
              ...columns.map((text) => element("th", { scope: "col" }, text)),
            ),
          ]
        : [];
      const body = rows.map(([name, ...values]) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, name),
          ...values.map((value) => element("td", {}, value)),
        ),
      );
      table.replaceChildren(...head, ...body);
    },
  };
}

function borderOf(mask, rows, columns) {
  const inside = (row, column) =>
    row >= 0 && column >= 0 && row < rows && column < columns && mask[row * columns + column] > 0;
  const pieces = [];
  for (let row = 0; row <= rows; row += 1) {
    for (let column = 0; column <= columns; column += 1) {
      const here = inside(row, column);
      if (here !== inside(row - 1, column)) pieces.push(`M${column} ${row}h1`);
      if (here !== inside(row, column - 1)) pieces.push(`M${column} ${row}v1`);
    }
  }
  return pieces.join("");
}

function path(d, name) {
  const line = document.createElementNS(SVG_SPACE, "path");
  line.setAttribute("d", d);
  line.setAttribute("class", name);
  line.setAttribute("vector-effect", "non-scaling-stroke");
  return line;
}
