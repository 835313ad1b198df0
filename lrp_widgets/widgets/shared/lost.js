// A page whose Python or server has gone says so. It is dimmed, keeps what it shows, and starts again.
// One that only has not answered for a moment goes on by itself.

import { element } from "./dom.js";
import { underVoila } from "./notebook_links.js";

const PULSE = 2000; // milliseconds between two questions to the server
const WORRIED = 700; // once something is wrong
const SILENCE = 10_000; // a slow server is not a dead one
const LEAVING = 10_000; // a page that is left ends its kernel itself
const USED = 60_000; // between two words to the server that the page is used: its kernel is kept
const IN_USE = 30 * USED; // since the last input
const INPUTS = ["pointerdown", "pointermove", "wheel", "keydown", "touchmove"];
const WATCHED = "lrpWatched"; // several widgets of a page may ask for this

const KERNEL_ENDED = [
  "This page’s Python has ended.",
  "What you see stays, but nothing new can be computed.",
];
const CUT_OFF = [
  "The connection to this page’s Python is lost.",
  "What you see stays. The page goes on by itself once the connection is back.",
];
const SERVER_SILENT = [
  "The server does not answer.",
  "What you see stays. The page goes on by itself once the server answers.",
];

/** Watch over this page under Voilà; elsewhere JupyterLab does. `startsAgain()`: words about what the
 *  one button does. */
export function watchKernel(startsAgain = () => "“Start again” opens the page anew.") {
  const config = document.getElementById("jupyter-config-data");
  if (!underVoila() || !config || WATCHED in document.body.dataset) return;
  document.body.dataset[WATCHED] = "";
  const { baseUrl, kernelId } = JSON.parse(config.textContent);
  const notice = lostNotice(startAgain);
  let life; // of the process that this page began with
  let suspected = false;
  let waiting = 0;
  let leaving = -LEAVING;
  let input = performance.now();
  let told = input; // that the page is used

  /** What the server says: {status, pulse}; without a status it did not answer. */
  async function ask() {
    const now = performance.now();
    const used = now - input < IN_USE && now - told > USED;
    if (used) told = now;
    try {
      const answer = await fetch(`${baseUrl}voila/api/pulse/${kernelId}${used ? "?used" : ""}`, {
        cache: "no-store",
        signal: AbortSignal.timeout(SILENCE),
      });
      return {
        status: answer.status,
        pulse: answer.ok ? await answer.json().catch(() => null) : null,
      };
    } catch {
      return { status: 0, pulse: null };
    }
  }

  function judge({ status, pulse }) {
    if (pulse && life === undefined) life = pulse.life;
    if (pulse && (!pulse.life || pulse.life !== life)) return KERNEL_ENDED;
    if (pulse) return pulse.connected ? null : CUT_OFF;
    return status === 404 && life === undefined ? undefined : SERVER_SILENT;
  }

  async function look() {
    const wrong = judge(await ask());
    if (wrong === undefined) return; // a server that knows no such question
    if (performance.now() - leaving > LEAVING) {
      // What may come back by itself has a moment for that.
      if (!wrong) notice.hide();
      else if (suspected || wrong === KERNEL_ENDED)
        notice.show(wrong, wrong === KERNEL_ENDED ? startsAgain() : "");
      suspected = Boolean(wrong);
    }
    clearTimeout(waiting);
    if (!document.hidden) waiting = setTimeout(look, suspected ? WORRIED : PULSE);
  }

  async function startAgain() {
    const { status } = await ask();
    if (status) window.location.reload();
    else notice.say("The server does not answer yet; the page stays.");
  }

  document.addEventListener("visibilitychange", () => document.hidden || look());
  for (const type of INPUTS) {
    window.addEventListener(type, () => (input = performance.now()), {
      capture: true,
      passive: true,
    });
  }
  window.addEventListener("beforeunload", () => (leaving = performance.now()));
  look();
}

/** The words over the page, with the one button that can be pressed meanwhile. */
function lostNotice(startAgain) {
  const words = element("div", { role: "alert" });
  const button = element(
    "button",
    { type: "button", class: "lrp-button", onclick: startAgain },
    "Start again",
  );
  const said = element("p", { class: "lrp-lost-said", role: "status" });
  const keepKeysHere = (event) => event.stopPropagation(); // the page's keys rest as well
  const node = element(
    "div",
    { class: "lrp-lost", onkeydown: keepKeysHere },
    element("div", { class: "lrp-card lrp-lost-card" }, words, said, button),
  );
  let shown = null;
  let focused = null; // what had the focus before
  let stilled = [];

  return {
    show(wrong, afterwards) {
      if (shown === wrong) return;
      const [title, text] = wrong;
      if (!shown) {
        focused = document.activeElement;
        stilled = [...document.body.children].filter(
          (one) => one instanceof HTMLElement && !one.inert,
        );
        for (const one of stilled) one.inert = true;
        document.body.append(node);
      }
      shown = wrong;
      said.textContent = "";
      words.replaceChildren(element("b", {}, title), element("p", {}, `${text} ${afterwards}`));
      button.focus({ preventScroll: true });
    },
    say(text) {
      said.textContent = text;
    },
    hide() {
      if (!shown) return;
      shown = null;
      node.remove();
      for (const one of stilled) one.inert = false;
      focused?.focus({ preventScroll: true });
    },
  };
}
