// The gallery: one tile a sample picture, and one for the visitor's own.

import "../shared/theme.css";
import "./picker.css";
import { follow } from "../shared/follow.js";

// ---- Reading a file -------------------------------------------------------------------------

const megabytes = (count) => `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} MB`;

const decode = async (blob) => {
  const picture = new Image();
  picture.src = URL.createObjectURL(blob);
  try {
    await picture.decode();
    return picture;
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(picture.src);
  }
};

// The drawn picture follows the file's EXIF rotation, as an <img> does.
const shrink = (picture, side) => {
  const scale = Math.min(1, side / Math.max(picture.naturalWidth, picture.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(scale * picture.naturalWidth));
  canvas.height = Math.max(1, Math.round(scale * picture.naturalHeight));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // transparency is laid on white, as the server does
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
};

// The blob to send, or a thrown sentence.
const prepare = async (file, { largest, largeFile, largeSide }) => {
  const name = file.name || "The picture";
  if (file.size > largest) {
    throw new Error(
      `${name} has ${megabytes(file.size)}; pictures of up to ${megabytes(largest)} are taken.`,
    );
  }
  const picture = await decode(file);
  if (!picture) {
    // The server reads a few kinds that browsers do not: let it try where it may be one.
    if (file.size <= largeFile && /^image\//.test(file.type)) return file;
    throw new Error(`${name} is not a picture that can be read; PNG, JPEG and WebP files are.`);
  }
  const large =
    file.size > largeFile || Math.max(picture.naturalWidth, picture.naturalHeight) > largeSide;
  return large ? shrink(picture, largeSide) : file;
};

// ---- The widget -----------------------------------------------------------------------------

const element = (tag, className, text = "") => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
};

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  el.classList.add("lrp-picker");
  const heading = element("h2", "lrp-heading", "Picture");
  heading.id = `lrp-picker-${Math.random().toString(36).slice(2)}`;
  const tiles = element("div", "lrp-picker-tiles");
  tiles.setAttribute("role", "radiogroup");
  tiles.setAttribute("aria-labelledby", heading.id);
  const message = element("p", "lrp-picker-message");
  message.setAttribute("role", "alert");
  const privacy = element(
    "p",
    "lrp-picker-privacy",
    "Your own stays in memory, never on disk, and goes with this page.",
  );
  const chooser = element("input", "lrp-unseen");
  chooser.type = "file";
  chooser.accept = "image/*";
  chooser.tabIndex = -1;
  chooser.setAttribute("aria-hidden", "true");
  el.append(heading, tiles, chooser, message, privacy);

  // Tiles

  const makeTile = (name, label, source) => {
    const tile = element("button", "lrp-picker-tile");
    tile.type = "button";
    tile.dataset.name = name;
    tile.title = label;
    tile.setAttribute("role", "radio");
    tile.setAttribute("aria-label", label);
    tile.style.backgroundImage = `url(${source})`;
    tile.addEventListener("click", () => choose(name));
    return tile;
  };

  const makeRow = (kind) => {
    const row = element("div", `lrp-picker-row lrp-picker-${kind}s`);
    const samples = model.get("samples").filter((sample) => sample.kind === kind);
    row.append(...samples.map(({ name, source }) => makeTile(name, `${name} (${kind})`, source)));
    return row;
  };
  const photographs = makeRow("photograph");
  const own = makeTile("", "your picture", "");
  const add = element("button", "lrp-picker-add", "+");
  add.type = "button";
  add.title = "Open a picture of your own; dropping or pasting one works too";
  add.setAttribute("aria-label", add.title);
  add.addEventListener("click", () => chooser.click());
  photographs.append(own, add);
  tiles.append(photographs, makeRow("scene"));

  const choose = (name) => {
    if (model.get("disabled")) return;
    say("");
    model.set("selected", name);
    model.save_changes();
  };

  const shown = () => [...tiles.querySelectorAll('[role="radio"]')].filter((tile) => !tile.hidden);

  const showSelected = () => {
    for (const tile of shown()) {
      const on = tile.dataset.name === model.get("selected");
      tile.setAttribute("aria-checked", on);
      tile.tabIndex = on ? 0 : -1;
    }
  };

  const showDisabled = () => {
    for (const button of tiles.querySelectorAll("button")) button.disabled = model.get("disabled");
  };

  let ownSource = "";
  const showUpload = () => {
    const bytes = model.get("upload");
    own.hidden = !bytes?.byteLength;
    URL.revokeObjectURL(ownSource);
    ownSource = own.hidden ? "" : URL.createObjectURL(new Blob([bytes]));
    own.style.backgroundImage = own.hidden ? "" : `url(${ownSource})`;
    showSelected();
  };

  // Arrow keys move the choice, as in any group of radio buttons.
  tiles.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches('[role="radio"]')) return;
    event.preventDefault();
    const all = shown();
    const next = all[(all.indexOf(event.target) + step + all.length) % all.length];
    next.focus();
    choose(next.dataset.name);
  });

  // A picture of one's own: chosen, dropped or pasted

  const say = (text) => {
    message.textContent = text;
  };

  const take = async (file) => {
    if (!file || model.get("disabled")) return;
    say("");
    el.classList.add("lrp-picker-busy");
    try {
      const limits = {
        largest: model.get("largest"),
        largeFile: model.get("large_file"),
        largeSide: model.get("large_side"),
      };
      const blob = await prepare(file, limits);
      model.set("upload", new DataView(await blob.arrayBuffer()));
      model.set("selected", "");
      model.set("uploads", model.get("uploads") + 1);
      model.save_changes();
    } catch (error) {
      say(/** @type {Error} */ (error).message);
    } finally {
      el.classList.remove("lrp-picker-busy");
    }
  };

  chooser.addEventListener("change", () => {
    take(chooser.files[0]);
    chooser.value = ""; // the same file may be chosen again
  });

  // Files may be dropped anywhere on the page that the gallery belongs to.
  const stop = new AbortController();
  const inPage = ({ target }) =>
    target instanceof Node && (el.closest(".lrp-dashboard") ?? el).contains(target);
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const onDrag = (event) => {
    const here = carriesFiles(event) && inPage(event);
    if (here) event.preventDefault();
    el.classList.toggle("lrp-picker-drop", here);
  };
  document.addEventListener("dragover", onDrag, { signal: stop.signal });
  document.addEventListener(
    "dragleave",
    (event) => event.relatedTarget || el.classList.remove("lrp-picker-drop"),
    {
      signal: stop.signal,
    },
  );
  document.addEventListener(
    "drop",
    (event) => {
      el.classList.remove("lrp-picker-drop");
      if (!carriesFiles(event) || !inPage(event)) return;
      event.preventDefault();
      take(event.dataTransfer.files[0]);
    },
    { signal: stop.signal },
  );
  document.addEventListener(
    "paste",
    (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((each) =>
        each.type.startsWith("image/"),
      );
      // In JupyterLab the rest of the notebook keeps its own pasting.
      if (!file || !(event.target === document.body || inPage(event))) return;
      event.preventDefault();
      take(file);
    },
    { signal: stop.signal },
  );

  const unfollow = follow(model, [
    [["selected"], showSelected],
    [["upload"], showUpload],
    [["disabled"], showDisabled],
  ]);
  showUpload();
  showDisabled();

  return () => {
    stop.abort();
    URL.revokeObjectURL(ownSource);
    unfollow();
  };
}

export default { render };
