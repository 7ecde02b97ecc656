/** Units whose sign in print is not what UCUM calls them (UCUM 2.1, case-sensitive symbols). */
const PRINTED: Readonly<Record<string, string>> = {
  "[hnsf'U]": 'HU',
  '[ppm]': 'ppm',
  '[degF]': '°F',
  'mm[Hg]': 'mmHg',
  '[Hg]': 'Hg',
  Cel: '°C',
  deg: '°',
  ug: 'µg',
  um: 'µm',
  us: 'µs',
  uL: 'µL',
  umol: 'µmol',
  Ohm: 'Ω',
};

const SUPERSCRIPTS: Readonly<Record<string, string>> = { '-': '⁻', '+': '⁺' };
const raised = (digits: string): string =>
  digits.replaceAll(/[-+0-9]/g, (digit) => SUPERSCRIPTS[digit] ?? '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? digit);

const LONGEST = 64;
/** An annotation, a power of ten, a symbol (with its brackets) and its exponent, or anything else by itself. */
const TOKEN = /\{([^{}]*)\}|10[*^]([+-]?\d+)|((?:[A-Za-z%]|\[[^[\]]*\])+)([+-]?\d+)?|[^]/g;

/**
 * A UCUM unit as it is printed beside a number: `mL`, `mm²` of `mm2`, `HU` of `[hnsf'U]`, `nuclei` of `{nuclei}`; empty of `1`, which
 * is none. What is no UCUM is shown as it stands.
 */
export function printedUnit(ucum: string): string {
  if (ucum === '1' || ucum === '') return '';
  if (ucum.length > LONGEST) return `${ucum.slice(0, LONGEST)}…`;
  return ucum.replaceAll(
    TOKEN,
    (
      token: string,
      annotation: string | undefined,
      power: string | undefined,
      symbol: string | undefined,
      exponent: string | undefined,
    ) => {
      if (annotation !== undefined) return annotation.replaceAll('_', ' ');
      if (power !== undefined) return `10${raised(power)}`;
      if (symbol !== undefined) return (PRINTED[symbol] ?? symbol) + raised(exponent ?? '');
      return token === '.' ? '·' : token;
    },
  );
}

/** How many decimals a measured value is worth showing: four, and of small values as many as show three digits that count. */
export const decimalsOf = (value: number): number => {
  const size = Math.abs(value);
  return size === 0 || size >= 0.1 ? 4 : Math.min(20, 2 - Math.floor(Math.log10(size)));
};
