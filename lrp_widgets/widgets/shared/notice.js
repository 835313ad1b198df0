import { element } from "./dom.js";

const KEYS = [
  ["← →", "step"],
  ["space", "play"],
  ["Home End", "ends"],
  ["z s c r", "four steps"],
  ["arrows", "on the map"],
  ["Enter", "arithmetic"],
  ["Esc", "back"],
];

/** The last line of the card: what is going on, what went wrong, remarks, or else the keys.
 *  It keeps its place, so that nothing jumps. `actions`: cancel(), dismiss(). */
export function noticeLine(actions, keyHints = KEYS) {
  const bar = element("i");
  const progress = element(
    "span",
    {
      class: "lrp-progress",
      role: "progressbar",
      "aria-label": "Progress",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
    },
    bar,
  );
  const status = element("span", { class: "lrp-status-text", role: "status" });
  const cancel = element(
    "button",
    { class: "lrp-button lrp-small", onclick: actions.cancel },
    "cancel",
  );
  const busy = element("div", { class: "lrp-busy" }, progress, status, cancel);
  const message = element("span", { class: "lrp-error-text" });
  const error = element(
    "div",
    { class: "lrp-error", role: "alert" },
    element("span", { class: "lrp-error-sign", "aria-hidden": "true" }, "!"),
    message,
    element(
      "button",
      {
        class: "lrp-button lrp-small",
        "aria-label": "Dismiss this message",
        onclick: actions.dismiss,
      },
      "dismiss",
    ),
  );
  const keys = element(
    "div",
    { class: "lrp-keys" },
    ...keyHints.map(([key, what]) => element("span", {}, element("kbd", {}, key), ` ${what}`)),
  );

  // More than three lines scroll, and the keyboard must reach them.
  const remarks = element("ul", { class: "lrp-notes", tabindex: 0, "aria-label": "Remarks" });

  return {
    node: element("div", { class: "lrp-notice" }, keys, remarks, busy, error),
    /** `text`: what is going on, `done`: 0..1 or −1 for unknown; `problem`: one sentence. */
    update({ text, progress: done, cancellable, problem, notes }) {
      status.textContent = text;
      busy.hidden = !text;
      setProgress(progress, bar, done);
      cancel.hidden = !cancellable;
      message.textContent = problem;
      error.hidden = !problem;
      remarks.replaceChildren(...notes.map((note) => element("li", {}, note)));
      remarks.hidden = !notes.length;
      keys.hidden = Boolean(text || problem || notes.length);
    },
  };
}

function setProgress(track, bar, done) {
  const known = done >= 0;
  track.classList.toggle("lrp-unknown", !known);
  bar.style.width = known ? `${Math.min(1, done) * 100}%` : "";
  if (known) track.setAttribute("aria-valuenow", Math.round(done * 100));
  else track.removeAttribute("aria-valuenow");
}
