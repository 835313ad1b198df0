import { element, icon } from "./dom.js";

export const PREVIOUS = "M11 2.5v11L3.5 8z";
export const NEXT = "M5 2.5v11L12.5 8z";
export const PLAY = "M3.5 2v12L13.5 8z";
export const PAUSE = "M4 2.5h3v11H4zM9 2.5h3v11H9z";

/** Previous, play, next and a slider over `last + 1` positions from 0 on.
 *  `said`: previous, next: [words, tooltip]; play: tooltip; slider: its name.
 *  `actions`: goTo(position), step(by), togglePlay(). */
export function stepRow(said, actions) {
  const button = ([words, title], path, by) =>
    element(
      "button",
      { type: "button", class: "lrp-button", title, onclick: () => actions.step(by) },
      icon(path),
      element("span", { class: "lrp-unseen" }, words),
    );
  const previous = button(said.previous, PREVIOUS, -1);
  const next = button(said.next, NEXT, 1);
  const play = element("button", {
    type: "button",
    class: "lrp-button lrp-play",
    title: said.play,
    onclick: actions.togglePlay,
  });
  const slider = element("input", {
    type: "range",
    class: "lrp-slider",
    min: 0,
    step: 1,
    "aria-label": said.slider,
    oninput: () => actions.goTo(slider.valueAsNumber),
  });
  const place = element("span", { class: "lrp-place" });
  return {
    node: element("div", { class: "lrp-step" }, previous, play, next, slider, place),
    /** `words` stand beside the slider, `spoken` is what it says of its value. */
    update(position, last, { words, spoken, playing }) {
      previous.disabled = position === 0;
      next.disabled = position === last;
      play.disabled = last < 1;
      slider.max = String(last);
      slider.valueAsNumber = position;
      slider.style.setProperty("--lrp-done", String(last > 0 ? position / last : 0));
      slider.setAttribute("aria-valuetext", spoken);
      place.textContent = words;
      play.replaceChildren(icon(playing ? PAUSE : PLAY), playing ? "pause" : "play");
    },
  };
}
