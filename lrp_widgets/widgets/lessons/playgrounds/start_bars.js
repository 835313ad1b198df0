// What a network puts out, and the initial relevance that is made of it: three columns of bars, a class a row.

import "../../shared/theme.css";
import "./parts.css";
import "./start_bars.css";
import { element, keepKeys } from "../../shared/dom.js";
import { follow } from "../../shared/follow.js";
import { formatTotal, number, signed } from "../../shared/format.js";
import { segments } from "../../shared/segments.js";
import { keepsSettings } from "../kept_settings.js";

const START_WORDS = {
  softmax: [
    "all classes",
    "All probabilities at once, the post's choice",
    "R = p: every class keeps its probability",
  ],
  probability: ["probability", "One class's probability", "R = p at one class, 0 elsewhere"],
  logit: [
    "logit",
    "One class's value before the softmax",
    "R = z at one class, 0 elsewhere; its sign is kept",
  ],
  contrast: [
    "contrast",
    "One class's logit against another's",
    "R = +z at one class and −z at the other",
  ],
};

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const canvas = element("canvas", { class: "lrp-start-picture", role: "img" });
  const pictures = choiceOf("picture", (value) => put("picture", value));
  const starts = segments(
    "Start",
    model.get("starts").map((name) => [name, ...START_WORDS[name]]),
    (value) => put("start", value),
  );
  const target = choiceOf("class", (value) => put("target", Number(value)));
  const other = choiceOf("against", (value) => put("other", Number(value)));
  const body = element("tbody", {});
  const sum = element("b", {});
  const words = element("span", {});
  const said = element(
    "p",
    { class: "lrp-start-said", role: "status" },
    "total ΣR = ",
    sum,
    element("br"),
    words,
  );
  const head = ["class", "logit z", "probability p", "initial R"].map((text) =>
    element("th", { scope: "col" }, text),
  );
  const card = element(
    "section",
    { class: "lrp-card lrp-start", "aria-label": "The initial relevance", onfocusin: keepKeys },
    element(
      "div",
      { class: "lrp-start-side" },
      canvas,
      pictures.node,
      starts.node,
      target.node,
      other.node,
      said,
    ),
    element(
      "table",
      { class: "lrp-start-table" },
      element("thead", {}, element("tr", {}, ...head)),
      body,
    ),
  );
  el.append(card);

  function put(trait, value) {
    model.set(trait, value);
    model.save_changes();
  }

  // ---- drawing ----
  function drawPicture() {
    const [rows, columns] = model.get("shape");
    const bytes = model.get("pixels");
    const image = new ImageData(columns, rows);
    for (let i = 0; i < rows * columns; i += 1) {
      for (let c = 0; c < 3; c += 1) image.data[4 * i + c] = bytes.getUint8(3 * i + c);
      image.data[4 * i + 3] = 255;
    }
    canvas.width = columns;
    canvas.height = rows;
    canvas.getContext("2d").putImageData(image, 0, 0);
    canvas.setAttribute("aria-label", `The picture: ${model.get("picture")}`);
  }

  function drawControls() {
    const start = model.get("start");
    const classes = model.get("names").map((name, k) => [String(k), name]);
    pictures.update(
      model.get("pictures").map((name) => [name, name]),
      model.get("picture"),
    );
    starts.set(start);
    target.update(classes, String(model.get("target")));
    other.update(classes, String(model.get("other")));
    target.node.hidden = start === "softmax";
    other.node.hidden = start !== "contrast";
  }

  function drawRows() {
    const rows = model.get("rows");
    const scale = (key) => Math.max(...rows.map((row) => Math.abs(row[key]))) || 1;
    const scales = { logit: scale("logit"), score: 1, start: scale("start") };
    body.replaceChildren(
      ...rows.map((row) =>
        element(
          "tr",
          { class: row.role ? `lrp-start-${row.role}` : undefined },
          element("th", { scope: "row" }, row.name),
          barCell(row.logit, scales.logit, signed(row.logit), "lrp-start-plain", true),
          barCell(
            row.score,
            Math.max(scales.score, scale("score")),
            number(row.score),
            "lrp-start-plain",
            row.score < 0,
          ),
          barCell(
            row.start,
            scales.start,
            row.start ? signed(row.start) : "0",
            row.start < 0 ? "lrp-start-minus" : "lrp-start-plus",
            true,
          ),
        ),
      ),
    );
    const total = model.get("total");
    sum.textContent = formatTotal(total);
    const start = model.get("start");
    words.textContent =
      total < 0
        ? "negative, and so is every layer's total: the map is turned over"
        : START_WORDS[start][2];
  }

  // ---- wiring ----
  const unfollow = follow(model, [
    [["pixels"], drawPicture],
    [["picture", "start", "target", "other"], drawControls],
    [["rows", "total"], drawRows],
  ]);
  drawPicture();
  drawControls();
  drawRows();
  return () => {
    unfollow();
    card.remove();
  };
}

/** A dropdown with its label before it; `update(choices, chosen)` with [value, text] each. */
function choiceOf(label, onChoose) {
  const select = element("select", {
    class: "lrp-list",
    "aria-label": label,
    onchange: () => onChoose(select.value),
  });
  let shown = "";
  return {
    node: element("label", { class: "lrp-start-choice" }, element("span", {}, label), select),
    update(choices, chosen) {
      if (shown !== JSON.stringify(choices)) {
        select.replaceChildren(
          ...choices.map(([value, text]) => element("option", { value }, text)),
        );
        shown = JSON.stringify(choices);
      }
      select.value = chosen;
    },
  };
}

/** A number with a bar before it; `both`: zero is in the middle. */
function barCell(value, scale, text, name, both) {
  const bar = element("i", { class: name });
  const share = (Math.min(1, Math.abs(value) / scale) * 100) / (both ? 2 : 1);
  const zero = both ? 50 : 0;
  bar.style.width = `${share}%`;
  bar.style.left = `${value < 0 ? zero - share : zero}%`;
  const axis = element("u", {});
  axis.style.left = `${zero}%`;
  const track = element("span", { class: "lrp-start-track", "aria-hidden": "true" }, bar, axis);
  return element(
    "td",
    {},
    element("span", { class: "lrp-start-cell" }, track, element("span", {}, text)),
  );
}

const initialize = keepsSettings("start-bars", ["picture", "start", "target", "other"]);

export default { initialize, render };
