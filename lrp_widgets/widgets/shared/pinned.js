// The marked place. A widget's `pin` is {layer, cell}, {} for none; on the screen it is a place, in
// fractions of the map, so that it stays where it is from layer to layer.

/** The pin of a cell {row, column} of a layer's map with so many columns. */
export const pinOf = (layer, { row, column }, columns) => ({
  layer: layer.name,
  cell: row * columns + column,
});

/** The middle of a pinned cell; null for none. `grid(layer)` → {rows, columns} as drawn. */
export function placeOfPin(pin, layers, grid) {
  const layer = layers.find(({ name }) => name === pin.layer);
  if (!layer) return null;
  const { rows, columns } = grid(layer);
  return {
    row: (Math.floor(pin.cell / columns) + 0.5) / rows,
    column: ((pin.cell % columns) + 0.5) / columns,
  };
}
