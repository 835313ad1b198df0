// What a lesson's page has been told so far, in its address: ?predicted=05-map:1&uncovered=02-predict
// JupyterLab's address is its own and is left alone.

import { underVoila } from "../shared/notebook_links.js";

const PREDICTED = "predicted";
const UNCOVERED = "uncovered";

const read = (name) =>
  underVoila() ? new URLSearchParams(window.location.search).getAll(name) : [];

function write(change) {
  if (!underVoila()) return;
  const address = new URL(window.location.href);
  change(address.searchParams);
  window.history.replaceState(window.history.state, "", address);
}

/** The answer that the address has for a question, as text; undefined without one. */
export function predictionOf(question) {
  const found = read(PREDICTED).find((entry) => entry.startsWith(`${question}:`));
  return found?.slice(question.length + 1);
}

export function keepPrediction(question, answer) {
  const others = read(PREDICTED).filter((entry) => !entry.startsWith(`${question}:`));
  write((query) => {
    query.delete(PREDICTED);
    for (const entry of [...others, `${question}:${answer}`]) query.append(PREDICTED, entry);
  });
}

export const uncoveredInAddress = (question) =>
  read(UNCOVERED).some((entry) => entry === question || entry === "all");

export function keepUncoveredInAddress(question) {
  if (!uncoveredInAddress(question)) write((query) => query.append(UNCOVERED, question));
}

/** Take out of the address what it was told. */
export function forgetAddress() {
  write((query) => {
    query.delete(PREDICTED);
    query.delete(UNCOVERED);
  });
}
