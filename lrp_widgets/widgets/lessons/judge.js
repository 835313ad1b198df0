// Judges an answer in the page as lrp_widgets/lessons/questions.py does: a number or a choice needs
// no kernel where the page has been given its checks. Tests hold the two against each other.

/** @param {any} checks what `task.checks` of a question returns
 *  @param {string | number} answer
 *  @returns {{ right: boolean, understood: boolean, message: string }} the message as HTML */
export function judge(checks, answer) {
  return checks.form === "choice" ? judgeChoice(checks, answer) : judgeNumber(checks, answer);
}

const wrong = (message) => ({ right: false, understood: true, message });
const notUnderstood = (message) => ({ right: false, understood: false, message });

function judgeChoice({ expected, why, options }, answer) {
  const chosen = Number(answer);
  if (!Number.isInteger(chosen) || !(chosen in why))
    return notUnderstood(`Choose one of: ${options.join("; ")}.`);
  return { right: chosen === expected, understood: true, message: why[chosen] };
}

function judgeNumber({ expected, tolerance, least, mistakes, well_done }, answer) {
  const near = (value, other) =>
    Math.abs(value - other) <= Math.max(tolerance * Math.abs(other), least);
  const values = readNumbers(String(answer));
  if (values.length === 0)
    return notUnderstood(`Enter a number, such as 0.25 or 1/4, not “${short(String(answer))}”.`);
  if (values.some((value) => near(value, expected)))
    return { right: true, understood: true, message: well_done };
  const [value] = values;
  const mistake = mistakes.find(([mistaken]) => near(value, mistaken));
  if (mistake) return wrong(mistake[1]);
  if (expected && near(value, -expected)) return wrong("The size is right; look at the sign.");
  if (near(value, 100 * expected))
    return wrong("That looks like a percentage: give the number itself.");
  return wrong(`That is too ${value > expected ? "large" : "small"}.`);
}

/** What a number as people write it may mean, the likeliest first; nothing if it is none. */
function readNumbers(written) {
  let text = written.trim().replaceAll("−", "-").replaceAll("⁄", "/");
  const scale = text.endsWith("%") ? 0.01 : 1;
  text = text.replace(/%$/, "").trim();
  const readings = [text.replaceAll(",", ".")];
  // 1,024 may be a thousand as well as a little more than 1.
  if (/^-?[1-9]\d{0,2}(,\d{3})+$/.test(text)) readings.push(text.replaceAll(",", ""));
  return readings
    .map(readFraction)
    .filter(Number.isFinite)
    .map((value) => scale * value);
}

function readFraction(text) {
  const parts = text.split("/");
  if (parts.length > 2) return Number.NaN;
  const [above, below = 1] = parts.map(readDecimal);
  return below === 0 ? Number.NaN : above / below;
}

function readDecimal(text) {
  const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  return decimal.test(text.trim()) ? Number(text) : Number.NaN;
}

function short(text) {
  const shown = text.length <= 30 ? text : `${text.slice(0, 29)}…`;
  return shown.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
