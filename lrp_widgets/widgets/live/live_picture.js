import { element } from "../shared/dom.js";
import { paintColors, paintMap } from "../shared/heatmap.js";

// The kernel sends entries of the colour table: as values between these they are drawn as they are.
const ENTRIES = { low: 1, high: 255 };

/** Pixels a side of what is drawn, saved and recorded. */
export const PICTURE_SIDE = 480;

export const squareCanvas = (side = PICTURE_SIDE) =>
  element("canvas", { width: side, height: side });

/** Draw the square in the middle of a video or a picture, perhaps as in a mirror. */
export function drawSquare(canvas, source, width, height, mirrored) {
  const side = Math.min(width, height);
  const pen = canvas.getContext("2d");
  pen.save();
  if (mirrored) {
    pen.translate(canvas.width, 0);
    pen.scale(-1, 1);
  }
  pen.imageSmoothingQuality = "high";
  pen.drawImage(
    source,
    (width - side) / 2,
    (height - side) / 2,
    side,
    side,
    0,
    0,
    canvas.width,
    canvas.height,
  );
  pen.restore();
}

/** A canvas's pixels as RGB, three bytes each. */
export function rgbBytes(canvas) {
  const { data } = canvas
    .getContext("2d", { willReadFrequently: true })
    .getImageData(0, 0, canvas.width, canvas.height);
  const bytes = new Uint8Array((3 * data.length) / 4);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    bytes[to] = data[from];
    bytes[to + 1] = data[from + 1];
    bytes[to + 2] = data[from + 2];
  }
  return bytes.buffer;
}

/** The frame in gray with its relevance over it, on one canvas that can be saved and recorded. */
export function livePicture() {
  const canvas = squareCanvas();
  canvas.className = "lrp-live-canvas";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "No frame yet");
  const map = element("canvas");
  return {
    canvas,
    /** `frame`: a canvas; `answer`: {rows, columns, colors, values}, drawn with `strength`. */
    draw(frame, answer, table, strength) {
      const pen = canvas.getContext("2d");
      const { width, height } = canvas;
      pen.globalAlpha = 1;
      pen.drawImage(frame, 0, 0, width, height);
      // Gray, so that every colour seen is relevance.
      pen.globalCompositeOperation = "saturation";
      pen.fillStyle = "#808080";
      pen.fillRect(0, 0, width, height);
      pen.globalCompositeOperation = "source-over";
      if (!answer) return;
      if (answer.colors) paintColors(map, answer, ENTRIES);
      else paintMap(map, answer, ENTRIES, table);
      pen.globalAlpha = strength;
      pen.imageSmoothingEnabled = false;
      // Of a network that takes no squares: the part in the middle that it was given.
      const scale = width / Math.max(answer.rows, answer.columns);
      const [wide, high] = [scale * answer.columns, scale * answer.rows];
      pen.drawImage(map, (width - wide) / 2, (height - high) / 2, wide, high);
    },
    describe(text) {
      canvas.setAttribute("aria-label", text);
    },
  };
}
