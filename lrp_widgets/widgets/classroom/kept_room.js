// What a reload of this tab comes back to: its room, and what it predicted. Gone with the tab.

const ROOM = "lrp-class-room";
const PREDICTED = "lrp-class-predicted";

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null; // a browser that keeps nothing, or not ours
  }
}

function write(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {}
}

/** {role, code, secret}, or null for no room. */
export const keptRoom = () => read(ROOM);
export const keepRoom = (room) => write(ROOM, room);

/** What this tab has predicted of a question in its address: {mine, revealed}. */
export function keptPrediction(text) {
  const kept = read(PREDICTED);
  return kept?.text === text ? kept : { mine: null, revealed: false };
}
export const keepPrediction = (text, prediction) => write(PREDICTED, { ...prediction, text });
