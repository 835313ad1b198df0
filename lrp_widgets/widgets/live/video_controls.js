import { element } from "../shared/dom.js";

/** Seconds as minutes and seconds: 1:05. */
export const clockText = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Where an open video stands. `actions`: jump(seconds), everyFrame(on). */
export function videoRow(actions) {
  const slider = element("input", {
    type: "range",
    class: "lrp-slider",
    min: 0,
    step: 0.01,
    "aria-label": "Time in the video",
    oninput: () => actions.jump(Number(slider.value)),
  });
  const text = element("span", { class: "lrp-live-time" });
  const every = element("input", {
    type: "checkbox",
    onchange: () => actions.everyFrame(every.checked),
  });
  const node = element(
    "div",
    { class: "lrp-live-video-row", hidden: true },
    slider,
    text,
    element(
      "label",
      {
        title:
          "One frame after the other, however long each takes; otherwise the video keeps its pace and leaves frames out",
      },
      every,
      " every frame",
    ),
  );
  return {
    node,
    /** `video`: {duration} of the one that is open, if any; `time`: where it stands. */
    update(video, time) {
      node.hidden = !video;
      if (!video) return;
      const { duration } = video;
      slider.max = duration;
      slider.disabled = !duration;
      slider.value = time;
      slider.style.setProperty("--lrp-done", String(duration ? time / duration : 0));
      text.textContent = duration ? `${clockText(time)} / ${clockText(duration)}` : clockText(time);
    },
  };
}
