// Where the graph's nodes and bands lie; no page needed.
//
// A layer's nodes stand in a line in the order of their shares, and every one is joined to all of
// the next line: there are no crossings to save, so no layout is searched for.

// How large things are, in pixels.
const LEAST = 44; // a tile's side, where little room is,
const MOST = 72; // and where much is
const TILES = 21; // as many would fit beside each other where lines stand beside each other
const END = 1.7; // the sides of the start and of the pixels, in tiles
const LABEL = 17; // below a tile
const TITLE = 22; // above a line of tiles
const GAP = 9; // between tiles, at least
const BAND_GAP = 84; // between lines of tiles, one below the other
const MARGIN = 6;

/** Lay a graph out: {width, height, nodes: [{x, y, side, below}], titles: [{x, y, of}]}; x and y
 *  are those of a tile's centre, `below` what is written there takes before a band leaves, and `of`
 *  the first node of a title's line. `across`: its lines stand beside each other, else one below the other.
 *
 *  @param {{ nodes: any[] }} graph
 *  @param {number} width
 *  @param {boolean} across */
export function place(graph, width, across) {
  const lines = linesOf(graph.nodes);
  const most = Math.max(...lines.map((line) => line.length));
  const tile = across ? Math.min(MOST, Math.max(LEAST, Math.round(width / TILES))) : LEAST;
  const sideOf = (k) => (isEnd(graph.nodes[k]) ? Math.round(END * tile) : tile);
  const pitch = across ? tile + LABEL + GAP : (width - 2 * MARGIN) / Math.max(most, 4);
  const nodes = [];
  const titles = [];
  let height = 0;
  if (across) {
    height = TITLE + most * pitch + MARGIN;
    const left = MARGIN + sideOf(0) / 2;
    const step = (width - 2 * left) / (lines.length - 1);
    lines.forEach((line, column) => {
      const x = left + column * step;
      titles.push({ x, y: 14, of: line[0] });
      line.forEach((k, row) => {
        const middle = TITLE + (most * pitch - LABEL) / 2;
        const y = middle + (row - (line.length - 1) / 2) * pitch;
        nodes[k] = { x, y, side: sideOf(k), below: 0 };
      });
    });
  } else {
    let y = 0;
    for (const line of lines) {
      const side = sideOf(line[0]);
      titles.push({ x: width / 2, y: y + 14, of: line[0] });
      y += TITLE;
      line.forEach((k, column) => {
        const x = width / 2 + (column - (line.length - 1) / 2) * pitch;
        nodes[k] = { x, y: y + side / 2, side, below: 2 * LABEL - 4 };
      });
      y += side + 2 * LABEL + BAND_GAP - TITLE;
    }
    height = y - BAND_GAP + TITLE;
  }
  return { width, height, nodes, titles };
}

/** The nodes' numbers, line by line: of the start, of each layer, of the pixels. */
export function linesOf(nodes) {
  const lines = [];
  nodes.forEach((node, k) => {
    const last = lines.at(-1);
    const joined = last && nodes[last[0]].layer === node.layer && nodes[last[0]].kind !== "start";
    if (joined) last.push(k);
    else lines.push([k]);
  });
  return lines;
}

const isEnd = ({ kind }) => kind === "start" || kind === "pixels";

/** The bands of a graph: for each edge up to two, of the parts above and below zero, {edge, sign,
 *  share, source, target, from, to}. `from` is where it leaves, [begin, end] as parts of the
 *  source's side, which all that leaves fills; `to` where it arrives, filled by what arrives.
 *
 *  @param {{ nodes: any[], edges: any[] }} graph */
export function bandsOf({ nodes, edges }) {
  const left = new Float64Array(nodes.length); // of each side, as far as it is taken
  const arrived = new Float64Array(nodes.length);
  return edges.flatMap((edge, k) =>
    ["positive", "negative"]
      .filter((sign) => edge[sign] > 0)
      .map((sign) => {
        const { source, target } = edge;
        const share = edge[sign];
        const part = (nodes[source].flow * share) / (nodes[target].flow || 1);
        const from = [left[source], left[source] + share];
        const to = [arrived[target], arrived[target] + part];
        [left[source], arrived[target]] = [from[1], to[1]];
        return { edge: k, sign, share, source, target, from, to };
      }),
  );
}

/** What a node is called: "channel 12", "12 others", …
 *
 *  @param {any} node */
export function nameOf({ kind, channels, layer }) {
  if (kind === "start") return layer;
  if (kind === "pixels") return "pixels";
  if (kind === "others") return channels.length === 1 ? "1 other" : `${channels.length} others`;
  return `channel ${channels[0]}`;
}
