import { element, icon } from "../shared/dom.js";
import { NEXT, PAUSE, PLAY, PREVIOUS } from "../shared/step_controls.js";

/** One patch less, play, one more, and the slider. `actions`: goTo(count), step(by), togglePlay(). */
export function playing(actions) {
  const button = (title, path, words, by) =>
    element(
      "button",
      { type: "button", class: "lrp-button", title, onclick: () => actions.step(by) },
      icon(path),
      element("span", { class: "lrp-unseen" }, words),
    );
  const previous = button("One patch less (←)", PREVIOUS, "one patch less", -1);
  const next = button("One patch more (→)", NEXT, "one patch more", 1);
  const play = element("button", {
    type: "button",
    class: "lrp-button lrp-play",
    title: "Replace one patch after the other (space)",
    onclick: actions.togglePlay,
  });
  const slider = element("input", {
    type: "range",
    class: "lrp-slider",
    min: 0,
    step: 1,
    "aria-label": "Patches replaced",
    oninput: () => actions.goTo(slider.valueAsNumber),
  });
  const words = element("span", { class: "lrp-place" });
  return {
    node: element("div", { class: "lrp-step" }, previous, play, next, slider, words),
    update(count, of, on, told) {
      previous.disabled = count === 0;
      next.disabled = count === of;
      play.disabled = !of;
      slider.max = String(of);
      slider.valueAsNumber = count;
      slider.style.setProperty("--lrp-done", String(of ? count / of : 0));
      slider.setAttribute("aria-valuetext", `${count} of ${of} patches replaced: ${told}`);
      words.textContent = `${count} of ${of} patches`;
      play.replaceChildren(icon(on ? PAUSE : PLAY), on ? "pause" : "play");
    },
  };
}
