// A lesson's question: what is asked, a field or options, the verdict, hint and solution.

import "../shared/theme.css";
import "./task.css";
import { element, keepKeys } from "../shared/dom.js";
import { follow } from "../shared/follow.js";
import { keepAnswer, keptAnswer } from "./answers.js";
import { judge } from "./judge.js";
import { keepPrediction, predictionOf } from "./lesson_address.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- parts ----
  // Every task runs its own copy of this module: counting would give all the same name.
  const id = `lrp-task-${Math.random().toString(36).slice(2)}`;
  const text = markup("div", "lrp-task-text", model.get("text"));
  text.id = id;
  const field = { number: numberField, choice: choiceField, code: codeField }[model.get("form")](
    model,
    id,
    answer,
  );
  const verdict = element("div", { class: "lrp-task-verdict", role: "status" });
  const hint = element(
    "details",
    { class: "lrp-task-more" },
    element("summary", {}, "Hint"),
    markup("div", "", model.get("hint")),
  );
  const told = element("div", {});
  const solution = element(
    "details",
    { class: "lrp-task-more", ontoggle: reveal },
    element("summary", {}, "Solution"),
    told,
  );
  const card = element(
    "section",
    {
      class: "lrp-card lrp-task",
      "data-question": model.get("name"),
      "data-form": model.get("form"),
      "aria-labelledby": id,
      onfocusin: keepKeys,
    },
    element("div", { class: "lrp-heading" }, model.get("heading")),
    text,
    field.node,
    verdict,
    element("div", { class: "lrp-task-help" }, hint, solution),
  );
  el.append(card);

  // ---- what happens ----
  function answer(value) {
    if (model.get("kept")) keepPrediction(model.get("name"), value);
    const checks = model.get("checks");
    if (checks.form) {
      const count = (model.get("verdict").count ?? 0) + 1;
      model.set("verdict", { ...judge(checks, value), count, given: String(value) });
      return;
    }
    model.send({ type: "answer", value });
    verdict.textContent = "…";
  }

  /** An answer of an earlier visit is given again; code is not run from what a browser kept. */
  function restore() {
    const name = model.get("name");
    const kept = (model.get("kept") ? predictionOf(name) : undefined) ?? keptAnswer(name);
    if (kept === undefined) return;
    if (model.get("form") === "code") return field.show(kept);
    const value = model.get("form") === "choice" ? Number.parseInt(kept, 10) : kept;
    if (value || value === 0) answer(value);
  }

  function reveal() {
    if (solution.open && !model.get("solution")) model.send({ type: "solution" });
  }

  function showVerdict() {
    const { right, understood, message, count, given } = model.get("verdict");
    card.classList.toggle("lrp-task-right", right === true);
    card.classList.toggle("lrp-task-answered", understood === true);
    if (!count) {
      verdict.replaceChildren();
      field.show("");
      return;
    }
    field.show(given);
    if (understood) keepAnswer(model.get("name"), given, right);
    const sign = element("b", {}, right ? "✓ Right." : "✗ Not yet.");
    verdict.replaceChildren(sign, " ", markup("span", "", message));
  }

  function showSolution() {
    told.innerHTML = model.get("solution") || "…";
  }

  // ---- wiring ----
  const unfollow = follow(model, [
    [["verdict"], showVerdict],
    [["solution"], showSolution],
  ]);
  showVerdict();
  showSolution();
  if (!model.get("verdict").count) restore();
  return () => {
    unfollow();
    card.remove();
  };
}

/** HTML that the kernel made of a lesson's own Markdown. */
function markup(tag, name, html) {
  const node = element(tag, { class: name || undefined });
  node.innerHTML = html;
  return node;
}

function numberField(model, id, answer) {
  const input = element("input", {
    type: "text",
    autocomplete: "off",
    "aria-labelledby": id,
    placeholder: "a number",
  });
  const send = () => (input.value.trim() ? answer(input.value) : input.focus());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") send();
    event.stopPropagation();
  });
  const unit = element("span", { class: "lrp-task-unit" }, model.get("unit"));
  const button = element("button", { type: "button", class: "lrp-button", onclick: send }, "Check");
  const show = (given) => (input.value = given ? input.value || given : "");
  return { node: element("div", { class: "lrp-task-field" }, input, unit, button), show };
}

function choiceField(model, id, answer) {
  const radios = model.get("options").map((_, number) => {
    return element("input", {
      type: "radio",
      name: id,
      value: String(number),
      onchange: () => answer(number),
    });
  });
  const options = model
    .get("options")
    .map((option, number) => element("label", {}, radios[number], markup("span", "", option)));
  const show = (given) => {
    for (const radio of radios) radio.checked = radio.value === given;
  };
  return {
    node: element(
      "div",
      { class: "lrp-task-options", role: "radiogroup", "aria-labelledby": id },
      ...options,
    ),
    show,
  };
}

function codeField() {
  const inLab = document.body.dataset.voila === undefined;
  const words = inLab
    ? "Write it in the cell below and run that cell."
    : "This task needs code: open the lesson in JupyterLab to answer it.";
  const code = element("pre", { class: "lrp-task-code" });
  const before = element(
    "details",
    { class: "lrp-task-more", hidden: true },
    element("summary", {}, "Your code when you last checked it"),
    code,
  );
  const show = (given) => {
    code.textContent = given;
    before.hidden = !given;
  };
  return {
    node: element(
      "div",
      {},
      element("p", { class: "lrp-task-unit lrp-task-code-words" }, words),
      before,
    ),
    show,
  };
}

export default { render };
