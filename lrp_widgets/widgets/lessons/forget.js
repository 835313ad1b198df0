// A button that forgets, and asks once before it does.

import { element } from "../shared/dom.js";

export function forgetButton(words, question, forget) {
  const button = (text, onclick) =>
    element("button", { type: "button", class: "lrp-button", onclick }, text);
  const first = button(words, () => turn(true));
  const keep = button("Keep them", () => turn(false));
  const really = button("Forget", () => {
    forget();
    turn(false);
  });
  const asking = element("span", { class: "lrp-forget", hidden: true }, question, really, keep);

  function turn(asks) {
    first.hidden = asks;
    asking.hidden = !asks;
    (asks ? keep : first).focus();
  }

  return element("span", { class: "lrp-forget-both" }, first, asking);
}
