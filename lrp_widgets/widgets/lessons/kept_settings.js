// What was set in a playground comes back when its lesson is opened again.
// A playground is known by its name and by what it begins with: where a lesson has been changed, it
// begins anew.

import { follow } from "../shared/follow.js";
import { keepSettings, kept } from "./answers.js";

/** The lesson of this page, "02"; undefined where the address names none. */
const lessonHere = () => /(?:^|\/)(\d\d)_[^/]*$/.exec(window.location.pathname)?.[1];

/** An `initialize` that restores a model's traits, and keeps them from then on.
 *
 *  @param {string} name the playground's
 *  @param {string[]} traits
 *  @param {string[]} [alike] traits that tell two of one name apart, as their choices
 *  @returns {import("@anywidget/types").Initialize<any>} */
export function keepsSettings(name, traits, alike = []) {
  return ({ model }) => {
    const lesson = lessonHere();
    if (!lesson) return undefined;
    const now = () => Object.fromEntries(traits.map((trait) => [trait, model.get(trait)]));
    const beginning = JSON.stringify(now());
    const others = alike.map((trait) => JSON.stringify(model.get(trait)));
    const key = [name, beginning, ...others].join(" ");
    const before = kept(lesson).settings[key];
    if (before) {
      for (const trait of traits) {
        if (isAlike(before[trait], model.get(trait))) model.set(trait, before[trait]);
      }
      model.save_changes();
    }
    return follow(model, [
      [
        traits,
        () => {
          const settings = now();
          const changed = JSON.stringify(settings) !== beginning;
          keepSettings(lesson, key, changed ? settings : undefined);
        },
      ],
    ]);
  };
}

/** Whether two values have one form: numbers, texts, and lists or objects with the same places. */
function isAlike(one, other) {
  if (typeof one !== typeof other || one === null || other === null) return false;
  if (typeof one !== "object") return typeof one !== "number" || Number.isFinite(one);
  const names = Object.keys(other);
  return (
    Array.isArray(one) === Array.isArray(other) &&
    Object.keys(one).length === names.length &&
    names.every((name) => name in one && isAlike(one[name], other[name]))
  );
}
