import { paintBars } from "./class_bars.js";
import { element } from "./dom.js";
import { paintColors, paintMap } from "./heatmap.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

// A map is at most so many times as wide as it is high, or as high as it is wide.
const LONGEST = 6;

/** The large map, with the picture under it and a frame around one cell.
 *
 *  Places are fractions of the map, so that a place stays where it is from layer to layer.
 *  `actions`: hover(place or null), pin(place), release(), move(rows, columns),
 *  open() for the arithmetic of the place, if there is one to open. */
export function mapView(actions) {
  const under = element("canvas", { class: "lrp-under", "aria-hidden": "true" });
  const canvas = element("canvas", {
    class: "lrp-canvas",
    role: "img",
    tabindex: 0,
    "aria-description": `Arrow keys move a cell over the map; ${actions.open ? "Enter opens its arithmetic; " : ""}Page Up and Page Down step through the layers.`,
  });
  const cell = element("div", { class: "lrp-cell", hidden: true });
  const map = element("div", { class: "lrp-map" }, under, canvas, cell);
  const node = element("div", { class: "lrp-map-box" }, map);
  let grid = { rows: 1, columns: 1 };

  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    const inside = (part) => Math.min(1 - 1e-9, Math.max(0, part));
    return {
      row: inside((event.clientY - box.top) / box.height),
      column: inside((event.clientX - box.left) / box.width),
    };
  }
  canvas.addEventListener("pointermove", (event) => actions.hover(placeOf(event)));
  canvas.addEventListener("pointerleave", () => actions.hover(null));
  canvas.addEventListener("click", (event) => {
    actions.pin(placeOf(event));
    actions.open?.();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (MOVES[event.key]) actions.move(...MOVES[event.key]);
    else if (event.key === "Enter") actions.open?.();
    else if (event.key === "Escape") actions.release();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function shape(rows, columns, bars) {
    grid = { rows, columns };
    const { high, wide } = bars ? { high: rows, wide: columns } : proportions(rows, columns);
    map.style.setProperty("--lrp-rows", String(high));
    map.style.setProperty("--lrp-columns", String(wide));
    map.classList.toggle("lrp-as-bars", bars);
  }

  return {
    node,
    canvas,
    /** Draw a map of cells; `colors` for three channels as red, green and blue. */
    drawCells(shown, limits, table, colors) {
      shape(shown.rows, shown.columns, false);
      if (colors) paintColors(canvas, shown, limits);
      else paintMap(canvas, shown, limits, table);
    },
    drawBars(shown, names, table, styles, largest) {
      shape(shown.rows, 1, true);
      paintBars(canvas, shown, names, table, map.clientWidth, map.clientHeight, styles, largest);
    },
    /** The cell {row, column} that holds a place. */
    cellOf(place) {
      return {
        row: Math.floor(place.row * grid.rows),
        column: Math.floor(place.column * grid.columns),
      };
    },
    placeOfCell({ row, column }) {
      return { row: (row + 0.5) / grid.rows, column: (column + 0.5) / grid.columns };
    },
    markCell(marked) {
      cell.hidden = !marked;
      if (marked) frameOn(cell, marked, grid);
    },
    /** Lay the map over the gray picture; strength 1 shows relevance alone. */
    overlay(picture, strength) {
      const covered = picture && strength < 1;
      under.hidden = !covered;
      canvas.style.opacity = covered ? strength : "";
      if (covered && under.dataset.drawn !== picture.key) {
        drawPicture(under, picture);
        under.dataset.drawn = picture.key;
      }
    },
    describe(text) {
      canvas.setAttribute("aria-label", text);
    },
    fade(on) {
      canvas.classList.toggle("lrp-fetching", on);
    },
  };
}

/** What a map's height and width are to each other: a signal's one row is no hair line. */
export function proportions(rows, columns) {
  return { high: Math.max(rows, columns / LONGEST), wide: Math.max(columns, rows / LONGEST) };
}

/** Put the frame element around a cell of a grid, or around `high` × `wide` cells from there on, in
 *  percent of the picture that it lies over. */
export function frameOn(frame, { row, column, high = 1, wide = 1 }, { rows, columns }) {
  Object.assign(frame.style, {
    left: `${((column + wide / 2) / columns) * 100}%`,
    top: `${((row + high / 2) / rows) * 100}%`,
    width: `${(100 * wide) / columns}%`,
    height: `${(100 * high) / rows}%`,
  });
}

/** Draw {rows, columns, bytes} (RGB, three bytes a pixel) into a canvas. */
export function drawPicture(canvas, { rows, columns, bytes }) {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    image.data[to] = bytes[from];
    image.data[to + 1] = bytes[from + 1];
    image.data[to + 2] = bytes[from + 2];
    image.data[to + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
