import { element } from "../shared/dom.js";

/** One line under the title bar: in which room this page is, whom it follows, what it answered. */
export function classStrip({ follow, open, leave, dismiss }) {
  const button = (words, onclick) =>
    element("button", { type: "button", class: "lrp-button", onclick }, words);
  const room = element("b", {});
  const state = element("span", {});
  const following = button("", follow);
  const question = button("Question", open);
  const out = button("Leave", leave);
  const close = button("OK", dismiss);
  const node = element(
    "section",
    { class: "lrp-class-strip", "aria-label": "Class", hidden: true },
    room,
    state,
    following,
    question,
    out,
    close,
  );
  return {
    node,
    /** `words`: what is said; the buttons that are not given are not shown. */
    update({ code, words, followWords, questionWords, mayLeave, mayClose }) {
      node.hidden = !code && !words;
      room.textContent = code && `Room ${code}`;
      room.hidden = !code;
      if (state.textContent !== words) state.textContent = words;
      for (const [one, label] of [
        [following, followWords],
        [question, questionWords],
      ]) {
        one.hidden = !label;
        one.textContent = label;
      }
      out.hidden = !mayLeave;
      close.hidden = !mayClose;
    },
  };
}
