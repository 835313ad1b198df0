import { element } from "../shared/dom.js";

const LETTERS = 5;

/** Before there is a room: open one, or come into one by its code. `open()`, `join(code)`. */
export function lobby({ open, join }) {
  const title = element("h2", { tabindex: -1 }, "Class");
  const own = element("p", { class: "lrp-class-soft" });
  const code = element("input", {
    type: "text",
    maxlength: LETTERS,
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    "aria-label": "The room's code",
    placeholder: "CODE",
    oninput: () => (enter.disabled = code.value.trim().length !== LETTERS),
  });
  const enter = element("button", { type: "submit", class: "lrp-button", disabled: true }, "Join");
  const node = element(
    "section",
    { class: "lrp-class-lobby", "aria-label": "Open a room or join one" },
    title,
    element(
      "div",
      { class: "lrp-class-ways" },
      element(
        "div",
        { class: "lrp-card" },
        element("h3", {}, "I teach"),
        element(
          "p",
          {},
          "Ask before you show, see the answers as bars, and let all pages follow yours.",
        ),
        element(
          "button",
          { type: "button", class: "lrp-button lrp-class-strong", onclick: open },
          "Open a room",
        ),
      ),
      element(
        "form",
        {
          class: "lrp-card",
          onsubmit: (event) => {
            event.preventDefault();
            join(code.value.trim().toUpperCase());
          },
        },
        element("h3", {}, "I take part"),
        element("p", {}, "The code is what your teacher shows or reads aloud."),
        element("div", { class: "lrp-class-buttons" }, code, enter),
      ),
    ),
    element(
      "p",
      { class: "lrp-class-soft" },
      "A room knows no names. It counts one answer for each page, keeps nothing, and is gone with the teacher’s page.",
    ),
    own,
  );
  return {
    node,
    title,
    /** `words`: what speaks against a room here, "" for nothing. */
    warn(words) {
      own.textContent = words;
      own.hidden = !words;
    },
  };
}
