import { element } from "../shared/dom.js";

/** Which camera to use, where there are several. `onChoose(id)`; browsers tell cameras apart only
 *  once one of them was allowed. */
export function cameraChoice(onChoose) {
  const list = element("select", {
    class: "lrp-live-list",
    "aria-label": "Camera",
    onchange: choose,
  });
  const node = element("label", { class: "lrp-live-row lrp-live-cameras" }, "Camera", list);
  const devices = navigator.mediaDevices; // none on a page that may not use cameras
  let used = "";
  node.hidden = true;

  function choose() {
    used = list.value;
    onChoose(used);
  }

  /** List them again, the one that is `used` chosen: after a start, or when one came or went. */
  async function update(now = used) {
    used = now;
    const found = ((await devices?.enumerateDevices?.()) ?? []).filter(
      ({ kind, deviceId }) => kind === "videoinput" && deviceId,
    );
    node.hidden = found.length < 2;
    list.replaceChildren(
      ...found.map(({ deviceId, label }, k) =>
        element("option", { value: deviceId }, label || `Camera ${k + 1}`),
      ),
    );
    list.value = used;
  }

  const changed = () => update();
  devices?.addEventListener?.("devicechange", changed);
  return {
    node,
    update,
    /** The one chosen, "" for the browser's own choice. */
    get chosen() {
      return list.value;
    },
    close: () => devices?.removeEventListener?.("devicechange", changed),
  };
}
