// How much of a lesson is done, in words and as a bar; both follow the answers.

import "./progress.css";
import { element } from "../shared/dom.js";
import { countDone, whenAnswered } from "./answers.js";

/** @param {{ name: string, prediction: boolean }[]} tasks */
export function progress(tasks) {
  const node = element("span", { class: "lrp-done-words" });
  const filled = element("span", {});
  const bar = element("span", { class: "lrp-done-bar", "aria-hidden": "true" }, filled);
  function show() {
    const done = countDone(tasks);
    node.textContent = `${done} of ${tasks.length} done`;
    filled.style.width = `${(100 * done) / Math.max(tasks.length, 1)}%`;
  }
  show();
  return { node, bar, end: whenAnswered(show) };
}
