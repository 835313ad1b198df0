// What a visitor answered and set, kept in this browser: one entry for a lesson and a server. A page
// reads it when it is opened, and has every answer checked again: what is kept proves nothing.

import { serverBase } from "../shared/notebook_links.js";

const CHANGED = "lrp-answers";
const MOST = 100; // attempts kept of a question
const LONGEST = 20_000; // characters of an answer

const keyOf = (lesson) => `lrp-widgets lesson ${lesson} at ${serverBase()}`;
const nameKey = () => `lrp-widgets name at ${serverBase()}`;

/** A question's lesson: "02" of "02-share". */
export const lessonOf = (question) => question.split("-", 1)[0];

/** The id of a lesson's "My lesson" on its page. */
export const myLesson = (number) => `lrp-my-lesson-${number}`;

/** What is kept of a lesson: {answers: {question: {given, tried, right}}, uncovered, settings}. */
export function kept(lesson) {
  let found = {};
  try {
    found = JSON.parse(read(keyOf(lesson)) ?? "{}") ?? {};
  } catch {} // not ours
  const isObject = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);
  const answers = Object.entries(isObject(found.answers) ? found.answers : {}).filter(
    ([, each]) => isObject(each) && typeof each.given === "string" && areWords(each.tried),
  );
  return {
    answers: Object.fromEntries(answers),
    uncovered: areWords(found.uncovered) ? found.uncovered : [],
    settings: isObject(found.settings) ? found.settings : {},
  };
}

/** The answer that is kept to a question, as text; undefined without one. */
export const keptAnswer = (question) => kept(lessonOf(question)).answers[question]?.given;

/** Keep an answer that has been checked. The same one twice is one try. */
export function keepAnswer(question, given, right) {
  if (given.length > LONGEST) return;
  change(lessonOf(question), ({ answers }) => {
    const tried = answers[question]?.tried ?? [];
    if (tried.at(-1) !== given) tried.push(given);
    answers[question] = { given, tried: tried.slice(-MOST), right: right === true };
  });
}

/** Keep that a covered view was opened without a prediction. */
export function keepUncovered(question) {
  change(lessonOf(question), (all) => {
    all.uncovered = [...new Set([...all.uncovered, question])];
  });
}

export const isUncovered = (question) => kept(lessonOf(question)).uncovered.includes(question);

/** Keep what a playground is set to; nothing once it is as it began. */
export function keepSettings(lesson, playground, settings) {
  change(lesson, (all) => {
    delete all.settings[playground];
    if (settings) all.settings[playground] = settings;
  });
}

/** How many of `tasks`, {name, prediction} each, are done. */
export function countDone(tasks) {
  return tasks.filter(({ name, prediction }) => {
    const answer = kept(lessonOf(name)).answers[name];
    return answer && (prediction || answer.right === true);
  }).length;
}

/** The name that a visitor hands answers in under. */
export const keptName = () => read(nameKey()) ?? "";

export const keepName = (name) => write(nameKey(), name.slice(0, 200));

/** Forget lessons, "02" and so on, and the name. */
export function forget(lessons) {
  for (const key of [...lessons.map(keyOf), nameKey()]) write(key, null);
  window.dispatchEvent(new CustomEvent(CHANGED));
}

/** Call a listener when answers change, in this tab or another; returns what ends that. */
export function whenAnswered(listener) {
  const events = [CHANGED, "storage"];
  for (const event of events) window.addEventListener(event, listener);
  return () => {
    for (const event of events) window.removeEventListener(event, listener);
  };
}

/** Whether this browser keeps anything once the page is closed. */
export function keepsAnswers() {
  try {
    return Boolean(window.localStorage);
  } catch {
    return false;
  }
}

function change(lesson, edit) {
  const all = kept(lesson);
  const before = JSON.stringify(all);
  edit(all);
  const after = JSON.stringify(all);
  if (after === before) return;
  write(keyOf(lesson), after);
  window.dispatchEvent(new CustomEvent(CHANGED));
}

const areWords = (value) => Array.isArray(value) && value.every((each) => typeof each === "string");

// Where the browser keeps nothing, the page does as long as it is open; each of its widgets is a
// module of its own, and so they share this in the window.
function memory() {
  /** @type {Window & { lrpAnswers?: Map<string, string> }} */
  const shared = window;
  shared.lrpAnswers ??= new Map();
  return shared.lrpAnswers;
}

function read(key) {
  try {
    return localStorage.getItem(key) ?? memory().get(key) ?? null;
  } catch {
    return memory().get(key) ?? null;
  }
}

function write(key, value) {
  memory().delete(key);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    if (value !== null) memory().set(key, value); // refused, or full
  }
}
