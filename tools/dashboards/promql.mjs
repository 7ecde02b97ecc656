// A reader of the PromQL that dashboards and rules are written in: enough of the language to know which metrics and labels a query
// uses. What it cannot read it refuses, and the query is written more plainly. Prometheus' own parser has the last word (promtool).

const TOKEN =
  /\s+|#[^\n]*|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<duration>\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*)|(?<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?<word>[a-zA-Z_][\w:]*)|(?<sign>=~|!~|!=|==|>=|<=|[-+*/%^=<>(){}[\],:])/gy;

function tokensOf(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) throw new SyntaxError(`cannot read ${JSON.stringify(text.slice(at, at + 20))}`);
    const [kind, value] = Object.entries(found.groups).find(([, group]) => group !== undefined) ?? [];
    if (kind !== undefined) tokens.push({ kind, value });
  }
  return tokens;
}

export const AGGREGATIONS = new Set(['sum', 'min', 'max', 'avg', 'count', 'topk', 'bottomk', 'group']);

/** From the loosest to the tightest. */
const LEVELS = [['or'], ['and', 'unless'], ['==', '!=', '>', '<', '>=', '<='], ['+', '-'], ['*', '/', '%'], ['^']];

/**
 * @param {string} text without Grafana's variables
 * @returns the tree of the query: `{ kind: 'number' | 'string' }`, `{ kind: 'selector', metric, matchers, range }`,
 *   `{ kind: 'call', name, args }`, `{ kind: 'aggregate', name, by, labels, args }`, `{ kind: 'binary', op, left, right, on, labels }`
 * @throws SyntaxError
 */
export function parsePromql(text) {
  const tokens = tokensOf(text);
  let at = 0;
  const peek = () => tokens[at]?.value;
  const take = (wanted) => {
    const token = tokens[at];
    if (token === undefined || (wanted !== undefined && token.value !== wanted))
      throw new SyntaxError(`${wanted ?? 'more'} was expected, and ${token?.value ?? 'the end'} is there`);
    at += 1;
    return token;
  };
  const taken = (value) => {
    if (peek() !== value) return false;
    at += 1;
    return true;
  };
  const list = (one, end) => {
    const items = [];
    while (!taken(end)) {
      items.push(one());
      if (peek() !== end) take(',');
    }
    return items;
  };
  const names = () => {
    take('(');
    return list(() => take().value, ')');
  };
  const grouping = () => {
    if (peek() !== 'by' && peek() !== 'without') return undefined;
    return { by: take().value === 'by', labels: names() };
  };

  function matching() {
    if (peek() !== 'on' && peek() !== 'ignoring') return {};
    const found = { on: take().value === 'on', labels: names() };
    if (peek() === 'group_left' || peek() === 'group_right') {
      take();
      if (peek() === '(') names();
    }
    return found;
  }

  function binary(level) {
    if (level === LEVELS.length) return unary();
    let left = binary(level + 1);
    while (LEVELS[level].includes(peek())) {
      const op = take().value;
      const match = matching();
      left = { kind: 'binary', op, ...match, left, right: binary(level + 1) };
    }
    return left;
  }

  function unary() {
    if (taken('-') || taken('+')) return unary();
    let of = primary();
    for (;;) {
      if (taken('[')) {
        take();
        if (taken(':') && peek() !== ']') take();
        take(']');
        if (of.kind === 'selector') of = { ...of, range: true };
      } else if (taken('offset')) take();
      else return of;
    }
  }

  function primary() {
    if (taken('(')) {
      const inside = binary(0);
      take(')');
      return inside;
    }
    const { kind, value } = take();
    if (kind === 'number' || kind === 'string') return { kind };
    if (kind !== 'word') throw new SyntaxError(`${value} stands where a query begins`);
    if (AGGREGATIONS.has(value)) {
      const before = grouping();
      take('(');
      const args = list(() => binary(0), ')');
      return { kind: 'aggregate', name: value, args, ...(before ?? grouping() ?? { by: true, labels: [] }) };
    }
    if (taken('(')) return { kind: 'call', name: value, args: list(() => binary(0), ')') };
    const matchers = taken('{')
      ? list(() => ({ label: take().value, op: take().value, value: take().value }), '}')
      : [];
    return { kind: 'selector', metric: value, matchers };
  }

  const tree = binary(0);
  if (at < tokens.length) throw new SyntaxError(`${tokens[at].value} follows the end`);
  return tree;
}
