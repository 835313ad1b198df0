import { number, probability } from "../shared/format.js";

const PLAIN = /^(class )?\d/; // "class 3" takes no article

function withArticle(name) {
  if (PLAIN.test(name)) return name;
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

/** What the network says after `k` patches, in words: "still sure it is a star: 0.93". `curve` has
 *  scores and the numbers of the classes that the network says, `told` is what all curves share. */
export function confidence(curve, k, { class: name, target, score, names }) {
  const says = curve.predicted[k];
  const value = curve.scores[k];
  const written = score === "probability" ? probability(value) : `logit ${number(value)}`;
  const still = k > 0 ? "still " : "";
  if (says !== target) {
    const now = k > 0 ? "now it says" : "it says";
    return `${now} ${names[says]}; ${name} has ${written.replace("logit ", "a logit of ")}`;
  }
  if (score !== "probability") return `${still}says ${name}: ${written}`;
  if (value >= 0.9) return `${still}sure it is ${withArticle(name)}: ${written}`;
  if (value >= 0.5) return `${still}says ${name}, less sure: ${written}`;
  return `barely says ${name} any more: ${written}`;
}
