import { element } from "../shared/dom.js";

const SHARP = 2; // pixels of the file a pixel of the page
const MARGIN = 16;
const PARTS = {
  compare: ".lrp-compare",
  judge: ".lrp-judge",
  graph: ".lrp-graph",
  unit: ".lrp-unit",
  step: ".lrp-layer:has(.lrp-in-steps)",
};

/** The part of a dashboard that "This view" means, where no figure of one layer would be the view:
 *  both panes of Compare, Judge, the graph, the microscope, one of a layer's four steps: {part, node}. Null for
 *  anything else. */
export function viewShown(inside) {
  const page = inside.closest(".lrp-dashboard");
  for (const [part, selector] of Object.entries(PARTS)) {
    const node = page?.querySelector(selector);
    if (node?.checkVisibility()) return { part, node };
  }
  return null;
}

/** A PNG of a part of the page as it stands, as wide as it is and as high as it needs to be, with
 *  `lines` of caption under it. */
export async function pictureOf(node, lines) {
  const { width } = node.getBoundingClientRect();
  const copy = stillCopy(node);
  const caption = element(
    "div",
    { class: "lrp-view-caption" },
    ...lines.map((line) => element("p", {}, line)),
  );
  const sheet = element(
    "div",
    { class: "lrp-dashboard lrp-view-sheet", xmlns: "http://www.w3.org/1999/xhtml" },
    framed(node, copy),
    caption,
  );
  sheet.style.width = `${width / zoomOf(node) + 2 * MARGIN}px`;
  sheet.style.padding = `${MARGIN}px`;
  // Laid out once out of sight, to know its height.
  const stage = element(
    "div",
    { class: "lrp-view-stage", "aria-hidden": "true", inert: true },
    sheet,
  );
  document.body.append(stage);
  /** @type {[number, number]} */
  const size = [sheet.offsetWidth, sheet.offsetHeight];
  stage.remove();
  return draw(sheet, size);
}

const zoomOf = (node) => node.currentCSSZoom ?? 1;

/** What the view's style sheets ask to stand around it. */
function framed(node, copy) {
  if (node.matches(".lrp-compare, .lrp-judge, .lrp-graph"))
    return element("div", { class: "lrp-stepper-frame" }, copy);
  const around = element("div", { class: "lrp-stepper lrp-view-part" }, copy);
  return element("div", { class: "lrp-stepper-frame" }, around);
}

/** A copy that shows what the original shows, without its scripts: canvases as pictures, fields with
 *  what stands in them. A step has no measures: they are those of its layer's map. */
function stillCopy(node) {
  const copy = node.cloneNode(true);
  const both = (kind) =>
    [node.querySelectorAll(kind), copy.querySelectorAll(kind)].map((all) => [...all]);
  const [canvases, copies] = both("canvas");
  canvases.forEach((canvas, i) => {
    const image = element("img", {
      class: copies[i].className,
      alt: canvas.getAttribute("aria-label") ?? "",
      hidden: canvas.hidden,
    });
    image.style.cssText = canvas.style.cssText;
    if (canvas.width && canvas.height) image.src = canvas.toDataURL();
    copies[i].replaceWith(image);
  });
  const [fields, still] = both("input, select");
  fields.forEach((field, i) => {
    if (field.matches("select"))
      still[i].selectedIndex >= 0 &&
        still[i].options[field.selectedIndex]?.setAttribute("selected", "");
    else still[i].setAttribute("value", field.value);
    if (field.checked) still[i].setAttribute("checked", "");
  });
  const left = copy.querySelectorAll(
    "[hidden], .lrp-unseen, .lrp-notice, .lrp-own, .lrp-unit-close, .lrp-layer .lrp-measures",
  );
  for (const one of left) one.remove();
  return copy;
}

async function draw(sheet, [width, height]) {
  const style = element("style", {}, stylesOfPage());
  sheet.prepend(style);
  const text = new XMLSerializer().serializeToString(sheet);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${text}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * SHARP, height * SHARP];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Every rule of ours on the page; a picture does not see those of the page it stands in. */
function stylesOfPage() {
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try {
      return [...sheet.cssRules];
    } catch {
      return []; // of another host
    }
  });
  return rules
    .map((rule) => rule.cssText)
    .filter((text) => text.includes("lrp-"))
    .join("\n");
}
