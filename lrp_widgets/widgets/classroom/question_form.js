import { element } from "../shared/dom.js";
import { letter } from "./class_words.js";

const LONGEST = 200; // characters of a question
const LONGEST_CHOICE = 80;
const MOST = 6;

/** Write a question, or take one about what is on the screen; `ask(question)`, `copy(question)`. */
export function questionForm({ ask, copy }) {
  const ready = element("div", { class: "lrp-class-ready" });
  const text = element("textarea", { rows: 2, maxlength: LONGEST, required: true });
  const rows = Array.from({ length: MOST }, (_, choice) => {
    const words = element("input", {
      type: "text",
      maxlength: LONGEST_CHOICE,
      "aria-label": `Choice ${letter(choice)}`,
      oninput: check,
    });
    const right = element("input", {
      type: "radio",
      name: "lrp-class-right",
      "aria-label": `${letter(choice)} is right`,
    });
    return {
      words,
      right,
      node: element("li", {}, element("b", {}, letter(choice)), words, right),
    };
  });
  const none = element("input", { type: "radio", name: "lrp-class-right", checked: true });
  const send = element("button", { type: "submit", class: "lrp-button lrp-class-strong" }, "Ask");
  const link = element(
    "button",
    {
      type: "button",
      class: "lrp-button",
      title: "A link that asks this question before it shows this page's map, also without a room",
      onclick: () => copy(written()),
    },
    "Copy as a link",
  );
  const node = element(
    "form",
    {
      class: "lrp-class-form",
      "aria-label": "Ask a question",
      onsubmit: (event) => {
        event.preventDefault();
        ask(written());
      },
    },
    element("h2", {}, "Ask before you show"),
    ready,
    element("label", { class: "lrp-class-text" }, "Question", text),
    element(
      "fieldset",
      {},
      element("legend", {}, "Choices, and which is right"),
      element("ol", {}, ...rows.map((row) => row.node)),
      element("label", { class: "lrp-class-none" }, none, "none is marked as right"),
    ),
    element("div", { class: "lrp-class-buttons" }, send, link),
  );
  text.addEventListener("input", check);
  check();

  /** The question as it stands; empty choices are left out. */
  function written() {
    const filled = rows.filter(({ words }) => words.value.trim());
    const right = filled.findIndex(({ right: one }) => one.checked);
    return {
      text: text.value.trim(),
      choices: filled.map(({ words }) => words.value.trim()),
      answer: right < 0 ? null : right,
    };
  }

  function check() {
    const { text: asked, choices } = written();
    for (const row of rows) {
      row.right.disabled = !row.words.value.trim();
      if (row.right.disabled && row.right.checked) none.checked = true;
    }
    send.disabled = link.disabled = !asked || choices.length < 2;
  }

  function fill({ text: asked = "", choices = [], answer = null }) {
    text.value = asked;
    rows.forEach(({ words, right }, choice) => {
      words.value = choices[choice] ?? "";
      right.checked = choice === answer;
    });
    if (answer === null) none.checked = true;
    check();
  }

  return {
    node,
    fill,
    /** Buttons for questions about what is on the screen. */
    suggest(questions) {
      ready.hidden = !questions.length;
      ready.replaceChildren(
        element("span", {}, "About this map:"),
        ...questions.map((question) =>
          element(
            "button",
            { type: "button", class: "lrp-button", onclick: () => fill(question) },
            question.text,
          ),
        ),
      );
    },
  };
}
