// The title bar.

import { copyText } from "./clipboard.js";
import { element } from "./dom.js";
import { pageOf, siblingPage, underVoila } from "./notebook_links.js";
import { tabList } from "./tabs.js";

function render({ model, el }) {
  el.classList.add("lrp-header");
  el.innerHTML = `
    <h1>Layer-wise Relevance Propagation</h1>
    <nav></nav>
    <div class="lrp-header-link">
      <span role="status"></span>
      <input type="text" readonly hidden aria-label="Link to this state">
      <button type="button" class="lrp-button">Copy link</button>
    </div>`;
  const [said, field, button] = ["span", "input", "button"].map((tag) => el.querySelector(tag));
  button.title = "Copy an address that opens this page exactly as it stands";

  const tabs = tabList(model);
  const lessons = element("a", { class: "lrp-tab", title: "A notebook for every equation", target: underVoila() ? undefined : "_blank", href: siblingPage("index.ipynb") }, "Lessons");
  tabs.node.append(lessons);
  el.querySelector("nav").replaceWith(tabs.node);

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

  const link = () => {
    const query = model.get("query");
    return window.location.origin + pageOf(model.get("notebook")) + (query && `?${query}`);
  };
  const showLink = () => {
    field.value = link();
    if (document.activeElement === field) field.select();
  };

  // A link that is shown stays true when the page changes.
  model.on("change:query", () => field.hidden || showLink());
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
  };
}

export default { render };
