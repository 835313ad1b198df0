// The file that a visitor hands in; lrp_widgets/lessons/collect.py reads it.

/** What is kept of a lesson, and by whom. */
export function answersFile(lesson, name, { answers, uncovered, settings }) {
  return { format: "lrp-widgets answers", version: 1, lesson, name, answers, uncovered, settings };
}

/** lesson-02-Ada-Lovelace.json: letters and digits of any alphabet stay. */
export function fileName(number, name, kind) {
  const words = name.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return `${["lesson", number, ...words].join("-").slice(0, 80)}.${kind}`;
}
