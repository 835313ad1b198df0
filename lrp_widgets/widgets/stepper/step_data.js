import { LayerData } from "./layer_data.js";

/** The four steps of one layer. */
export class StepData extends LayerData {
  constructor(model, maps, onLoad) {
    super("steps", model, maps, onLoad);
  }

  /** A term's map, and the layer whose units it shows. */
  map({ layer: name, offset }) {
    const layer = this.maps.layers.find((each) => each.name === name);
    const { rows, columns, size } = layer;
    return {
      layer,
      map: { values: this.kept.values.subarray(offset, offset + size), rows, columns },
    };
  }
}
