import { indexer } from "./colormap.js";

function paint(canvas, rows, columns, colorOf, count) {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < count; i++) pixels[i] = colorOf(i);
  context.putImageData(image, 0, 0);
}

/** Draw a map into a canvas, one canvas pixel a cell; cells without a value stay transparent. */
export function paintMap(canvas, { values, rows, columns }, limits, table) {
  const index = indexer(limits);
  paint(canvas, rows, columns, (i) => table[index(values[i])], values.length);
}

/** Draw three channels as red, green and blue brightness; zero of a symmetric scale is mid-gray. */
export function paintColors(canvas, { values, rows, columns }, limits) {
  const index = indexer(limits);
  const colorOf = (i) => {
    const [red, green, blue] = [0, 1, 2].map((c) => index(values[3 * i + c]));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  };
  paint(canvas, rows, columns, colorOf, rows * columns);
}

/** The position of the value that is largest in size. */
export function strongest(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(values[i]) > Math.abs(values[best])) best = i;
  }
  return best;
}
