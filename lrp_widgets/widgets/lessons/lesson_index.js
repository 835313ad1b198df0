// The lessons as cards, with links to each as a page and in JupyterLab.

import "../shared/theme.css";
import "./lesson.css";
import "./lesson_index.css";
import { element } from "../shared/dom.js";
import { markMain } from "../shared/landmark.js";
import { dashboardLink } from "../shared/neighbours.js";
import { labBeside, siblingInLab, siblingPage, underVoila } from "../shared/notebook_links.js";
import { forget } from "./answers.js";
import { forgetButton } from "./forget.js";
import { progress } from "./progress.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  markMain();
  if (underVoila()) document.body.classList.add("lrp-lesson-page");
  const lessons = model.get("lessons");
  const minutes = lessons.reduce((sum, lesson) => sum + lesson.minutes, 0);
  const missing = lessons.filter((lesson) => !lesson.here).map((lesson) => lesson.number);

  const cards = lessons.map(card);
  const done = progress(lessons.flatMap((lesson) => lesson.tasks));
  const forgetting = forgetButton(
    "Forget all my answers",
    "Forget the answers to all lessons?",
    () => forget(lessons.map((lesson) => lesson.notebook.slice(0, 2))),
  );

  const whole = element(
    "nav",
    { class: "lrp-index", "aria-label": "Lessons" },
    element(
      "p",
      { class: "lrp-index-line" },
      `${lessons.length} lessons, about ${Math.floor(minutes / 60)} h ${minutes % 60} min in all. `,
      missing.length ? element("b", {}, `Not installed here: ${missing.join(", ")}. `) : "",
    ),
    element("ol", { class: "lrp-index-cards" }, ...cards.map(({ node }) => node)),
    element(
      "div",
      { class: "lrp-index-line lrp-index-mine" },
      element("span", {}, "Of all that the lessons ask, you have ", done.node, "."),
      element(
        "span",
        {},
        "Answers stay in this browser, on this device; nothing is sent anywhere.",
      ),
      forgetting,
    ),
    element(
      "p",
      { class: "lrp-index-line" },
      "Without a lesson: ",
      dashboardLink("the dashboard"),
      " · For teachers: ",
      pageLink("teaching_guide.html", "the teaching guide"),
    ),
  );
  el.append(whole);
  return () => {
    for (const each of [done, ...cards]) each.end();
    whole.remove();
  };
}

function card({ number, title, goal, minutes, notebook, here, picture, shows, tasks }) {
  const drawn = picture
    ? element("img", { src: picture, alt: shows, loading: "lazy" })
    : element("span", { class: "lrp-index-words" }, shows);
  const links = here
    ? [
        pageLink(notebook, "Open as a page", `Open as a page: lesson ${number}`),
        labBeside()
          ? element(
              "a",
              {
                href: siblingInLab(notebook),
                "aria-label": `Open in JupyterLab: lesson ${number}`,
              },
              "Open in JupyterLab",
            )
          : "",
      ]
    : [element("span", {}, "This lesson is not installed here.")];
  const done = progress(tasks);
  const node = element(
    "li",
    { class: "lrp-card lrp-index-card" },
    element("div", { class: "lrp-index-picture" }, drawn),
    element("div", { class: "lrp-heading" }, `Lesson ${number} · about ${minutes} minutes`),
    element("div", { class: "lrp-index-title", role: "heading", "aria-level": "2" }, title),
    element("p", { class: "lrp-index-goal" }, goal),
    tasks.length ? element("div", { class: "lrp-index-done" }, done.bar, done.node) : "",
    element("div", { class: "lrp-index-links" }, ...links),
  );
  return { node, end: done.end };
}

/** From JupyterLab a page opens beside it, in a tab of its own. */
function pageLink(notebook, words, spoken) {
  const tab = underVoila() ? {} : { target: "_blank" };
  return element("a", { href: siblingPage(notebook), "aria-label": spoken, ...tab }, words);
}

export default { render };
