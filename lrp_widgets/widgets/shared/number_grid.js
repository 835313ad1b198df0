import { cssColor, indexer } from "./colormap.js";
import { element } from "./dom.js";
import { fixed, powerOfTen } from "./format.js";

const MOST_NUMBERS = 5; // cells a side: finer windows show colours alone

// Every quantity has a colour of its own: ink for x, teal and brown for w, violet for products.
const INKS = {
  x: ["29 37 48", "29 37 48"],
  w: ["0 121 107", "140 81 10"],
  product: ["109 76 173", "109 76 173"],
};
const SOFT = 0.5; // a cell's strongest colour still lets its number be read

/** How a column's numbers are written: a common power of ten, and as many decimals as help. */
export function writer(values, key) {
  if (key === "share") return { factor: "", write: (value) => fixed(100 * value, 1) };
  const most = Math.max(...values.map(Math.abs));
  const power = most > 0 ? Math.floor(Math.log10(most)) : 0;
  const exponent = most > 0 && (power < -2 || power > 3) ? power : 0;
  const decimals = Math.min(4, Math.max(0, 2 - (power - exponent)));
  const write = (value) => {
    const text = fixed(value / 10 ** exponent, decimals);
    const shown = /[1-9]/.test(text) ? text : "0";
    return key === "relevance" && value > 0 && shown !== "0" ? `+${shown}` : shown;
  };
  return { factor: exponent ? `×${powerOfTen(exponent)}` : "", write };
}

/** The background of a cell for a value of at most `most` in size. */
export function shade(key, value, most, table) {
  const part = most > 0 ? value / most : 0;
  if (key === "share") {
    const filled = `${(100 * Math.min(1, Math.abs(part))).toFixed(1)}%`;
    return `linear-gradient(#aeb8c4, #aeb8c4) 0 100% / ${filled} 3px no-repeat`; // under the number
  }
  if (key === "relevance") return cssColor(table[indexer({ low: -2, high: 2 })(part)]);
  return `rgb(${INKS[key][value < 0 ? 1 : 0]} / ${(SOFT * Math.min(1, Math.abs(part))).toFixed(3)})`;
}

/** A small grid of numbers. `cells`: [{value, term, label}] row by row, or {pad: true} for padding;
 *  `go(i)` makes them buttons, those for which `goes(i)` holds. */
export function numberGrid({
  cells,
  columns,
  key,
  most,
  write,
  table,
  go,
  goes = /** @type {(i: number) => boolean} */ (() => true),
}) {
  const rows = cells.length / columns;
  const numbers = columns <= MOST_NUMBERS && rows <= MOST_NUMBERS;
  const isButton = (i) => Boolean(go) && goes(i);
  const first = cells.findIndex(({ pad }, i) => !pad && isButton(i));
  const node = element("div", { class: `lrp-unit-grid lrp-unit-grid-${key}` });
  node.classList.toggle("lrp-unit-grid-fine", !numbers);
  node.style.setProperty("--lrp-columns", columns);
  node.append(
    ...cells.map(({ pad, value, term, label }, i) => {
      if (pad)
        return element(
          "span",
          {
            class: "lrp-unit-cell lrp-unit-pad",
            title: "padding: outside of the layer, read as 0",
          },
          numbers ? "pad" : "",
        );
      const cell = element(
        isButton(i) ? "button" : "span",
        {
          class: "lrp-unit-cell",
          "data-term": term,
          "data-value": value,
          title: label,
          "aria-label": isButton(i) && label,
          tabindex: isButton(i) && i !== first ? -1 : undefined,
          onclick: isButton(i) && (() => go(i)),
        },
        numbers ? write(value) : "",
      );
      cell.style.background = shade(key, value, most, table);
      return cell;
    }),
  );
  if (go) node.addEventListener("keydown", (event) => moveFocus(event, node, columns));
  return node;
}

/** Arrow keys go from cell to cell of one grid, which is a single stop of the Tab key. */
function moveFocus(event, node, columns) {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  if (!by) return;
  const cells = [...node.children];
  const next = cells[cells.indexOf(document.activeElement) + by];
  if (next?.matches("button")) {
    for (const cell of cells) if (cell.matches("button")) cell.tabIndex = cell === next ? 0 : -1;
    next.focus();
  }
  event.preventDefault();
  event.stopPropagation();
}
