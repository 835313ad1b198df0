// The title bar.

import "../shared/theme.css";
import "./dashboard.css";
import "./print.css";
import "../shared/lost.css";
import { roomAddress } from "../classroom/server_room.js";
import { copyText } from "../shared/clipboard.js";
import { element } from "../shared/dom.js";
import { markMain } from "../shared/landmark.js";
import { watchKernel } from "../shared/lost.js";
import { lessonsLink } from "../shared/neighbours.js";
import { tabList } from "../shared/tabs.js";
import { linkTo, pageAddress } from "./address.js";

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  markMain();
  el.classList.add("lrp-header");
  el.innerHTML = `
    <h1>Layer-wise Relevance Propagation</h1>
    <nav></nav>
    <div class="lrp-header-link">
      <span role="status"></span>
      <input type="text" readonly hidden aria-label="Link to this state">
      <button type="button" class="lrp-button">Copy link</button>
    </div>`;
  const said = el.querySelector("span");
  const field = el.querySelector("input");
  const button = el.querySelector("button");
  button.title = "Copy an address that opens this page exactly as it stands";

  const tabs = tabList(model);
  const lessons = lessonsLink(
    { class: "lrp-tab", title: "A notebook for every equation" },
    "Lessons",
  );
  const toClass = element(
    "button",
    {
      type: "button",
      class: "lrp-tab lrp-class-tab",
      title: "Ask a class before you show, and let its pages follow yours",
      onclick: () => openClass(!model.get("class_is_open")),
    },
    "Class",
  );
  const openClass = (is) => {
    model.set("class_is_open", is);
    model.save_changes();
  };
  const markClass = () => toClass.setAttribute("aria-expanded", String(model.get("class_is_open")));
  model.on("change:class_is_open", markClass);
  markClass();
  tabs.node.append(lessons);
  if (roomAddress()) tabs.node.append(toClass);
  // A view lies behind the class's card.
  tabs.node.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-view]")) openClass(false);
  });
  el.querySelector("nav").replaceWith(tabs.node);

  watchKernel(() => {
    const except = model.get("note") ? "; only your own picture has to be chosen again" : "";
    return `“Start again” opens the page anew, in the same state${except}.`;
  });

  let hiding = 0;
  const say = (text, seconds) => {
    said.textContent = text;
    clearTimeout(hiding);
    hiding = setTimeout(hide, 1000 * seconds);
  };
  const hide = () => {
    said.textContent = "";
    field.hidden = true;
  };

  const link = () => linkTo(model.get("query"), model.get("notebook"));
  const showLink = () => {
    field.value = link();
    if (document.activeElement === field) field.select();
  };

  // A link that is shown stays true when the page changes, and so does the address.
  let travels = 0; // back and forward, by the person
  let entries = model.get("entries");
  const address = pageAddress((query) => model.send({ type: "travel", query, number: ++travels }));
  function follow() {
    if (!field.hidden) showLink();
    if (model.get("travelled") < travels) return; // on the way there
    const further = model.get("entries") > entries;
    entries = model.get("entries");
    address[further ? "push" : "replace"](model.get("query"));
  }
  const followed = ["change:query", "change:travelled"];
  for (const event of followed) model.on(event, follow);
  follow();
  button.addEventListener("click", async () => {
    const note = model.get("note");
    if (await copyText(link())) {
      field.hidden = true;
      say(["Link copied.", note].join(" "), note ? 8 : 3);
      return;
    }
    field.hidden = false;
    field.focus();
    showLink();
    say(["Press Ctrl+C (⌘C) to copy:", note].join(" "), 60);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hide();
    button.focus();
  });

  return () => {
    clearTimeout(hiding);
    tabs.close();
    model.off("change:class_is_open", markClass);
    for (const event of followed) model.off(event, follow);
    address.close();
  };
}

export default { render };
