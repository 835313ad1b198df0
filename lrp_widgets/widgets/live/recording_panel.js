import { element } from "../shared/dom.js";
import { saveFile } from "../shared/save_file.js";
import { recordable, recordCanvas } from "./recorder.js";
import { clockText } from "./video_controls.js";

/** Keep what a canvas shows: as a PNG file, or recorded as a video.
 *
 *  `nameFile(ending)` names the files; `complain(sentence)` where recording fails; `changed()` when
 *  it begins or ends. */
export function keeping(canvas, { nameFile, complain, changed }) {
  const kinds = recordable();
  const snapshot = element(
    "button",
    {
      type: "button",
      class: "lrp-button lrp-live-snapshot",
      title: "Keep what is shown as a PNG file",
      onclick: keepSnapshot,
    },
    "Snapshot",
  );
  const record = element("button", {
    type: "button",
    class: "lrp-button lrp-live-record",
    onclick: toggle,
  });
  const kind = element(
    "select",
    { class: "lrp-live-list lrp-live-kind", "aria-label": "Kind of video", title: "Kind of video" },
    ...kinds.map(([ending, name]) => element("option", { value: ending }, name)),
  );
  let finish = null; // ends the recording
  let since = 0;

  function keepSnapshot() {
    canvas.toBlob((blob) => saveFile(nameFile("png"), [blob], "image/png"), "image/png");
  }

  async function toggle() {
    const [ending, , type] = kinds.find(([each]) => each === kind.value);
    if (!finish) {
      try {
        finish = recordCanvas(canvas, type);
      } catch {
        return complain("This browser cannot record the picture after all; snapshots work.");
      }
      since = performance.now();
      return changed();
    }
    const pieces = finish();
    finish = null;
    changed();
    saveFile(nameFile(ending), await pieces, type);
  }

  function drawClock() {
    const text = finish ? `Stop · ${clockText((performance.now() - since) / 1000)}` : "Record";
    record.replaceChildren(element("i", { class: "lrp-live-dot", "aria-hidden": "true" }), text);
    record.title = finish
      ? "End the recording and keep it as a file"
      : "Record what is shown as a video";
  }

  return {
    node: element(
      "div",
      {},
      element(
        "div",
        { class: "lrp-heading", role: "heading", "aria-level": 2 },
        "Keep what is shown",
      ),
      element("div", { class: "lrp-live-files" }, snapshot, record, kind),
    ),
    get recording() {
      return Boolean(finish);
    },
    /** `shown`: whether there is anything to keep; `moving`: whether more may come. */
    update(shown, moving) {
      snapshot.disabled = !shown;
      record.disabled = !shown || !(finish || moving);
      record.hidden = !kinds.length;
      kind.hidden = kinds.length < 2 || Boolean(finish);
      drawClock();
    },
    tick() {
      if (finish) drawClock();
    },
    /** End a recording, and keep it. */
    stop() {
      if (finish) toggle();
    },
  };
}
