import { element } from "../shared/dom.js";

const small = (...children) => element("div", { class: "lrp-small-text" }, ...children);

/** What a channel stands for: its reference pictures by relevance and by activation, and what it
 *  tells apart. `found`: the answer of a `ConceptData`, null while it is on its way. */
export function conceptPanel(words, found) {
  const node = element("div", {
    class: "lrp-concept",
    role: "group",
    "aria-label": `What ${words} stands for`,
  });
  if (!found) {
    node.append(small("Looking for its reference pictures …"));
    return node;
  }
  node.append(
    ...found.rows.map((row) => pictureRow(row, found.bytes)),
    small(found.shared),
    ...found.tells.map((sentence) => small(sentence)),
    small(found.from),
  );
  return node;
}

function pictureRow({ title, means, cells, classes }, bytes) {
  return element(
    "div",
    { class: "lrp-concept-row" },
    element(
      "div",
      { class: "lrp-small-text" },
      element("b", {}, title),
      ` · ${means}`,
      ...(classes ? [": ", element("span", { class: "lrp-concept-classes" }, classes)] : []),
    ),
    cells.length
      ? element(
          "div",
          { class: "lrp-concept-pictures" },
          ...cells.map((cell) => picture(cell, bytes)),
        )
      : small("none above 0"),
  );
}

function picture({ offset, rows, columns, words }, bytes) {
  const canvas = element("canvas", {
    width: columns,
    height: rows,
    role: "img",
    "aria-label": words,
    title: words,
  });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let pixel = 0; pixel < rows * columns; pixel++) {
    for (let color = 0; color < 3; color++)
      image.data[4 * pixel + color] = bytes[offset + 3 * pixel + color];
    image.data[4 * pixel + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
