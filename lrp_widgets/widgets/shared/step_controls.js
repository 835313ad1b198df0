import { element, icon } from "./dom.js";

export const PREVIOUS = "M11 2.5v11L3.5 8z";
export const NEXT = "M5 2.5v11L12.5 8z";
export const PLAY = "M3.5 2v12L13.5 8z";
export const PAUSE = "M4 2.5h3v11H4zM9 2.5h3v11H9z";

/** Previous, play, next and the slider. Positions count from the output: 0 is the last layer.
 *  `actions`: goTo(position), step(by), togglePlay(). */
export function steppingControls(actions) {
  const previous = element(
    "button",
    {
      class: "lrp-button",
      title: "Previous layer, towards the output (←)",
      onclick: () => actions.step(-1),
    },
    icon(PREVIOUS),
    element("span", { class: "lrp-unseen" }, "previous layer"),
  );
  const next = element(
    "button",
    {
      class: "lrp-button",
      title: "Next layer, towards the input (→)",
      onclick: () => actions.step(1),
    },
    icon(NEXT),
    element("span", { class: "lrp-unseen" }, "next layer"),
  );
  const play = element("button", {
    class: "lrp-button lrp-play",
    title: "Play all layers, from the output to the input (space)",
    onclick: actions.togglePlay,
  });
  const slider = element("input", {
    type: "range",
    class: "lrp-slider",
    min: 0,
    step: 1,
    "aria-label": "Layer, from output to input",
    oninput: () => actions.goTo(Number(slider.value)),
  });
  const words = element("span", { class: "lrp-place" });

  return {
    node: element("div", { class: "lrp-step" }, previous, play, next, slider, words),
    /** `position` of `count` stops; `place`: which number of how many layers that is, where it differs. */
    update(position, count, layer, playing, place = { number: position + 1, of: count }) {
      previous.disabled = position === 0;
      next.disabled = position === count - 1;
      slider.max = String(count - 1);
      slider.valueAsNumber = position;
      slider.style.setProperty("--lrp-done", String(count > 1 ? position / (count - 1) : 0));
      slider.setAttribute("aria-valuetext", `${layer.name}, layer ${place.number} of ${place.of}`);
      words.textContent = `layer ${place.number} of ${place.of}, output → input`;
      play.replaceChildren(icon(playing ? PAUSE : PLAY), playing ? "pause" : "play");
    },
  };
}
