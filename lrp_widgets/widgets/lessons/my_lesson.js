// What was done in this lesson: to take home as a page, to hand in as a file, or to forget.

import "../shared/theme.css";
import "./my_lesson.css";
import { element, keepKeys } from "../shared/dom.js";
import { underVoila } from "../shared/notebook_links.js";
import { onExportedPage } from "../shared/prepared.js";
import { saveFile } from "../shared/save_file.js";
import { forget, keepName, keepsAnswers, kept, keptName, myLesson } from "./answers.js";
import { answersFile, fileName } from "./answers_file.js";
import { filledIn } from "./filled_in.js";
import { forgetButton } from "./forget.js";
import { forgetAddress } from "./lesson_address.js";
import { progress } from "./progress.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  const lesson = model.get("lesson");
  const number = String(lesson.number).padStart(2, "0");
  const done = progress(model.get("tasks"));
  const name = element("input", {
    type: "text",
    autocomplete: "name",
    maxlength: "200",
    value: keptName(),
    oninput: () => keepName(name.value.trim()),
  });
  const button = (words, onclick) =>
    element("button", { type: "button", class: "lrp-button", onclick }, words);
  const said = element("p", { class: "lrp-mine-words", role: "status" });
  const card = element(
    "section",
    {
      class: "lrp-card lrp-mine",
      id: myLesson(lesson.number),
      "aria-label": "My lesson",
      onfocusin: keepKeys,
      onkeydown: (event) => event.stopPropagation(),
    },
    element("div", { class: "lrp-heading" }, "My lesson"),
    element("div", { class: "lrp-mine-row" }, done.bar, done.node),
    element(
      "p",
      { class: "lrp-mine-words" },
      keepsAnswers()
        ? "Your answers stay in this browser, on this device, until you forget them. Nothing is sent anywhere."
        : "This browser keeps nothing: your answers last as long as this page.",
    ),
    element(
      "div",
      { class: "lrp-mine-row" },
      element("label", {}, "Name ", name),
      button("Download my answers", download),
      button("Download a page to print", downloadPage),
      forgetButton("Forget", "Forget your answers to this lesson?", forgetLesson),
    ),
    said,
  );
  el.append(card);

  // ---- what happens ----
  function download() {
    const file = answersFile(lesson.number, name.value.trim(), kept(number));
    const called = fileName(number, name.value, "json");
    saveFile(called, [JSON.stringify(file, null, 1)], "application/json");
    said.textContent = `${called} is the file to hand in: your answers, every attempt, and the name above.`;
  }

  function downloadPage() {
    const called = fileName(number, name.value, "html");
    saveFile(
      called,
      [filledIn(model.get("page"), name.value.trim(), kept(number).answers)],
      "text/html",
    );
    said.textContent = `${called} is a page to open and print: what was asked, and what you answered.`;
  }

  function forgetLesson() {
    forget([number]);
    forgetAddress();
    name.value = "";
    if (underVoila() || onExportedPage(model)) return window.location.reload();
    model.send({ type: "forget" });
    said.textContent = "Forgotten. What is open stays open until its cell is run again.";
  }

  return () => {
    done.end();
    card.remove();
  };
}

export default { render };
