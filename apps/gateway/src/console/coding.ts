/** Codings in which a file of the console may be kept beside itself, the smaller first, and the endings of those files. */
export const CODINGS = { br: '.br', gzip: '.gz' } as const;

export type Coding = keyof typeof CODINGS;

const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/**
 * The coding to answer in (RFC 9110, section 12.5.3): of those that there are, the one that the client likes best, and the smaller of
 * equals.
 *
 * @param header `Accept-Encoding`
 * @returns undefined: as it is
 */
export function acceptedCoding(header: string | undefined, offered: readonly Coding[]): Coding | undefined {
  const qualities = new Map((header ?? '').split(',').map(readPreference));
  const liked = (coding: string): number => qualities.get(coding) ?? qualities.get('*') ?? 0;
  const plain = qualities.get('identity') ?? 0;
  const [best] = offered
    .filter((coding) => liked(coding) > 0 && liked(coding) >= plain)
    .sort((one, other) => liked(other) - liked(one));
  return best;
}

function readPreference(text: string): [string, number] {
  const [coding = '', ...parameters] = text.split(';').map((part) => part.trim());
  const weight = parameters.map((parameter) => QUALITY.exec(parameter)?.[1]).find((found) => found !== undefined);
  return [coding.toLowerCase(), Number(weight ?? 1)];
}
