import { cssColor, indexer } from "./colormap.js";
import { signed } from "./format.js";

/** The page's inks and font where a node stands, as `paintBars` takes them. */
export function barStyles(node) {
  const style = getComputedStyle(node);
  const token = (key) => style.getPropertyValue(`--lrp-${key}`).trim();
  return {
    ink: token("ink"),
    soft: token("soft"),
    faint: token("faint"),
    page: token("page"),
    font: style.fontFamily,
    size: parseFloat(style.fontSize),
  };
}

/** Draw a short vector as one bar a row, with its name and its number. Bars to the left are
 *  negative. The canvas is drawn at the screen's resolution for the given size in CSS pixels.
 *  `most`: the value of a full bar, by default the largest. */
export function paintBars(canvas, { values }, names, table, width, height, styles, most) {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);

  const row = height / values.length;
  const size = Math.max(9, Math.min(styles.size, row * 0.5));
  const largest = most || values.reduce((size, value) => Math.max(size, Math.abs(value)), 0) || 1;
  const index = indexer({ low: -largest, high: largest });
  const setFont = (weight) => (context.font = `${weight} ${size}px ${styles.font}`);
  context.textBaseline = "middle";

  setFont(600);
  const nameWidth = Math.min(
    width * 0.38,
    Math.max(...names.map((n) => context.measureText(n).width)),
  );
  setFont(400);
  const texts = Array.from(values, (value) =>
    Math.abs(value) < largest / 1e4 ? "≈ 0" : signed(value),
  );
  const textWidth = Math.max(...texts.map((text) => context.measureText(text).width));
  const left = 12 + nameWidth + 10;
  const room = width - left - textWidth - 22;
  const negative = values.some((value) => value < 0);
  const zero = negative ? left + room / 2 : left;
  const unit = (negative ? room / 2 : room) / largest;
  const best = values.indexOf(Math.max(...values));

  values.forEach((value, i) => {
    const middle = row * (i + 0.5);
    const thick = Math.min(22, row * 0.56);
    const reach = value * unit;
    setFont(i === best ? 600 : 400);
    context.fillStyle = i === best ? styles.ink : styles.soft;
    context.textAlign = "right";
    context.fillText(names[i], 12 + nameWidth, middle, nameWidth);
    context.fillStyle = styles.page;
    context.fillRect(left, middle - thick / 2, room, thick);
    context.fillStyle = cssColor(table[index(value)]);
    context.fillRect(Math.min(zero, zero + reach), middle - thick / 2, Math.abs(reach), thick);
    context.strokeStyle = styles.faint;
    context.strokeRect(Math.min(zero, zero + reach), middle - thick / 2, Math.abs(reach), thick);
    context.fillStyle = styles.ink;
    context.fillText(texts[i], width - 12, middle);
  });
  context.fillStyle = styles.ink;
  context.fillRect(zero - 0.5, 4, 1, height - 8);
}
