const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Three digits that count: 0.0123, 0.912, 4.5, 34.1, 4,210. */
export function number(value) {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return grouped.format(value);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 1 ? 2 : Math.min(4, 2 - Math.floor(Math.log10(size))));
}

const SUFFIX = { x: 'x', ms: ' ms', '1/s': '/s', '%': ' %' };

export const quantity = (value, unit) =>
  Number.isFinite(value) ? `${number(value)}${SUFFIX[unit] ?? ` ${unit}`}` : '-';

/** `0.84 - 0.91`; nothing where all rounds agree. */
export const range = ({ min, max, rounds }) =>
  rounds.length < 2 || !Number.isFinite(min) ? '' : `${number(min)} - ${number(max)}`;

export const targetText = (target, unit) =>
  target === undefined
    ? ''
    : `${target.kind === 'at least' ? '\u2265' : '\u2264'} ${target.value === 0 ? '0' : quantity(target.value, unit)}`;

export const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
