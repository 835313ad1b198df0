import { element } from "./dom.js";

/** A grid of cells that stay while their numbers change, so that focus and pointer stay with them.
 *
 *  `go(i)`, where given, makes the cells buttons: one stop of the Tab key, arrow keys within.
 *  `inside(i)`, where given, makes what else stands in a cell.
 *
 *  @param {{ label: string, rows: number, columns: number, go?: (i: number) => void,
 *    inside?: (i: number) => Node }} wanted */
export function cellGrid({ label, rows, columns, go, inside }) {
  const texts = [];
  const cells = Array.from({ length: rows * columns }, (_, i) => {
    texts.push(element("span", { class: "lrp-grid-text" }));
    const cell = element(
      go ? "button" : "div",
      {
        class: "lrp-grid-cell",
        type: go && "button",
        tabindex: go && i ? -1 : undefined,
        onclick: go && (() => go(i)),
      },
      texts[i],
      ...(inside ? [inside(i)] : []),
    );
    return cell;
  });
  const frame = element("div", { class: "lrp-grid-frame", hidden: true });
  const node = element(
    "div",
    { class: "lrp-grid", role: "group", "aria-label": label },
    ...cells,
    frame,
  );
  node.style.setProperty("--lrp-columns", String(columns));
  if (go) node.addEventListener("keydown", step);

  function step(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next = cells[cells.indexOf(/** @type {any} */ (document.activeElement)) + by];
    if (!next) return;
    for (const cell of cells) cell.tabIndex = cell === next ? 0 : -1;
    next.focus();
  }

  return {
    node,
    /** Write and colour the cells; `look(i)` gives {text, background, label, marked}. */
    update(look) {
      cells.forEach((cell, i) => {
        const { text, background, label: spoken, marked } = look(i);
        texts[i].textContent = text;
        cell.style.background = background ?? "";
        cell.classList.toggle("lrp-grid-marked", Boolean(marked));
        if (spoken) cell.setAttribute("aria-label", spoken);
      });
    },
    /** Draw a frame around `height`×`width` cells from {row, column} on, which may hang over. */
    frame(window) {
      frame.hidden = !window;
      if (!window) return;
      const { row, column, height, width } = window;
      Object.assign(frame.style, {
        left: `${(100 * column) / columns}%`,
        top: `${(100 * row) / rows}%`,
        width: `${(100 * width) / columns}%`,
        height: `${(100 * height) / rows}%`,
      });
    },
  };
}

/** "row 2, column 3" of a cell counted from 0 in row-major order. */
export function placeText(i, columns) {
  return `row ${Math.floor(i / columns) + 1}, column ${(i % columns) + 1}`;
}
