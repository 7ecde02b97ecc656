import type { Statement, Value } from './statement';

/** What a statement says, a line each for itself and its members. */
export function inWords(statement: Statement): string[] {
  const { code, value, certainty, members = [] } = statement;
  const sure = certainty === undefined ? '' : ` (certainty ${String(Math.round(certainty * 1000) / 10)} %)`;
  const own = value.kind === 'group' ? [] : [`${code.display}: ${valueInWords(value)}${sure}`];
  return [...own, ...members.flatMap((member) => inWords(member))];
}

export function valueInWords(value: Value): string {
  switch (value.kind) {
    case 'coded': {
      const names = value.codes.map(({ display, code }) => (display === '' ? code : display)).join(', ');
      return value.text === undefined || value.text === names ? names : `${names} - ${value.text}`;
    }
    case 'quantity':
      return `${decimal(value.value)} ${value.unit}`;
    case 'text':
      return value.text;
    case 'abstained':
      return 'the model abstained';
    case 'group':
      return '';
  }
}

/** A number as HL7 and people write it: without an exponent. */
export function decimal(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  const fixed = value.toFixed(20);
  return Math.abs(value) >= 1e21 ? BigInt(value).toString() : fixed.replace(/\.?0+$/, '');
}
