import { element, icon } from "../shared/dom.js";
import { segments } from "../shared/segments.js";
import { NEXT, PAUSE, PLAY, PREVIOUS } from "../shared/step_row.js";

export const FOUR = ["z", "s", "c", "R"];
const PACES = [250, 500, 1000, 1500, 2000];
const WINDOW = "M1.5 1.5h7v7h-7zM10 4.2h1.5v-2L15 5.5l-3.5 3.3v-2H10zM1.5 10v4.5h13V11H13v2H3v-3z";

/** The steps' buttons, their pace and, where a window slides, its own.
 *  `actions`: go(step), move(by), togglePlay(), toggleSlide(), pace(ms), choose(term). */
export function stepBar(actions) {
  const which = segments(
    "Step",
    FOUR.map((step) => [step, step, `Step ${step} (key ${step.toLowerCase()})`]),
    actions.go,
  );
  const button = (title, onclick, ...content) =>
    element("button", { class: "lrp-button", title, "aria-label": title, onclick }, ...content);
  const previous = button("Previous step", () => actions.move(-1), icon(PREVIOUS));
  const next = button("Next step", () => actions.move(1), icon(NEXT));
  const play = button("", actions.togglePlay);
  const slide = button("", actions.toggleSlide);
  const pace = element("input", {
    type: "range",
    class: "lrp-pace",
    min: 0,
    max: PACES.length - 1,
    step: 1,
    "aria-label": "Time for each step",
    oninput: () => actions.pace(PACES[pace.valueAsNumber]),
    // Its own keys are not steps through the layers.
    onkeydown: (event) => event.key !== " " && event.key !== "Escape" && event.stopPropagation(),
  });
  const seconds = element("span", { class: "lrp-pace-words" });
  const terms = element("div", {
    class: "lrp-terms",
    role: "group",
    "aria-label": "Terms of this step",
    hidden: true,
  });
  const controls = element("div", { class: "lrp-step-row" }, which.node, previous, play, next);
  const speed = element("div", { class: "lrp-step-row" }, slide, pace, seconds);

  /** Only where it changes: a frame that comes while a button is held down must not lose the click. */
  function name(control, on, sign, words, text = "") {
    const title = on ? "Pause" : words;
    if (control.title === title) return;
    control.title = title;
    control.setAttribute("aria-label", title);
    control.replaceChildren(
      icon(on ? PAUSE : sign),
      ...(on || !text ? [] : [element("span", { class: "lrp-slide-word" }, text)]),
    );
  }

  return {
    node: element("div", { class: "lrp-step-bar" }, controls, speed),
    terms,
    /** `steps` is null while they are on their way; `term` is the number of the one shown. */
    update({ step, steps, term, playing, sliding, slides, calm, ms }) {
      which.set(step);
      previous.disabled = step === FOUR[0];
      next.disabled = step === FOUR.at(-1);
      name(play, playing, PLAY, "Play the four steps (space)");
      slide.hidden = !slides;
      slide.disabled = calm;
      name(
        slide,
        sliding,
        WINDOW,
        calm
          ? "Your system asks for less motion: move the window with the arrow keys on the map"
          : "Slide the window over the map",
        " slide",
      );
      const at = PACES.findIndex((each) => each >= ms);
      pace.valueAsNumber = at;
      pace.style.setProperty("--lrp-done", String(at / (PACES.length - 1)));
      seconds.textContent = `${ms / 1000} s a step`;
      pace.setAttribute("aria-valuetext", seconds.textContent);
      const shown = steps ? steps[step].terms : [];
      terms.hidden = shown.length < 2;
      if (terms.hidden) return;
      terms.replaceChildren(
        ...shown.map(({ label }, i) =>
          element(
            "button",
            {
              class: "lrp-chip",
              "aria-pressed": String(i === term),
              onclick: () => actions.choose(i),
            },
            label,
          ),
        ),
      );
    },
    /** Write the symbols of the rule's own steps on the buttons. */
    name(steps) {
      for (const step of FOUR)
        which.node.querySelector(`[data-value=${step}]`).innerHTML = steps[step].symbol; // MathML from the rule
    },
  };
}
