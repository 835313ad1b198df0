// The picture with its first patches replaced, and a frame around the last of them.

import { element } from "../shared/dom.js";
import { drawPicture, frameOn } from "../shared/map_view.js";

export function takenApart() {
  const [whole, replacement] = [document.createElement("canvas"), document.createElement("canvas")];
  const canvas = element("canvas", { role: "img" });
  const frame = element("div", { class: "lrp-judge-frame", hidden: true });
  const node = element("div", { class: "lrp-judge-picture" }, canvas, frame);
  let size = { rows: 0, columns: 0 };

  return {
    node,
    load({ rows, columns, picture, replacement: put }) {
      size = { rows, columns };
      node.style.aspectRatio = `${columns} / ${rows}`;
      [canvas.width, canvas.height] = [columns, rows];
      const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      for (const [part, view] of [
        [whole, picture],
        [replacement, put],
      ])
        if (view.byteLength) drawPicture(part, { rows, columns, bytes: bytes(view) });
    },
    /** `places`: row and column of each patch, one after the other; the first `count` are replaced. */
    draw(places, count, patch, words) {
      canvas.setAttribute("aria-label", words);
      const context = canvas.getContext("2d");
      if (!whole.width) return;
      context.drawImage(whole, 0, 0);
      for (let k = 0; k < count; k += 1) {
        const [row, column] = [places[2 * k], places[2 * k + 1]];
        const wide = Math.min(patch, size.columns - column);
        const high = Math.min(patch, size.rows - row);
        context.drawImage(replacement, column, row, wide, high, column, row, wide, high);
      }
      frame.hidden = !count;
      if (count) {
        const [row, column] = [places[2 * count - 2], places[2 * count - 1]];
        const high = Math.min(patch, size.rows - row);
        const wide = Math.min(patch, size.columns - column);
        frameOn(frame, { row, column, high, wide }, size);
      }
    },
  };
}
