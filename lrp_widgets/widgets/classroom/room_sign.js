import { element } from "../shared/dom.js";

/** What the teacher's page shows to the whole room: where to go, and the code. */
export function roomSign({ copy, close }) {
  const where = element("b", { class: "lrp-class-where" });
  const code = element("output", { class: "lrp-class-code" });
  const here = element("p", {});
  const note = element("p", { class: "lrp-class-soft" });
  const said = element("span", { role: "status", class: "lrp-class-soft" });
  const field = element("input", { type: "text", readonly: true, hidden: true });
  field.setAttribute("aria-label", "Link into the room");
  const node = element(
    "section",
    { class: "lrp-class-sign", "aria-label": "The room" },
    element("p", { class: "lrp-class-go" }, "Go to ", where, ", press Class, and enter"),
    code,
    here,
    element(
      "div",
      { class: "lrp-class-buttons" },
      element("button", { type: "button", class: "lrp-button", onclick: copy }, "Copy the link"),
      element("button", { type: "button", class: "lrp-button", onclick: close }, "Close the room"),
      said,
    ),
    field,
    note,
  );
  return {
    node,
    update({ code: letters, here: count }, address, words) {
      where.textContent = address;
      code.textContent = letters;
      code.setAttribute("aria-label", letters.split("").join(" "));
      here.textContent =
        ["Nobody is here yet.", "1 page is here."][count] ?? `${count} pages are here.`;
      note.textContent = words;
      note.hidden = !words;
    },
    /** The link was copied, or is shown to be copied by hand. */
    copied(link, done) {
      said.textContent = done ? "Link copied." : "Press Ctrl+C (⌘C) to copy:";
      field.hidden = done;
      field.value = link;
      if (!done) field.select();
    },
  };
}
