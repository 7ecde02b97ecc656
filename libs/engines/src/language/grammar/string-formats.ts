import { compilePattern } from './pattern';
import { lengthsOf, type Lengths } from './pattern-lengths';
import { PatternText } from './pattern-text';

const DAY_OF_31 = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])';
const DAY_OF_30 = '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)';
const DAY_OF_28 = '02-(?:0[1-9]|1[0-9]|2[0-8])';
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const DATE = `(?:[0-9]{4}-(?:${DAY_OF_31}|${DAY_OF_30}|${DAY_OF_28})|${LEAP_YEAR}-02-29)`;
const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])';

const COUNT = '[0-9]{1,6}';
const MINUTES = `${COUNT}M(?:${COUNT}S)?`;
const CLOCK = `T(?:${COUNT}H(?:${MINUTES})?|${MINUTES}|${COUNT}S)`;
const MONTHS = `${COUNT}M(?:${COUNT}D)?`;
const DAYS = `(?:${COUNT}Y(?:${MONTHS})?|${MONTHS}|${COUNT}D)`;

/** At most 63 characters. Those of a whole name, at most 253, are not counted. */
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOST = `${LABEL}(?:\\.${LABEL}){0,7}`;
/** What zod's pattern takes. */
const LOCAL_PART = "(?:[A-Za-z0-9_'+-]+\\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]";

const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = `${BYTE}(?:\\.${BYTE}){3}`;

const HEX = '[0-9A-Fa-f]{1,4}';
/** By how many groups stand before the `::` that is for one or more of them. */
const SHORT_IPV6 = [1, 2, 3, 4, 5, 6].map(
  (before) => `(?:${HEX}:){${String(before)}}(?::${HEX}){1,${String(7 - before)}}`,
);
const IPV6 = [`(?:${HEX}:){7}${HEX}`, `(?:${HEX}:){1,7}:`, ...SHORT_IPV6, `:(?:(?::${HEX}){1,7}|:)`].join('|');

const URI_CHARACTER = "(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\\[\\]-]|%[0-9A-Fa-f]{2})";

/**
 * Formats of JSON Schema that an answer can be held to, as patterns: the values that there are fit, as long as they are ASCII.
 * Times and numbers are of their format in every part; of names and addresses the length is not counted, of a URI only the scheme
 * and the characters are looked at.
 *
 * Sources: RFC 3339 (times; durations in its appendix A), RFC 9562, RFC 1123, RFC 5321, RFC 2673, RFC 4291, RFC 3986.
 */
export const FORMATS = {
  date: `^${DATE}$`,
  time: `^${TIME}$`,
  'date-time': `^${DATE}T${TIME}$`,
  duration: `^P(?:${DAYS}(?:${CLOCK})?|${CLOCK}|${COUNT}W)$`,
  email: `^${LOCAL_PART}@(?:${LABEL}\\.){1,7}[A-Za-z]{2,63}$`,
  hostname: `^${HOST}$`,
  ipv4: `^${IPV4}$`,
  ipv6: `^(?:${IPV6})$`,
  uri: `^[A-Za-z][A-Za-z0-9+.-]*:${URI_CHARACTER}+$`,
  uuid: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
} as const;

export type StringFormat = keyof typeof FORMATS;

export const isFormat = (name: string): name is StringFormat => Object.hasOwn(FORMATS, name);

interface FormatText {
  readonly text: PatternText;
  readonly lengths: Lengths;
}

const made = new Map<StringFormat, FormatText>();

/** Made when it is first asked for, then the same for all. */
export function formatText(format: StringFormat): FormatText {
  const known = made.get(format);
  if (known) return known;
  const pattern = compilePattern(FORMATS[format]);
  const text = { text: new PatternText(pattern), lengths: lengthsOf(pattern) };
  made.set(format, text);
  return text;
}
