// The league's rows in order, what its columns span, and the same as a CSV file; no page needed.

/** The measures of a choice of columns: the first of every question, those of one, or all.
 *
 *  @param {any[]} measures name, question, better and words of each
 *  @param {string} columns */
export function shownMeasures(measures, columns) {
  if (columns === "all") return measures;
  if (columns !== "one of each") return measures.filter((each) => each.question === columns);
  const seen = new Set();
  return measures.filter(({ question }) => !seen.has(question) && seen.add(question));
}

/** Rows by a measure's mean, by its size where the nearest to 0 is best; those without one come
 *  last, and equals stay as they were. */
export function ordered(rows, { name, better }, descending) {
  const mean = (row) => {
    const found = row.cells[name]?.[0] ?? null;
    return found !== null && better === "zero" ? Math.abs(found) : found;
  };
  return [...rows].sort((a, b) => {
    const [x, y] = [mean(a), mean(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return descending ? y - x : x - y;
  });
}

/** What a column spans, errors included, and the method that is best in it; controls are none. */
export function ends(rows, { name, better }) {
  const cells = rows.filter((row) => row.cells[name]);
  const low = Math.min(...cells.map((row) => row.cells[name][0] - (row.cells[name][1] ?? 0)));
  const high = Math.max(...cells.map((row) => row.cells[name][0] + (row.cells[name][1] ?? 0)));
  const methods = better ? cells.filter((row) => row.kind !== "control") : [];
  const [first] = ordered(methods, { name, better }, better === "more");
  return { low, high, best: first?.name ?? null };
}

/** What was measured, a line for each cell. */
export function csvOf(network, rows) {
  const lines = rows.flatMap((row) =>
    Object.entries(row.cells).map(([measure, [mean, error, scenes]]) =>
      [network, row.name, measure, mean ?? "", error ?? "", scenes].join(","),
    ),
  );
  return ["network,method,measure,mean,standard error,pictures", ...lines, ""].join("\n");
}
