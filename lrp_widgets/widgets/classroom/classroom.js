// This page's part in a class: the card in the map's place, and the line under the title bar.

import "../shared/theme.css";
import "./classroom.css";
import { linkTo } from "../dashboard/address.js";
import { copyText } from "../shared/clipboard.js";
import { element, keepKeys } from "../shared/dom.js";
import { follow } from "../shared/follow.js";
import { serverBase } from "../shared/notebook_links.js";
import { saveFile } from "../shared/save_file.js";
import { classStrip } from "./class_strip.js";
import { askInLink, resultsCsv, standing, withoutClass } from "./class_words.js";
import { follower, teller } from "./following.js";
import { keepPrediction, keepRoom, keptPrediction, keptRoom } from "./kept_room.js";
import { lobby } from "./lobby.js";
import { questionForm } from "./question_form.js";
import { questionView } from "./question_view.js";
import { quietStatus } from "./quiet_status.js";
import { roomSign } from "./room_sign.js";
import { roomAddress, serverRoom } from "./server_room.js";

const TOUCHES = ["pointerdown", "keydown", "change", "drop", "paste"];
const NO_TOUCH = ["Tab", "Shift", "Control", "Alt", "Meta", "Escape"];
const LOST = "No connection to the room. This page works on, and tries again.";
const THIS_MACHINE = /^(localhost|127\.|\[::1\])/;

