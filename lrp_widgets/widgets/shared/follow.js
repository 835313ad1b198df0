/** Call a listener at every change of some traits of a model; returns what ends that.
 *
 *  @param {{ on: Function, off: Function }} model
 *  @param {[string[], () => void][]} followed names of traits, and the listener of them all
 *  @returns {() => void} */
export function follow(model, followed) {
  const events = followed.flatMap(([traits, listener]) =>
    traits.map((trait) => ({ event: `change:${trait}`, listener })),
  );
  for (const { event, listener } of events) model.on(event, listener);
  return () => {
    for (const { event, listener } of events) model.off(event, listener);
  };
}
