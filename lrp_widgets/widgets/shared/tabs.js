import { element } from "./dom.js";

/** The views as tabs; the model's `view` is the present one. */
export function tabList(model) {
  const choose = (name) => {
    model.set("view", name);
    model.save_changes();
  };
  const tabs = model
    .get("views")
    .map(([name, label, title]) =>
      element(
        "button",
        { class: "lrp-tab", title, "data-view": name, onclick: () => choose(name) },
        label,
      ),
    );
  const mark = () => {
    for (const tab of tabs) {
      if (tab.dataset.view === model.get("view")) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  };
  model.on("change:view", mark);
  mark();
  return {
    node: element("nav", { class: "lrp-tabs", "aria-label": "Views" }, ...tabs),
    close() {
      model.off("change:view", mark);
    },
  };
}
