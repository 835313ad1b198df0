// The browser's camera, and in one sentence each what can be wrong with it.

import { element } from "../shared/dom.js";

const INSECURE =
  "The browser gives its camera only to pages opened by https or on localhost, and this page is neither.";
const GONE = "The camera that was chosen is not there any more; press Start again for another one.";
const ENDED =
  "The camera was unplugged or taken away; the last frame stays, and Start looks for a camera again.";
const REASONS = {
  NotAllowedError:
    "The camera was not allowed: allow it beside the page's address, then press Start again.",
  SecurityError:
    "The camera was not allowed: allow it beside the page's address, then press Start again.",
  NotFoundError: "There is no camera on this computer that the browser can find.",
  OverconstrainedError: "There is no camera on this computer that the browser can find.",
  NotReadableError:
    "The camera does not answer: perhaps another program uses it; close that, then press Start again.",
  AbortError:
    "The camera does not answer: perhaps another program uses it; close that, then press Start again.",
};

const WISHES = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 60 } };

/** The camera. `onFrame()` is called for each of its frames, `onEnd(sentence)` when it goes away. */
export function cameraSource(onFrame, onEnd) {
  const video = element("video", {
    muted: true,
    playsinline: true,
    "aria-label": "The camera's own picture",
  });
  video.muted = true; // the attribute alone does not silence a video made by a script
  let stream = null;
  let wanted = 0; // tells a late permission from the one that is waited for

  /** Start the camera with this id, or the browser's own choice. Resolves when the first frame is
   *  there; throws an Error with a sentence. */
  async function start(id = "") {
    stop();
    const mine = ++wanted;
    if (!navigator.mediaDevices?.getUserMedia) throw new Error(INSECURE);
    let given;
    try {
      given = await navigator.mediaDevices.getUserMedia({
        video: { ...WISHES, ...(id && { deviceId: { exact: id } }) },
      });
    } catch (error) {
      const { name } = /** @type {Error} */ (error);
      if (id && name === "OverconstrainedError") throw new Error(GONE);
      throw new Error(REASONS[name] ?? `The camera could not be started (${name}).`);
    }
    if (mine !== wanted) return end(given);
    stream = given;
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => {
        if (stream !== given) return;
        stop();
        onEnd(ENDED);
      });
    }
    video.srcObject = stream;
    await video.play().catch(() => {}); // leaving at once is no failure
    watch(given);
  }

  function watch(given) {
    const next = () => {
      if (stream !== given) return;
      onFrame();
      watch(given);
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(next);
    else requestAnimationFrame(next);
  }

  function stop() {
    wanted += 1;
    if (stream) end(stream);
    stream = null;
    video.srcObject = null;
  }

  return {
    video,
    start,
    stop,
    get running() {
      return Boolean(stream);
    },
    /** The id of the camera that runs, "" for none. */
    get id() {
      return stream?.getVideoTracks()[0].getSettings().deviceId ?? "";
    },
  };
}

function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}
