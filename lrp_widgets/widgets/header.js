// The title bar.

import { copyText } from "./clipboard.js";
import { tabList } from "./tabs.js";

// In JupyterLab and Notebook the page is …/lab/tree/<path>, …/doc/tree/<path> or …/notebooks/<path>.
const EDITOR = /^(.*?\/)(?:(?:lab|doc)(?:\/workspaces\/[^/]+)?(?:\/tree\/(.*))?|notebooks\/(.*))\/?$/;

const makeLink = (notebook, query) => {
  const { origin, pathname } = window.location;
  let path = pathname;
  if (document.body.dataset.voila === undefined) {
    const [, base, inTree, inNotebook] = EDITOR.exec(pathname) ?? [null, "/"];
    const open = [inTree, inNotebook].find((name) => name?.endsWith(".ipynb")) ?? notebook;
    path = `${base}voila/render/${open}`;
  }
  return origin + path + (query && `?${query}`);
};

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

  const link = () => makeLink(model.get("notebook"), model.get("query"));
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
