// A cover over what answers a prediction: what to predict first, and a way to see it anyway.

import "../shared/theme.css";
import "./predict.css";
import { element, keepKeys } from "../shared/dom.js";
import { isUncovered, keepUncovered } from "./answers.js";
import { keepUncoveredInAddress, uncoveredInAddress } from "./lesson_address.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const words = element("p", { class: "lrp-cover-words" });
  const predictions = element(
    "button",
    { type: "button", class: "lrp-button", onclick: goToPrediction },
    "Go to the prediction",
  );
  const anyway = element(
    "button",
    { type: "button", class: "lrp-button", onclick: showAnyway },
    "Show anyway",
  );
  const buttons = element("div", { class: "lrp-cover-buttons" }, predictions, anyway);
  const card = element(
    "div",
    { class: "lrp-cover", role: "group", "aria-label": "Covered view", onfocusin: keepKeys },
    words,
    buttons,
  );
  // Opened, focus and screen readers find this line in front of what was covered.
  const opened = element("p", { class: "lrp-cover-opened", tabindex: "-1", role: "status" });
  el.append(card, opened);

  // ---- what happens ----
  function show() {
    const waiting = model.get("waiting");
    const hadFocus = card.contains(document.activeElement);
    const wasCovered = !card.hidden;
    card.hidden = waiting.length === 0;
    if (card.hidden) {
      if (wasCovered && shownBefore) opened.textContent = "The covered view is open.";
      if (hadFocus) opened.focus();
      return;
    }
    shownBefore = true;
    const many = waiting.length > 1;
    words.textContent = `What comes here answers ${many ? `${waiting.length} predictions` : "a prediction"}. Predict first; then it opens by itself.`;
  }

  /** The first question that is still open, where the page shows it. */
  function goToPrediction() {
    /** @type {NodeListOf<HTMLElement>} */
    const all = document.querySelectorAll(".lrp-task[data-question]");
    const target = [...all].find((each) => model.get("waiting").includes(each.dataset.question));
    if (!target) return;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    target.querySelector("input")?.focus({ preventScroll: true });
  }

  function showAnyway() {
    keepUncoveredInAddress(model.get("name"));
    keepUncovered(model.get("name"));
    model.send({ type: "show" });
  }

  // ---- wiring ----
  let shownBefore = false;
  model.on("change:waiting", show);
  show();
  const wasUncovered = uncoveredInAddress(model.get("name")) || isUncovered(model.get("name"));
  if (!card.hidden && wasUncovered) model.send({ type: "show" });
  return () => {
    model.off("change:waiting", show);
    card.remove();
    opened.remove();
  };
}

export default { render };
