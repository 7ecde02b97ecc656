// What is wrong with a query, given the metrics that there are: unknown names and labels, rates of what does not count, sides of an
// operator that can never match. The last two answer nothing in silence, which is how dashboards rot.
import { parsePromql } from './promql.mjs';

/** What Prometheus itself puts on everything that it scrapes. */
const TARGET = ['job', 'instance'];
const OVER_COUNTERS = new Set(['rate', 'increase', 'irate']);
const NUMBERS = new Set(['time', 'scalar']);
const FILTERS = new Set(['and', 'unless']);

/**
 * @typedef {{ type: string, labels: ReadonlySet<string>, isRecorded?: boolean }} Metric
 * @param {string} expr without Grafana's variables
 * @param {ReadonlyMap<string, Metric>} metrics
 * @returns {{ problems: string[], labels: Set<string>, metrics: Set<string> }} `labels`: what the answer is told apart by
 */
export function judgeQuery(expr, metrics) {
  const problems = [];
  const used = new Set();
  let labels = new Set();
  try {
    labels = labelsOf(parsePromql(expr)) ?? new Set();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problems.push(error.message);
  }
  return { problems, labels, metrics: used };

  function require(wanted, available, where) {
    for (const label of wanted)
      if (!available.has(label))
        problems.push(`${where}: there is no label "${label}", only ${[...available].join(', ')}`);
  }

  /** undefined: a number or a text, which matches with everything. */
  function labelsOf(node) {
    switch (node.kind) {
      case 'selector':
        return ofSelector(node);
      case 'call':
        return ofCall(node);
      case 'aggregate':
        return ofAggregate(node);
      case 'binary':
        return ofBinary(node);
      default:
        return undefined;
    }
  }

  function ofSelector({ metric, matchers }) {
    used.add(metric);
    const known = metrics.get(metric);
    if (known === undefined) {
      problems.push(`there is no metric ${metric}`);
      return new Set();
    }
    const available = new Set([...known.labels, ...(known.isRecorded === true ? [] : TARGET)]);
    require(matchers.map(({ label }) => label), available, metric);
    return available;
  }

  function ofCall({ name, args }) {
    for (const arg of args)
      if (
        OVER_COUNTERS.has(name) &&
        arg.kind === 'selector' &&
        ['gauge', undefined].includes(metrics.get(arg.metric)?.type)
      )
        problems.push(`${name} of ${arg.metric}, which does not count`);
    const vectors = args.map(labelsOf).filter((found) => found !== undefined);
    if (name === 'histogram_quantile') {
      const of = vectors.at(-1) ?? new Set();
      require(['le'], of, name);
      return new Set([...of].filter((label) => label !== 'le'));
    }
    if (name === 'vector') return new Set();
    return NUMBERS.has(name) ? undefined : vectors[0];
  }

  function ofAggregate({ name, by, labels: wanted, args }) {
    const of = labelsOf(args.at(-1)) ?? new Set();
    require(wanted, of, name);
    if (name === 'topk' || name === 'bottomk') return of;
    return by ? new Set(wanted) : new Set([...of].filter((label) => !wanted.includes(label)));
  }

  function ofBinary({ op, on, labels: wanted, left, right }) {
    const [one, other] = [labelsOf(left), labelsOf(right)];
    if (one === undefined || other === undefined) return one ?? other;
    if (wanted !== undefined) {
      for (const side of [one, other]) require(wanted, side, op);
    } else if (op !== 'or' && !isSame(one, other)) {
      problems.push(`${op} never matches: {${[...one].join(', ')}} and {${[...other].join(', ')}}`);
    }
    if (FILTERS.has(op)) return one;
    if (op === 'or') return new Set([...one, ...other]);
    return on === true ? new Set(wanted) : one;
  }
}

const isSame = (one, other) => one.size === other.size && [...one].every((label) => other.has(label));