/** @type {import("@anywidget/types").Render} */
function render({ model, el }) {
  // ---- state ----
  const address = roomAddress();
  let room = null; // as the server tells it; null outside
  let wish = null; // what is said to the server at each new connection
  let lost = false;
  let problem = ""; // one sentence, until it is dismissed
  let barsHidden = false;
  let wantsTable = false;
  const asked = model.get("asked"); // by the address
  let prediction = keptPrediction(asked.text ?? "");

  // ---- parts ----
  const view = questionView({
    choose,
    reveal,
    close: () => open(false),
    next: () => say({ do: "put away" }),
    toggleBars: () => {
      barsHidden = !barsHidden;
      draw();
    },
    csv: () => {
      wantsTable = true;
      say({ do: "results" });
    },
    anyway: () => predict({ mine: null, revealed: true }),
  });
  const form = questionForm({ ask, copy: copyQuestion });
  const entrance = lobby({
    open: () => enter({ do: "open" }),
    join: (code) => enter({ do: "join", code, secret: null }),
  });
  const sign = roomSign({ copy: copyLink, close: () => say({ do: "close" }) });
  const strip = classStrip({ follow: toggleFollowing, open: () => open(true), leave, dismiss });
  const beside = element("div", { class: "lrp-class-beside" }, sign.node, form.node, view.node);
  const aloud = quietStatus();
  const trouble = element("p", { class: "lrp-class-problem", role: "alert" });
  const card = element(
    "div",
    { class: "lrp-class-card", hidden: true, onfocusin: keepKeys, onkeydown: onKey },
    trouble,
    entrance.node,
    beside,
  );
  el.classList.add("lrp-class");
  el.append(strip.node, card, aloud.node);
  if (asked.text) form.fill(asked);

  // ---- the server's room ----
  const server = address && serverRoom(address, { begin, hear, lost: interrupted });
  const say = (message) => server?.say(message);

  function enter(message) {
    wish = message;
    problem = "";
    server.open();
  }

  function begin() {
    say(wish);
  }

  function interrupted() {
    lost = true;
    draw();
  }

  function hear(message) {
    if (message.room) {
      const joins = room === null;
      lost = false;
      room = message.room;
      const { role, code, secret } = room;
      wish = { do: role === "teacher" ? "resume" : "join", code, secret };
      keepRoom({ role, code, secret });
      set({ room: role === "teacher" ? "" : code });
      if (role === "teacher" && joins) telling.show(withoutClass(model.get("query")));
      if (role === "member") {
        if (joins) {
          following.reset();
          open(false);
        }
        following.teacherShows(room.state);
      }
    } else if (message.refused) {
      // The first answer to a new connection: this room is no more, or never was.
      if (lost || !room) out(message.refused);
      else problem = message.refused;
    } else if (message.ended) {
      out(message.ended);
    } else if (message.results && wantsTable) {
      wantsTable = false;
      saveFile("lrp-class.csv", [resultsCsv(message.results)], "text/csv");
    }
    draw();
  }

  /** In no room any more; `words` say why. */
  function out(words) {
    server.close();
    [room, wish, lost, problem] = [null, null, false, words];
    keepRoom(null);
    set({ room: "" });
    telling.stop();
    following.reset();
  }

  function leave() {
    say({ do: "leave" });
    out("");
    draw();
  }

  // ---- the teacher's page is followed ----
  const following = follower(
    (query, number) => model.send({ type: "follow", query, number }),
    () => draw(),
  );
  const telling = teller((query) => say({ do: "show", state: query }));

  function onQuery() {
    if (room?.role === "teacher") telling.show(withoutClass(model.get("query")));
    else if (room) following.pageChanged();
  }

  function onTouch(event) {
    if (!event.isTrusted || !room || NO_TOUCH.includes(event.key)) return;
    if (!el.contains(event.target)) following.touch();
  }

  function toggleFollowing() {
    if (following.follows) following.stop();
    else following.again();
    draw();
  }

  // ---- the question ----
  /** The question that stands, as this page has it: of the room, or of the address. */
  function questionNow() {
    if (room) return room.question ? { mine: null, answer: null, ...room.question } : null;
    if (!asked.text || wish) return null;
    return { ...asked, number: 0, ...prediction };
  }

  const isCovered = () => {
    const question = questionNow();
    return Boolean(question) && !teaches() && !question.revealed && question.mine === null;
  };
  const teaches = () => room?.role === "teacher";

  function ask(question) {
    problem = "";
    say({ do: "ask", question });
    draw();
  }

  function choose(choice) {
    open(false);
    if (room) say({ do: "answer", number: room.question.number, choice });
    else predict({ mine: choice, revealed: false });
  }

  function reveal() {
    if (room) say({ do: "reveal" });
    else predict({ ...prediction, revealed: true });
  }

  function predict(now) {
    prediction = now;
    keepPrediction(asked.text, now);
    draw();
  }

  // ---- links ----
  const roomLink = () => linkTo(`${withoutClass(model.get("query"))}&room=${room.code}`);

  async function copyLink() {
    sign.copied(roomLink(), await copyText(roomLink()));
  }

  async function copyQuestion(question) {
    const link = linkTo(`${withoutClass(model.get("query"))}&${askInLink(question)}`);
    sign.copied(link, await copyText(link));
  }

  /** What a teacher must know of this address before anybody types it. */
  function warnings() {
    const { host, pathname } = window.location;
    if (THIS_MACHINE.test(host))
      return "This address is this computer’s own. For other machines start the server with --host 0.0.0.0, and open the page by the computer’s name.";
    if (/\/user\/[^/]+\//.test(pathname))
      return "On a hub or on Binder everybody has a server of their own, and a room is on one server: a class needs lrp-widgets dashboard on one machine.";
    return "";
  }

  // ---- drawing ----
  function set(values) {
    if (Object.entries(values).every(([name, value]) => model.get(name) === value)) return;
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  }

  /** The view below is as high as the window leaves it: the line may take two. */
  function makeRoom() {
    const page = /** @type {HTMLElement} */ (el.closest(".lrp-dashboard"));
    page?.style.setProperty("--lrp-strip-height", `${strip.node.offsetHeight}px`);
  }

  function open(is) {
    set({ is_open: is });
    draw();
  }

  function dismiss() {
    problem = "";
    draw();
  }

  function onKey(event) {
    if (event.key !== "Escape" || isCovered()) return;
    open(false);
    event.preventDefault();
    event.stopPropagation();
  }

  function draw() {
    const question = questionNow();
    const covered = isCovered();
    const shown = covered || (model.get("is_open") && Boolean(address || question));
    const wasShown = !card.hidden;
    const inCard = card.contains(document.activeElement);
    const held = el.closest(".lrp-dashboard")?.contains(document.activeElement);
    card.hidden = !shown;
    card.toggleAttribute("data-covers", covered);
    const asks = Boolean(question) && (room || covered || shown);
    view.node.hidden = !asks;
    sign.node.hidden = !teaches();
    form.node.hidden = !teaches() || asks;
    beside.hidden = !asks && !teaches();
    entrance.node.hidden = !beside.hidden;
    entrance.warn(warnings());
    card.toggleAttribute("data-asks", asks);
    trouble.textContent = shown ? problem : "";
    trouble.hidden = !trouble.textContent;
    if (teaches()) {
      const place = `${window.location.host}${serverBase()}`;
      sign.update(room, place, asks ? "" : [warnings(), pictureStays()].filter(Boolean).join(" "));
    }
    let told = "";
    if (asks) {
      const role = room ? room.role : "alone";
      told = view.update({ role, question, counts: room?.counts, here: room?.here, barsHidden });
    }
    aloud.say([drawStrip(question, shown), told].filter(Boolean).join(" "));
    // What had the focus is behind the card now, or was a button that has gone.
    const focused = document.activeElement;
    const gone = inCard && !(card.contains(focused) && focused?.checkVisibility());
    if (shown && (gone || (!wasShown && held))) titleShown().focus({ preventScroll: true });
  }

  const titleShown = () => (view.node.hidden ? entrance.title : view.title);
  const pictureStays = () =>
    model.get("note") && "Your own picture cannot travel: those who follow see another one.";

  /** Draw the line under the title bar, and return its words. */
  function drawStrip(question, shown) {
    const skipped = question && !room && question.mine === null; // shown without a prediction
    const words = shown ? [] : [problem];
    let followWords = "";
    if (lost) words.push(LOST);
    else if (teaches() && !shown) {
      words.push(`${room.here} here.`, pictureStays());
      if (question) words.push(`${room.counts.reduce((sum, one) => sum + one, 0)} answered.`);
    } else if (room && !teaches()) {
      followWords = following.follows ? "Let go" : "Follow again";
      if (!room.teacher) words.push("The teacher’s page is away.");
      else if (following.follows) words.push("Following the teacher; your own change lets go.");
      else words.push("Not following the teacher.");
    }
    if (question && !teaches() && !isCovered() && !skipped && !shown)
      words.push(standing(question, room?.counts));
    const said = words.filter(Boolean).join(" ");
    strip.update({
      code: room && (said || !shown) ? room.code : "",
      words: said,
      followWords,
      questionWords: shown || !question || skipped ? "" : "Question",
      mayLeave: Boolean(room) && !teaches(),
      mayClose: Boolean(problem) && !shown,
    });
    return said;
  }

  // ---- wiring ----
  const unfollow = follow(model, [
    [["is_open", "note"], draw],
    [["query"], onQuery],
    [["followed"], () => following.inPlace(model.get("followed"))],
    [["suggestions"], () => form.suggest(model.get("suggestions"))],
  ]);
  for (const type of TOUCHES) window.addEventListener(type, onTouch, { capture: true });
  const sized = new ResizeObserver(makeRoom);
  sized.observe(strip.node);
  form.suggest(model.get("suggestions"));

  const kept = keptRoom();
  const code = model.get("room");
  if (address && kept?.role === "teacher" && [kept.code, ""].includes(code))
    enter({ do: "resume", code: kept.code, secret: kept.secret });
  else if (address && code)
    enter({ do: "join", code, secret: kept?.code === code ? kept.secret : null });
  else if (code) problem = "This page’s server has no rooms for a class.";
  draw();

  return () => {
    for (const type of TOUCHES) window.removeEventListener(type, onTouch, { capture: true });
    unfollow();
    sized.disconnect();
    telling.stop();
    following.stop();
    aloud.close();
    server?.close();
  };
}

export default { render };
