// Relevance of a moving picture, while it happens.

import "../shared/theme.css";
import "../stepper/stepper.css";
import "./live.css";
import "../shared/lost.css";
import { relevanceTable } from "../shared/colormap.js";
import { element, icon, keepKeys, oncePerFrame } from "../shared/dom.js";
import { follow } from "../shared/follow.js";
import { fixed, probability } from "../shared/format.js";
import { watchKernel } from "../shared/lost.js";
import { noticeLine } from "../shared/notice.js";
import { scaleBar } from "../shared/scale_bar.js";
import { PAUSE, PLAY } from "../shared/step_row.js";
import { predictionList } from "../stepper/totals.js";
import { cameraSource } from "./camera.js";
import { cameraChoice } from "./camera_choice.js";
import { frameLoop, rateMeter } from "./frame_loop.js";
import { liveChoices } from "./live_choices.js";
import { drawSquare, livePicture, rgbBytes, squareCanvas } from "./live_picture.js";
import { keeping } from "./recording_panel.js";
import { videoRow } from "./video_controls.js";
import { videoSource } from "./video_source.js";

const FIRST_SIDE = 224; // until the kernel has said how many pixels the network takes
// Up to this side, and to a kernel on this machine, frames travel as they are. Elsewhere as JPEGs, a
// tenth as large, which browsers make only when they are idle.
const SMALL_SIDE = 128;
const HERE = ["localhost", "127.0.0.1", "[::1]"].includes(window.location.hostname);
const PATIENCE = 30000; // ms for one answer while nothing is said to be going on
const STALLED = 2500; // ms without a frame after which the rate is said to be none
const SAID_EVERY = 1000; // ms between what a screen reader is told
const STOP = "M3 3h10v10H3z";
const CAMERA = "M1.5 4h9v2.6L14.5 4.5v7l-4-2.1V12h-9z";
const DRAWN_BY = ["colormap", "strength"];

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  watchKernel();
  // ---- parts ----
  const picture = livePicture();
  const keep = keeping(picture.canvas, { nameFile, complain, changed: () => drawButtons() });
  const start = element("button", {
    type: "button",
    class: "lrp-button lrp-live-start",
    onclick: toggleCamera,
  });
  const chooser = element("input", {
    type: "file",
    accept: "video/*,.mkv,.avi,image/gif",
    class: "lrp-unseen",
    tabindex: -1,
    "aria-hidden": "true",
    onchange: chooseFilm,
  });
  const pick = element("button", {
    type: "button",
    class: "lrp-button lrp-live-video",
    title:
      "A video of yours in place of the camera; it is kept in a temporary file until it is closed",
    onclick: toggleFilm,
  });
  const freeze = element("button", {
    type: "button",
    class: "lrp-button lrp-live-freeze",
    onclick: toggleFreeze,
  });
  const open = element(
    "button",
    {
      type: "button",
      class: "lrp-button lrp-live-open",
      title: "Hold this frame and step through the network's layers with it",
      onclick: openFrame,
    },
    "Step through this frame",
  );
  const scale = scaleBar();
  const strength = element("input", {
    type: "range",
    class: "lrp-slider",
    min: 0,
    max: 1,
    step: 0.05,
    "aria-label": "Strength of the relevance over the picture",
    oninput: () => set({ strength: Number(strength.value) }),
  });
  const strengthValue = element("output", { class: "lrp-live-strength-value" });
  const mirrored = element("input", {
    type: "checkbox",
    onchange: () => set({ mirrored: mirrored.checked }),
  });
  const quick = element("input", {
    type: "checkbox",
    onchange: () => set({ quick: quick.checked }),
  });
  const quickType = element("span");
  const quickRow = element(
    "label",
    {
      class: "lrp-live-row lrp-live-quick",
      title:
        "Convolutions in this shorter type: more frames a second, and under z⁺ totals within 1 % of the exact ones. Stills are always exact.",
    },
    "Quick",
    element("span", { class: "lrp-live-strength" }, quick, quickType),
  );
  quickRow.hidden = true; // until the kernel has said that its hardware can
  const videoLine = videoRow({
    jump,
    everyFrame(on) {
      video.everyFrame.on = on;
    },
  });
  const rate = element("b", { class: "lrp-live-rate" }, "–");
  const times = element("span", { class: "lrp-small-text" });
  const predictions = predictionList();
  const choices = liveChoices(model.get("choices"), (name, value) => set({ [name]: value }));
  const notice = noticeLine(
    { cancel: () => set({ cancelled: model.get("cancelled") + 1 }), dismiss },
    [],
  );
  const camera = cameraSource(() => running() && loop.offer(), cameraEnded);
  const cameras = cameraChoice(() => camera.running && startCamera());
  const video = videoSource(model, {
    progress(text, done) {
      sending = { text, done };
      drawSigns();
      drawButtons();
    },
    ready() {
      shown = null;
      video.play();
      drawButtons();
    },
    refused: complain,
    due: () => refused || loop.offer(),
    ended() {
      meter.clear();
      drawButtons();
    },
  });
  const suggestion = element("p", { class: "lrp-small-text" });
  const suggest = () => {
    const name = model.get("suggested");
    suggestion.hidden = !name || model.get("network") === name;
    suggestion.textContent = `The network “${name}” suits a camera: it says whether somebody is there.`;
  };
  const invitation = element(
    "div",
    { class: "lrp-live-invitation" },
    element("p", {}, "See what the network looks at, while it looks."),
    suggestion,
    element(
      "p",
      { class: "lrp-small-text" },
      "Frames go to this page’s Python, stay in memory until the next one, and never reach a disk.",
    ),
  );
  const stage = element(
    "div",
    { class: "lrp-live-stage" },
    element("div", { class: "lrp-live-box" }, picture.canvas, invitation, scale.node),
  );
  const preview = element("div", { class: "lrp-live-preview" }, camera.video);

  const main = element(
    "section",
    { class: "lrp-card lrp-live-main", "aria-label": "Live relevance" },
    element("div", { class: "lrp-live-tools" }, start, pick, freeze, open),
    videoLine.node,
    stage,
    notice.node,
    chooser,
  );
  const side = element(
    "section",
    { class: "lrp-card lrp-live-side", "aria-label": "Camera and classes" },
    element(
      "div",
      {},
      element("div", { class: "lrp-heading", role: "heading", "aria-level": 2 }, "Frames a second"),
      element(
        "div",
        {
          class: "lrp-live-speed",
          title: "From the camera to the screen and over again: the mean of the last second",
        },
        rate,
        times,
      ),
    ),
    predictions.node,
    element(
      "div",
      { class: "lrp-live-look" },
      element("div", { class: "lrp-heading", role: "heading", "aria-level": 2 }, "Display"),
      element(
        "label",
        { class: "lrp-live-row" },
        "Strength",
        element("span", { class: "lrp-live-strength" }, strength, strengthValue),
      ),
      cameras.node,
      element("label", { class: "lrp-live-row lrp-live-mirror" }, "Mirrored", mirrored),
      quickRow,
      choices.node,
    ),
    keep.node,
    preview,
  );
  el.append(
    element(
      "div",
      { class: "lrp-stepper-frame" },
      element("div", { class: "lrp-live", onfocusin: keepKeys }, main, side),
    ),
  );

  // ---- state ----
  const page = el.querySelector(".lrp-live");
  const tables = {};
  const meter = rateMeter();
  const loop = frameLoop(send);
  let frozen = false;
  let starting = false;
  let refused = false; // until something that is asked changes
  let problem = "";
  let sending = { text: "", done: -1 }; // a video that is on its way to the kernel
  let netSide = FIRST_SIDE;
  let sent = null; // the frame on its way: {frame: canvas, file, at}
  let shown = null; // the frame on the screen, and its answer
  const spare = [squareCanvas(), squareCanvas()];
  let lastSaid = 0;

  const running = () =>
    !refused && model.get("active") && (video.current ? video.playing : camera.running && !frozen);
  const standing = () => Boolean(video.current ? !video.playing : frozen);

  function set(values) {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    model.save_changes();
  }

  function complain(text) {
    problem = text;
    if (!text && model.get("error")) set({ error: "" });
    drawSigns();
  }

  function dismiss() {
    refused = false; // the next frame tries again
    complain("");
  }

  // ---- the camera ----
  function toggleCamera() {
    return camera.running || starting ? stopCamera() : startCamera();
  }

  async function startCamera() {
    complain("");
    video.close();
    starting = true;
    frozen = refused = false;
    drawButtons();
    try {
      await camera.start(cameras.chosen);
      cameras.update(camera.id || undefined); // stopped meanwhile: what was chosen stays so
    } catch (error) {
      complain(/** @type {Error} */ (error).message);
      cameras.update("");
    } finally {
      starting = false;
      drawButtons();
    }
  }

  function stopCamera() {
    starting = false;
    camera.stop();
    loop.drop();
    frozen = false;
    meter.clear();
    keep.stop();
    drawButtons();
    drawRate();
  }

  // ---- a video ----
  function toggleFilm() {
    if (video.current || video.busy) {
      video.close();
      keep.stop();
      meter.clear();
      drawButtons();
      return drawRate();
    }
    if (!model.get("largest_film")) {
      return complain("This server takes no videos; the camera works all the same.");
    }
    chooser.click();
  }

  function chooseFilm() {
    const [chosen] = chooser.files;
    if (!chosen) return;
    complain("");
    stopCamera();
    refused = false;
    video.open(chosen, model.get("largest_film"));
    chooser.value = ""; // the same file may be chosen again
  }

  function jump(time) {
    refused = false;
    video.goTo(time);
    drawTime();
  }

  function cameraEnded(sentence) {
    stopCamera();
    complain(sentence);
  }

  function toggleFreeze() {
    if (video.current) video.playing ? video.pause() : video.play();
    else frozen = !frozen;
    refused = false;
    loop.drop();
    meter.clear();
    drawButtons();
    drawRate();
  }

  function openFrame() {
    if (!shown?.file) return;
    if (camera.running) frozen = true;
    if (video.current) video.pause();
    drawButtons();
    model.send({ type: "open", raw: shown.raw }, undefined, [shown.file]);
  }

  // ---- frames ----
  async function send(id) {
    const at = performance.now();
    if (video.current && !refused && (video.playing || video.jumped)) {
      sent = { id, at };
      return model.send({ type: "video-frame", id, time: video.ask() });
    }
    if (running()) {
      const frame = spare.pop() ?? squareCanvas();
      drawSquare(
        frame,
        camera.video,
        camera.video.videoWidth,
        camera.video.videoHeight,
        model.get("mirrored"),
      );
      sent = { id, at, frame, ...(await packed(frame)) };
    } else if (shown) {
      sent = { id, at, frame: shown.frame, file: shown.file, raw: shown.raw };
    }
    if (sent?.id === id) model.send({ type: "frame", id, raw: sent.raw }, undefined, [sent.file]);
    else loop.reset();
  }

  /** A frame at the network's size, as `file`: a JPEG, or RGB bytes of `raw` pixels a side. */
  async function packed(frame) {
    const small = squareCanvas(netSide);
    drawSquare(small, frame, frame.width, frame.height, false);
    if (HERE || netSide <= SMALL_SIDE) return { raw: netSide, file: rgbBytes(small) };
    const blob = await new Promise((resolve) => small.toBlob(resolve, "image/jpeg", 0.92));
    return { raw: 0, file: await blob.arrayBuffer() };
  }

  async function receive(message, buffers) {
    if (message.type.startsWith("video-")) return video.receive(message);
    if (message.id !== sent?.id) return;
    if (message.type === "refused") {
      refused = true;
      loop.drop();
      complain(message.sentence);
    } else if (message.type === "explained") {
      const [values, file] = buffers.map(
        (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
      );
      if (file) await takePicture(file);
      if (message.id !== sent.id) return;
      const first = !shown;
      if (shown && shown.frame !== sent.frame) spare.push(shown.frame);
      shown = { ...sent, answer: { ...message, values } };
      netSide = Math.max(message.rows, message.columns);
      quickRow.hidden = !message.quick_type;
      quickType.textContent = message.quick_type;
      draw();
      if (running()) meter.mark();
      if (file && video.current) video.shown(message.time, message.next);
      drawRate();
      tell();
      if (first) drawButtons();
    } else return;
    loop.settled(message.id);
  }

  /** A video's frame comes from the kernel, as a JPEG. */
  async function takePicture(file) {
    const frame = spare.pop() ?? squareCanvas();
    const bitmap = await createImageBitmap(new Blob([file], { type: "image/jpeg" }));
    drawSquare(frame, bitmap, bitmap.width, bitmap.height, false);
    bitmap.close();
    Object.assign(sent, { frame, file: file.slice().buffer, raw: 0 });
  }

  /** What is asked changed: a running picture goes on, one that stands still is asked again. */
  function askAgain() {
    refused = false;
    problem = "";
    meter.clear();
    drawSigns();
    if (!running()) loop.offer();
  }

  // ---- drawing ----
  function draw() {
    if (!shown) return;
    const { answer } = shown;
    const table = tables[model.get("colormap")];
    picture.draw(shown.frame, answer, table, model.get("strength"));
    scale.update({
      limits: answer,
      table,
      quantity: "relevance",
      scale: "symmetric",
      clipped: answer.clipped,
      colors: answer.colors,
      percentile: model.get("percentile"),
    });
    predictions.build(answer.classes, answer.random);
    page.removeAttribute("data-empty");
  }
  const redraw = oncePerFrame(draw);

  function drawRate() {
    const last = meter.rate();
    rate.textContent = last ? fixed(last, last < 10 ? 1 : 0) : "–";
    if (!last || !shown) times.textContent = "";
    else
      times.textContent = `${fixed(1000 / last, 0)} ms a frame, ${fixed(1000 * shown.answer.seconds, 0)} ms of it in the kernel`;
  }

  function drawButtons() {
    const on = camera.running || starting;
    start.replaceChildren(icon(on ? STOP : CAMERA), on ? "Stop camera" : "Start camera");
    pick.textContent = video.current ? "Close video" : video.busy ? "Cancel" : "Open video…";
    pick.disabled = starting;
    freeze.replaceChildren(icon(standing() ? PLAY : PAUSE), standing() ? "Go on" : "Freeze");
    freeze.disabled = !camera.running && !video.current;
    mirrored.closest("label").hidden = Boolean(video.current);
    open.hidden = !model.get("opens");
    open.disabled = !shown;
    keep.update(Boolean(shown), camera.running || Boolean(video.current));
    page.toggleAttribute("data-camera", camera.running);
    page.toggleAttribute("data-frozen", standing());
    page.toggleAttribute("data-recording", keep.recording);
    drawTime();
  }

  function drawTime() {
    videoLine.update(video.current, video.time);
  }

  function drawSigns() {
    const text = sending.text || model.get("status");
    const done = sending.text ? sending.done : model.get("progress");
    notice.update({
      text,
      progress: done,
      cancellable: !sending.text && model.get("cancellable"),
      problem: problem || model.get("error"),
      notes: [],
    });
  }

  function drawSettings() {
    strength.value = model.get("strength");
    strength.style.setProperty("--lrp-done", model.get("strength"));
    strengthValue.textContent = fixed(model.get("strength"), 2);
    mirrored.checked = model.get("mirrored");
    quick.checked = model.get("quick");
    preview.toggleAttribute("data-mirrored", model.get("mirrored"));
    for (const { name } of model.get("choices")) choices.set(name, model.get(name));
  }

  function tell() {
    const now = performance.now();
    if (now - lastSaid < SAID_EVERY) return;
    lastSaid = now;
    const [name, value] = shown.answer.classes[0];
    const share = value <= 1 && value >= 0 ? ` with ${probability(value)}` : "";
    picture.describe(
      `Relevance over the ${video.current ? "video's" : "camera's"} picture; the network says ${name}${share}`,
    );
  }

  function nameFile(ending) {
    const moment = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    return `relevance ${model.get("network")} ${moment}.${ending}`;
  }

  // ---- life ----
  const clock = setInterval(() => {
    keep.tick();
    drawTime();
    if (loop.waiting && !model.get("status") && performance.now() - sent?.at > PATIENCE) {
      loop.reset();
      complain("The kernel has not answered for half a minute; the next frame tries again.");
    }
    if (
      running() &&
      shown &&
      performance.now() - shown.at > STALLED + 1000 * shown.answer.seconds
    ) {
      meter.clear();
      drawRate();
    }
  }, 500);
  const loadTables = () => {
    const view = model.get("tables");
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (const [k, name] of model.get("colormaps").entries())
      tables[name] = relevanceTable(bytes.subarray(768 * k, 768 * (k + 1)));
  };
  const onActive = () => {
    if (model.get("active")) return;
    stopCamera();
    if (video.current) video.pause();
    drawButtons();
  };
  const chosen = model.get("choices").map(({ name }) => name);
  const unfollow = follow(model, [
    [["active"], onActive],
    [["asked"], askAgain],
    [["opens"], drawButtons],
    [["network"], suggest],
    [["status", "progress", "error", "cancellable"], drawSigns],
    [DRAWN_BY, redraw],
    [["strength", "mirrored", "quick", ...chosen], drawSettings],
  ]);
  model.on("msg:custom", receive);
  page.toggleAttribute("data-empty", true);
  loadTables();
  drawSettings();
  drawButtons();
  drawSigns();
  suggest();

  return () => {
    clearInterval(clock);
    redraw.cancel();
    camera.stop();
    cameras.close();
    video.close();
    unfollow();
    model.off("msg:custom", receive);
  };
}

export default { render };
