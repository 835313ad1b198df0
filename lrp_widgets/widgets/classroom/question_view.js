import { element } from "../shared/dom.js";
import { letter, standing } from "./class_words.js";

const button = (words, onclick, strong = false) =>
  element(
    "button",
    { type: "button", class: `lrp-button${strong ? " lrp-class-strong" : ""}`, onclick },
    words,
  );

/** A question with its choices: buttons for those who answer, bars for who has asked. */
export function questionView(actions) {
  const title = element("h2", { tabindex: -1 });
  const choices = element("ol", { class: "lrp-class-choices" });
  const said = element("p", { class: "lrp-class-said" });
  const reveal = button("Reveal", actions.reveal, true);
  const map = button("To the map", actions.close);
  const next = button("Next question", actions.next);
  const bars = button("", actions.toggleBars);
  const csv = button("Counts as CSV", actions.csv);
  const anyway = button("Show anyway", actions.anyway);
  const node = element(
    "section",
    { class: "lrp-class-question", "aria-label": "Question" },
    title,
    choices,
    said,
    element("div", { class: "lrp-class-buttons" }, reveal, map, next, bars, csv, anyway),
  );
  let built = "";

  function build(question, teaches) {
    const key = JSON.stringify([teaches, question.number, question.text, question.choices]);
    if (key === built) return;
    built = key;
    title.textContent = question.text;
    choices.replaceChildren(
      ...question.choices.map((words, choice) => {
        const parts = [element("b", {}, letter(choice)), " ", element("span", {}, words)];
        const tag = teaches ? "div" : "button";
        const chosen = teaches ? {} : { type: "button", onclick: () => choose(choice) };
        return element(
          "li",
          {},
          element(tag, { class: "lrp-class-choice", ...chosen }, ...parts),
          element("span", { class: "lrp-class-track", "aria-hidden": "true" }, element("i")),
          element("span", { class: "lrp-class-count" }),
        );
      }),
    );
  }

  function choose(choice) {
    if (!node.hasAttribute("data-revealed")) actions.choose(choice);
  }

  function drawChoices({ mine = null, answer = null, revealed }, counts, teaches) {
    const all = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
    [...choices.children].forEach((row, choice) => {
      const [name, track, count] = row.children;
      const right = revealed && choice === answer;
      row.toggleAttribute("data-right", right);
      row.toggleAttribute("data-mine", choice === mine);
      track.toggleAttribute("hidden", !counts);
      count.toggleAttribute("hidden", !counts);
      const share = all ? counts[choice] / all : 0;
      /** @type {HTMLElement} */ (track.firstElementChild).style.width = `${100 * share}%`;
      const part = all ? ` · ${Math.round(100 * share)} %` : "";
      count.textContent = `${counts?.[choice] ?? ""}${part}${right ? " · right" : ""}`;
      if (teaches) return;
      name.setAttribute("aria-pressed", String(choice === mine));
      name.setAttribute("aria-disabled", String(revealed)); // keeps the focus, unlike `disabled`
    });
  }

  return {
    node,
    title,
    /** `role`: "teacher", "member", or "alone" for a question of the address. Returns what to say to
     *  those who do not see the bars. */
    update({ role, question, counts, here, barsHidden }) {
      const teaches = role === "teacher";
      const { revealed } = question;
      build(question, teaches);
      node.toggleAttribute("data-revealed", revealed);
      node.classList.toggle("lrp-class-open-answers", !teaches && !revealed);
      drawChoices(question, barsHidden && !revealed ? null : counts, teaches);
      if (teaches) {
        const given = counts.reduce((sum, count) => sum + count, 0);
        said.textContent = `${given} of ${Math.max(given, here)} have answered.`;
      } else {
        said.textContent =
          standing(question, counts) ||
          "Predict first: the map is covered until you have answered.";
      }
      reveal.hidden =
        revealed || !(teaches || (question.mine !== null && question.answer !== null));
      reveal.hidden ||= role === "member";
      map.hidden = !(teaches || revealed || question.mine !== null);
      next.hidden = csv.hidden = !teaches;
      bars.hidden = !teaches || revealed;
      bars.textContent = barsHidden ? "Show the bars" : "Hide the bars";
      anyway.hidden = role !== "alone" || question.mine !== null;
      const told = counts?.map((count, choice) => `${letter(choice)} ${count}`).join(", ");
      return [question.text, said.textContent, told].filter(Boolean).join(" ");
    },
  };
}
