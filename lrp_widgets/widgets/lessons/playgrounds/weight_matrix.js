import { element } from "../../shared/dom.js";

export const LETTERS = "abcdefghijklmnopqrstuvwxyz";

// Paul Tol's "muted" colours: told apart also by colour-blind readers, and each has its letter.
export const WEIGHT_COLORS = [
  "#88ccee",
  "#cc6677",
  "#ddcc77",
  "#117733",
  "#332288",
  "#aa4499",
  "#44aa99",
  "#999933",
  "#882255",
];

/** The dense matrix of a convolution: equal colours are the same weight of the kernel.
 *
 *  One row a window, one column a pixel; `go(window, pixel)` when a cell is clicked. */
export function weightMatrix(go) {
  const canvas = element("canvas", { role: "img" });
  const row = element("div", { class: "lrp-matrix-row" });
  const column = element("div", { class: "lrp-matrix-column" });
  const readout = element("p", { class: "lrp-matrix-readout" });
  const node = element(
    "div",
    {},
    element("div", { class: "lrp-matrix" }, canvas, row, column),
    readout,
  );
  let cells = [[]];
  /** @type {[number, number]} */
  let chosen = [0, 0];

  /** @returns {[number, number]} */
  function cellAt(event) {
    const box = canvas.getBoundingClientRect();
    const part = (at, length, count) =>
      Math.min(count - 1, Math.max(0, Math.floor((at / length) * count)));
    return [
      part(event.clientY - box.top, box.height, cells.length),
      part(event.clientX - box.left, box.width, cells[0].length),
    ];
  }

  function read([window, pixel]) {
    const k = cells[window][pixel];
    readout.textContent = `row ${window + 1}, column ${pixel + 1}: ${k ? `weight ${LETTERS[k - 1]}` : "0, this window does not see the pixel"}`;
  }

  canvas.addEventListener("pointermove", (event) => read(cellAt(event)));
  canvas.addEventListener("pointerleave", () => read(chosen));
  canvas.addEventListener("click", (event) => go(...cellAt(event)));

  return {
    node,
    /** `which`: for each window and pixel the number of the weight from 1, or 0. */
    draw(which, window, pixel) {
      cells = which;
      chosen = [window, pixel];
      const [rows, columns] = [which.length, which[0].length];
      canvas.width = columns;
      canvas.height = rows;
      canvas.style.aspectRatio = `${columns} / ${rows}`;
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, columns, rows);
      for (const [j, line] of which.entries()) {
        for (const [i, k] of line.entries()) {
          if (!k) continue;
          context.fillStyle = WEIGHT_COLORS[(k - 1) % WEIGHT_COLORS.length];
          context.fillRect(i, j, 1, 1);
        }
      }
      canvas.setAttribute(
        "aria-label",
        `Matrix of ${rows} windows by ${columns} pixels; the weights of each row stand one window further than in the row above`,
      );
      Object.assign(row.style, { top: `${(100 * window) / rows}%`, height: `${100 / rows}%` });
      Object.assign(column.style, {
        left: `${(100 * pixel) / columns}%`,
        width: `${100 / columns}%`,
      });
      read(chosen);
    },
  };
}
