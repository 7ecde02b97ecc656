/** Licences that ask for no more than to be named. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Native libraries of packages that load them at run time, so that whoever has the product can replace them. */
const REPLACEABLE = { names: /^@img\/sharp-/, licences: new Set(['LGPL-3.0-or-later']) };

const tokensOf = (expression) => expression.match(/\(|\)|[^\s()]+/g) ?? [];

/** Whether an SPDX expression (annex D) can be met with these licences. An exception (WITH) makes another licence of one. */
export function isAllowed(expression, allowed) {
  const tokens = tokensOf(expression);
  let at = 0;
  const term = () => {
    const token = tokens[at++];
    if (token === '(') {
      const inner = either();
      return tokens[at++] === ')' && inner;
    }
    if (tokens[at] !== 'WITH') return token !== undefined && allowed.has(token);
    at += 2;
    return allowed.has(tokens.slice(at - 3, at).join(' '));
  };
  const all = () => {
    let result = term();
    while (tokens[at] === 'AND') {
      at += 1;
      result = term() && result;
    }
    return result;
  };
  const either = () => {
    let result = all();
    while (tokens[at] === 'OR') {
      at += 1;
      result = all() || result;
    }
    return result;
  };
  return either() && at === tokens.length;
}

const expressionOf = ({ licenses = [] }) =>
  licenses.map(({ expression, license }) => `(${expression ?? license?.id ?? license?.name ?? ''})`).join(' AND ');

/** What of a CycloneDX bill of materials must not be in a product of ours: a line each. */
export function problemsOf({ components }) {
  return components.flatMap((component) => {
    const { group, name, version } = component;
    const whole = group === undefined || group === '' ? name : `${group}/${name}`;
    const expression = expressionOf(component);
    if (expression === '') return [`${whole} ${version}: says no licence`];
    const allowed = REPLACEABLE.names.test(whole) ? PERMISSIVE.union(REPLACEABLE.licences) : PERMISSIVE;
    return isAllowed(expression, allowed) ? [] : [`${whole} ${version}: ${expression}`];
  });
}
