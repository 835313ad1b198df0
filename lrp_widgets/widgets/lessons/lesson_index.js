// The lessons as cards, with links to each as a page and in JupyterLab.

import "../shared/theme.css";
import "./lesson.css";
import "./lesson_index.css";
import { element } from "../shared/dom.js";
import { markMain } from "../shared/landmark.js";
import { dashboardLink } from "../shared/neighbours.js";
import { labBeside, siblingInLab, siblingPage, underVoila } from "../shared/notebook_links.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  markMain();
  if (underVoila()) document.body.classList.add("lrp-lesson-page");
  const lessons = model.get("lessons");
  const minutes = lessons.reduce((sum, lesson) => sum + lesson.minutes, 0);
  const missing = lessons.filter((lesson) => !lesson.here).map((lesson) => lesson.number);

  const whole = element(
    "nav",
    { class: "lrp-index", "aria-label": "Lessons" },
    element(
      "p",
      { class: "lrp-index-line" },
      `${lessons.length} lessons, about ${Math.floor(minutes / 60)} h ${minutes % 60} min in all. `,
      missing.length ? element("b", {}, `Not installed here: ${missing.join(", ")}. `) : "",
    ),
    element("ol", { class: "lrp-index-cards" }, ...lessons.map(card)),
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
  return () => whole.remove();
}

function card({ number, title, goal, minutes, notebook, here, picture, shows }) {
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
  return element(
    "li",
    { class: "lrp-card lrp-index-card" },
    element("div", { class: "lrp-index-picture" }, drawn),
    element("div", { class: "lrp-heading" }, `Lesson ${number} · about ${minutes} minutes`),
    element("div", { class: "lrp-index-title", role: "heading", "aria-level": "2" }, title),
    element("p", { class: "lrp-index-goal" }, goal),
    element("div", { class: "lrp-index-links" }, ...links),
  );
}

/** From JupyterLab a page opens beside it, in a tab of its own. */
function pageLink(notebook, words, spoken) {
  const tab = underVoila() ? {} : { target: "_blank" };
  return element("a", { href: siblingPage(notebook), "aria-label": spoken, ...tab }, words);
}

export default { render };
