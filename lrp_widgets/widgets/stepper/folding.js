const LEAST = 3; // shorter runs are not worth folding

/** Layers in runs of the same block, input first: {block, first, layers, folds}. */
export function runsOf(layers) {
  const runs = [];
  for (const layer of layers) {
    const last = runs.at(-1);
    if (last && layer.block && last.block === layer.block) last.layers.push(layer);
    else runs.push({ block: layer.block, first: layer.name, layers: [layer] });
  }
  for (const run of runs) run.folds = Boolean(run.block) && run.layers.length >= LEAST;
  return runs;
}

/** Which blocks of a network are folded: at first all that can be. */
export class Folding {
  constructor() {
    this.unfolded = new Set(); // first layers of runs
    this.runs = [];
  }

  /** Take the layers of another explanation, and what of it is unfolded. */
  take(layers, unfolded) {
    this.runs = runsOf(layers);
    this.unfold(unfolded);
  }

  /** Unfold these blocks, named by their first layers, and no others. */
  unfold(names) {
    this.unfolded = new Set(names);
  }

  isUnfolded(names) {
    return names.length === this.unfolded.size && names.every((name) => this.unfolded.has(name));
  }

  isFolded(run) {
    return run.folds && !this.unfolded.has(run.first);
  }

  toggle(run) {
    if (!this.unfolded.delete(run.first)) this.unfolded.add(run.first);
  }

  /** The layers that are shown: of a folded block its output. */
  stops() {
    return this.runs.flatMap((run) => (this.isFolded(run) ? [run.layers.at(-1)] : run.layers));
  }

  /** Unfold the block that hides a layer; return whether there was one. */
  show(name) {
    if (this.stops().some((layer) => layer.name === name)) return false;
    const run = this.runs.find(({ layers }) => layers.some((layer) => layer.name === name));
    if (run) this.unfolded.add(run.first);
    return Boolean(run);
  }

  /** The layer that stands for another one: itself, or the output of the block that hides it. */
  standsFor(name) {
    const run = this.runs.find(({ layers }) => layers.some((layer) => layer.name === name));
    return run && this.isFolded(run) ? run.layers.at(-1).name : name;
  }
}
