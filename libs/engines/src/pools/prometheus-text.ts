/** More lines than a server of models has by far; what comes after is not read. */
const MAX_LINES = 50_000;

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?[ \t]+(\S+)/;

/**
 * Values of the wanted metrics in the Prometheus text format 0.0.4, those of all label sets of a metric in one list. What is no
 * sample, and what is no number, is left out.
 */
export function samplesOf(text: string, wanted: ReadonlySet<string>): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  let from = 0;
  for (let count = 0; count < MAX_LINES && from < text.length; count += 1) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
    if (name === undefined || !wanted.has(name)) continue;
    const value = Number(SAMPLE.exec(line)?.[2] ?? Number.NaN);
    if (!Number.isFinite(value)) continue;
    const values = found.get(name);
    if (values) values.push(value);
    else found.set(name, [value]);
  }
  return found;
}
