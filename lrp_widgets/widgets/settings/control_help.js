// Explains the control under the pointer or the focus, and labels what ipywidgets leaves unlabelled.

const IDLE = "Point at a control to read what it does.";

const nameOf = (node) => {
  const control = node.closest?.(".lrp-control");
  const found = [...(control?.classList ?? [])].find((each) => each.startsWith("lrp-control-"));
  return found?.slice("lrp-control-".length);
};

// Written only where it differs: the observer below sees attributes change.
const set = (node, attribute, value) => {
  if (node.getAttribute(attribute) !== value) node.setAttribute(attribute, value);
};

const label = (column, labels, texts) => {
  for (const control of column.querySelectorAll(".lrp-control")) {
    const name = nameOf(control);
    if (control.matches(".widget-toggle-buttons")) {
      set(control, "role", "group");
      set(control, "aria-label", labels[name]);
      for (const button of control.querySelectorAll("button")) {
        set(button, "aria-pressed", String(button.classList.contains("mod-active")));
      }
    }
    for (const handle of control.querySelectorAll(".noUi-handle")) {
      set(handle, "aria-label", labels[name]);
      // What the slider shows; by itself it says how many steps it stands from its end.
      set(handle, "aria-valuetext", control.querySelector(".widget-readout")?.textContent ?? "");
    }
    for (const one of control.querySelectorAll(
      "select, input, button.widget-toggle-button, .noUi-handle",
    )) {
      set(one, "aria-description", texts[name] ?? "");
    }
  }
};

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  el.classList.add("lrp-help");
  el.setAttribute("aria-hidden", "true"); // screen readers get the same words with the control
  el.textContent = IDLE;
  const stop = new AbortController();
  const texts = model.get("texts");
  let focused, pointed;
  const show = () => {
    el.textContent = texts[pointed ?? focused] ?? IDLE;
  };

  // The column stands in the page only after this widget has been drawn.
  let observer;
  const attach = () => {
    const column = el.closest(".lrp-controls");
    if (!column) return false;
    const listen = (event, action) =>
      column.addEventListener(
        event,
        (e) => {
          action(nameOf(e.target));
          show();
        },
        { signal: stop.signal },
      );
    listen("focusin", (name) => (focused = name));
    listen("focusout", () => (focused = undefined));
    listen("pointerover", (name) => (pointed = name));
    listen("pointerleave", () => (pointed = undefined));
    const relabel = () => label(column, model.get("labels"), texts);
    observer = new MutationObserver(relabel);
    observer.observe(column, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ["class", "aria-valuetext"],
    });
    relabel();
    return true;
  };
  const waiting = setInterval(() => attach() && clearInterval(waiting), 50);

  return () => {
    clearInterval(waiting);
    observer?.disconnect();
    stop.abort();
  };
}

export default { render };
