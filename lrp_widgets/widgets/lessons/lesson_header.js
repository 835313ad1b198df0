// The line above a lesson: before · index · after, and a link to the other way of opening it.

import "../shared/theme.css";
import "./lesson.css";
import "../shared/lost.css";
import { element } from "../shared/dom.js";
import { markMain } from "../shared/landmark.js";
import { watchKernel } from "../shared/lost.js";
import { dashboardLink } from "../shared/neighbours.js";
import { labBeside, siblingInLab, siblingPage, underVoila } from "../shared/notebook_links.js";
import { myLesson } from "./answers.js";
import { printable } from "./print.js";
import { progress } from "./progress.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  markMain();
  const asPage = underVoila();
  const address = asPage ? siblingPage : siblingInLab;
  const { number, minutes, notebook } = model.get("lesson");
  watchKernel(() => "“Start again” opens the lesson anew, with the answers that you gave.");
  if (asPage) document.body.classList.add("lrp-lesson-page");
  const stopPrinting = asPage ? printable() : () => {};

  const link = (text, name, attributes) =>
    element("a", { href: address(name), ...attributes }, text);
  const neighbour = ({ number: other, title, notebook: name }, arrow) => {
    if (!name) return element("span", {});
    const words = arrow === "←" ? `← ${other} ${title}` : `${other} ${title} →`;
    return link(words, name, { rel: arrow === "←" ? "prev" : "next" });
  };
  const otherWay = asPage
    ? element("a", { href: siblingInLab(notebook) }, "open in JupyterLab")
    : element("a", { href: siblingPage(notebook), target: "_blank" }, "open as a page");
  otherWay.hidden = !labBeside();

  const done = progress(model.get("tasks"));
  const toMine = element("a", { href: `#${myLesson(number)}`, onclick: goToMine }, done.node);

  const line = element(
    "nav",
    { class: "lrp-lesson-head", "aria-label": "Lessons" },
    neighbour(model.get("before"), "←"),
    element(
      "span",
      { class: "lrp-lesson-middle" },
      element("span", {}, `Lesson ${number} of ${model.get("count")} · about ${minutes} minutes`),
      toMine,
      link("all lessons", "index.ipynb"),
      dashboardLink("the dashboard"),
      otherWay,
    ),
    neighbour(model.get("after"), "→"),
  );
  el.append(line);
  return () => {
    done.end();
    stopPrinting();
    line.remove();
  };
}

/** Go there ourselves: an address that ends in # is JupyterLab's to read. */
function goToMine(event) {
  event.preventDefault();
  document.querySelector(event.currentTarget.hash)?.scrollIntoView({ block: "center" });
}

export default { render };
