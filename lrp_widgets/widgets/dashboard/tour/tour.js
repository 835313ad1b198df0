// The guided tour: one page of text and a task, beside the part of the dashboard that it is about.

import "../../shared/theme.css";
import "./tour.css";
import { element, icon, keepKeys } from "../../shared/dom.js";
import { light } from "./spotlight.js";

const CROSS = "M3 4.1 4.1 3 8 6.9 11.9 3 13 4.1 9.1 8l3.9 3.9-1.1 1.1L8 9.1 4.1 13 3 11.9 6.9 8z";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  const send = (type, content = {}) => model.send({ type, ...content });
  const page = () => model.get("page");
  const turn = (by) => send("turn", { number: page().number + by });

  // ---- parts ----
  const title = element("h2", { tabindex: -1 });
  const count = element("span", { class: "lrp-tour-count" });
  const close = element(
    "button",
    {
      type: "button",
      class: "lrp-button lrp-tour-close",
      title: "Leave the tour (Esc)",
      "aria-label": "Leave the tour",
      onclick: leave,
    },
    icon(CROSS),
  );
  const text = element("div", { class: "lrp-tour-text" });
  const asks = element("p", { class: "lrp-tour-asks" });
  const choices = element("div", {
    class: "lrp-tour-choices",
    role: "group",
    "aria-label": "Answers",
  });
  const says = element("p", { class: "lrp-tour-says", role: "status" });
  const show = element(
    "button",
    { type: "button", class: "lrp-tour-quiet", onclick: () => send("show") },
    "show me",
  );
  const skip = element(
    "button",
    { type: "button", class: "lrp-tour-quiet", onclick: () => turn(1) },
    "skip",
  );
  const help = element("div", { class: "lrp-tour-help" }, show, skip);
  const task = element("div", { class: "lrp-tour-task" }, asks, choices, says, help);
  const dots = element("nav", { class: "lrp-tour-dots", "aria-label": "Pages of the tour" });
  const back = element(
    "button",
    { type: "button", class: "lrp-button", onclick: () => turn(-1) },
    "Back",
  );
  const next = element("button", {
    type: "button",
    class: "lrp-button lrp-tour-next",
    onclick: () => turn(1),
  });
  const head = element(
    "div",
    { class: "lrp-tour-head" },
    element("span", {}, "Guided tour"),
    count,
    close,
  );
  const body = element("div", { class: "lrp-tour-body" }, title, text, task);
  const foot = element(
    "div",
    { class: "lrp-tour-foot" },
    dots,
    element("div", { class: "lrp-tour-turn" }, back, next),
  );
  el.classList.add("lrp-tour", "lrp-card");
  el.setAttribute("role", "complementary");
  el.setAttribute("aria-label", "Guided tour");
  el.addEventListener("focusin", keepKeys);
  el.append(head, body, foot);
  el.addEventListener("keydown", onKey);

  // ---- leaving ----
  function leave() {
    send("leave");
    /** @type {HTMLElement} */ (dashboard()?.querySelector(".lrp-tour-button"))?.focus();
  }

  function onKey(event) {
    if (event.key !== "Escape") return;
    leave();
    event.preventDefault();
    event.stopPropagation();
  }

  // ---- drawing ----
  const dashboard = () => el.closest(".lrp-dashboard");
  let drawn = null; // the page drawn last; null before the first, which takes no focus

  function draw() {
    const now = page();
    const number = now.number ?? 0;
    el.hidden = !number;
    if (number) fill(now);
    lightSoon();
    if (number && drawn !== null && drawn !== number) {
      title.focus({ preventScroll: true });
      body.scrollTop = 0;
    }
    drawn = number;
  }

  function fill({
    number,
    titles,
    done,
    text: words,
    asks: question,
    ready,
    choices: answers,
    chosen,
    answered,
    may_go_on,
    says: said,
    right,
  }) {
    title.textContent = titles[number - 1];
    count.textContent = `${number} of ${titles.length}`;
    text.innerHTML = words; // prose and MathML that Python made
    el.setAttribute("aria-busy", String(!ready));
    task.hidden = !question;
    asks.innerHTML = question;
    fillChoices(answers, chosen, answered, right);
    says.innerHTML = said;
    says.className = `lrp-tour-says ${said ? (right ? "lrp-right" : "lrp-not-right") : ""}`;
    const held = help.contains(document.activeElement);
    help.hidden = answered;
    show.disabled = !ready;
    skip.hidden = may_go_on;
    back.disabled = number === 1;
    next.textContent = number === titles.length ? "Finish" : "Next";
    next.disabled = !may_go_on;
    if (held && answered) next.focus({ preventScroll: true });
    fillDots(number, titles, done);
  }

  function fillChoices(answers, chosen, answered, right) {
    choices.hidden = !answers.length;
    const same = [...choices.children].map((one) => one.textContent).join() === answers.join();
    if (!same) {
      choices.replaceChildren(
        ...answers.map((answer) =>
          element(
            "button",
            {
              type: "button",
              class: "lrp-button",
              onclick: () => send("answer", { choice: answer }),
            },
            answer,
          ),
        ),
      );
    }
    for (const one of choices.children) {
      const on = one.textContent === chosen;
      one.setAttribute("aria-pressed", String(on));
      one.classList.toggle("lrp-not-right", on && !right);
      one.setAttribute("aria-disabled", String(answered)); // keeps the focus, unlike `disabled`
    }
  }

  function fillDots(number, titles, done) {
    if (dots.childElementCount !== titles.length) {
      dots.replaceChildren(
        ...titles.map((name, i) =>
          element("button", {
            type: "button",
            title: `${i + 1}. ${name}`,
            "aria-label": `Page ${i + 1}: ${name}`,
            onclick: () => send("turn", { number: i + 1 }),
          }),
        ),
      );
    }
    [...dots.children].forEach((dot, i) => {
      if (i + 1 === number) dot.setAttribute("aria-current", "page");
      else dot.removeAttribute("aria-current");
      dot.classList.toggle("lrp-done", done.includes(i + 1));
    });
  }

  // The dashboard stands in the page only after this widget has been drawn.
  let waiting = 0;
  function lightSoon() {
    clearTimeout(waiting);
    const { part = "", ready } = page();
    const found = dashboard() && light(dashboard(), ready ? part : "");
    if (!found) waiting = setTimeout(lightSoon, 100);
  }

  model.on("change:page", draw);
  draw();
  return () => {
    clearTimeout(waiting);
    if (dashboard()) light(dashboard(), "");
    model.off("change:page", draw);
  };
}

export default { render };
