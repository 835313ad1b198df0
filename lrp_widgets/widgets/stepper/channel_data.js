import { LayerData } from "./layer_data.js";

/** The channels of one layer by their share. */
export class ChannelData extends LayerData {
  constructor(model, maps, onLoad) {
    super("channels", model, maps, onLoad);
  }

  /** The small map at a position: the channels' as listed, then what passes, then what goes past. */
  map(position) {
    const { rows, columns, values } = this.kept;
    const size = rows * columns;
    return {
      values: values.subarray(position * size, (position + 1) * size),
      rows,
      columns,
    };
  }
}
