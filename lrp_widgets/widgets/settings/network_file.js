// "Open a network…": a file of the visitor's own, sent in pieces, with what is said of it.

import "../shared/theme.css";
import "./network_file.css";
import { follow } from "../shared/follow.js";

const megabytes = (count) => `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} MB`;

const element = (tag, className, text = "") => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
};

let count = 0;

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  el.classList.add("lrp-opener");
  const own = `lrp-opener-${++count}`;
  const drawer = document.createElement("details");
  const handle = element("summary", "lrp-opener-handle", "Open a network…");
  handle.title = "Explain a Keras model of your own, a .keras or .h5 file";

  const labelled = (control, text, id) => {
    const label = element("label", "lrp-opener-label", text);
    control.id = `${own}-${id}`;
    label.setAttribute("for", control.id);
    return [label, control];
  };

  // What is sent with it

  const pixels = document.createElement("select");
  for (const [value, words] of model.get("choices")) {
    const option = document.createElement("option");
    option.value = value;
    option.textContent = words;
    pixels.append(option);
  }
  const names = document.createElement("textarea");
  names.rows = 3;
  names.placeholder = "cat\ndog";
  names.spellcheck = false;

  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.className = "lrp-unseen";
  chooser.tabIndex = -1;
  chooser.setAttribute("aria-hidden", "true");
  const button = (text, title) => {
    const made = element("button", "lrp-button lrp-opener-button", text);
    made.type = "button";
    made.title = title;
    return made;
  };
  const open = button("Choose a file", "A .keras or whole-model .h5 file; dropping one works too");
  const fromFile = button("Names from a file", "A text file with one class name a line");
  const apply = button("Apply", "Explain the opened network with these pixels and names");
  const buttons = element("div", "lrp-opener-buttons");
  buttons.append(open, fromFile, apply);

  // What is said

  const status = element("p", "lrp-opener-status");
  status.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "How much of the file is sent");
  const error = element("p", "lrp-opener-error");
  error.setAttribute("role", "alert");
  const unread = element("ul", "lrp-opener-unread");
  const about = document.createElement("details");
  about.className = "lrp-opener-about";
  const aboutTitle = element("summary", "", "");
  const summary = element("pre", "lrp-opener-summary");
  summary.tabIndex = 0;
  about.append(aboutTitle, summary);
  const privacy = element(
    "p",
    "lrp-opener-privacy",
    "Nothing in the file is run. It is deleted once it is read; the network stays in memory and goes with this page.",
  );

  drawer.append(
    handle,
    ...labelled(pixels, "It was trained on pixels", "pixels"),
    ...labelled(names, "Class names, one a line (if you have them)", "names"),
    buttons,
    status,
    bar,
    error,
    unread,
    about,
    privacy,
  );
  el.append(drawer, chooser);

  // Sending

  let file = null;
  let sent = -1; // the part that has been sent; −1 where nothing is
  const say = (text) => {
    model.set("error", text);
    model.set("unread", []);
    model.save_changes();
    show();
  };

  const take = (chosen) => {
    if (!chosen || model.get("disabled")) return;
    drawer.open = true;
    const largest = model.get("largest");
    if (!model.get("suffixes").some((suffix) => chosen.name.toLowerCase().endsWith(suffix))) {
      return say(`${chosen.name} is no ${model.get("suffixes").join(" or ")} file.`);
    }
    if (largest && chosen.size > largest) {
      return say(
        `${chosen.name} has ${megabytes(chosen.size)}; networks of up to ${megabytes(largest)} are taken.`,
      );
    }
    if (!chosen.size) return say(`${chosen.name} is empty.`);
    file = chosen;
    sent = 0;
    say("");
    model.send({ type: "begin", name: file.name, size: file.size });
  };

  const onMessage = async (message) => {
    if (message.type === "sent") {
      file = null;
      sent = -1;
    } else if (message.type === "more" && file) {
      const mine = file;
      sent = message.received / mine.size;
      show();
      try {
        const piece = await mine
          .slice(message.received, message.received + message.piece)
          .arrayBuffer();
        if (mine === file) model.send({ type: "piece" }, undefined, [piece]);
      } catch {
        file = null;
        sent = -1;
        model.send({ type: "close" });
        say(`${mine.name} cannot be read any more; open it again.`);
      }
    }
    show();
  };

  const keep = (trait, value) => {
    model.set(trait, value);
    model.save_changes();
  };
  open.addEventListener("click", () => {
    chooser.accept = model.get("suffixes").join(",");
    chooser.onchange = () => {
      take(chooser.files?.[0]);
      chooser.value = "";
    };
    chooser.click();
  });
  fromFile.addEventListener("click", () => {
    chooser.accept = ".txt,text/plain";
    chooser.onchange = async () => {
      const text = await chooser.files?.[0]?.text();
      chooser.value = "";
      if (text !== undefined) keep("names", text.trim());
    };
    chooser.click();
  });
  apply.addEventListener("click", () => model.send({ type: "apply" }));
  pixels.addEventListener("change", () => keep("pixels", pixels.value));
  names.addEventListener("change", () => keep("names", names.value));

  // A file may be dropped on the drawer; the rest of the page takes pictures.
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  el.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    el.classList.add("lrp-opener-drop");
  });
  el.addEventListener("dragleave", () => el.classList.remove("lrp-opener-drop"));
  el.addEventListener("drop", (event) => {
    el.classList.remove("lrp-opener-drop");
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    take(event.dataTransfer?.files[0]);
  });

  // Showing

  const show = () => {
    const busy = sent >= 0 || Boolean(model.get("status"));
    const disabled = model.get("disabled") || !model.get("largest");
    for (const control of [open, fromFile, apply, pixels, names]) {
      control.disabled = disabled || busy;
    }
    apply.hidden = !model.get("title");
    status.textContent = sent >= 0 ? `Sending ${file?.name ?? ""}` : model.get("status");
    bar.hidden = !busy;
    if (sent >= 0) bar.value = sent;
    else bar.removeAttribute("value");
    error.textContent = model.get("largest")
      ? model.get("error")
      : "This server opens no networks of its visitors.";
    unread.replaceChildren(...model.get("unread").map(([, why]) => element("li", "", why)));
    unread.hidden = !model.get("unread").length;
    about.hidden = !model.get("title");
    aboutTitle.textContent = `${model.get("title")}: its layers`;
    summary.textContent = model.get("summary");
    if (pixels.value !== model.get("pixels")) pixels.value = model.get("pixels");
    if (names.value !== model.get("names")) names.value = model.get("names");
  };

  model.on("msg:custom", onMessage);
  const unfollow = follow(model, [
    [["status", "error", "unread", "title", "summary", "disabled", "pixels", "names"], show],
  ]);
  show();
  return () => {
    model.off("msg:custom", onMessage);
    unfollow();
  };
}

export default { render };
