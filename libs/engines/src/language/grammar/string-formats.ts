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

/** At most 49 characters, and 5 of them with their dots at most 249: the limits of 63 and 253 cannot be counted together. */
const LABEL = '(?:-?[A-Za-z0-9]){0,24}';
const INNER_LABELS = `(?:[A-Za-z0-9]${LABEL}\\.)`;
/** Its last label begins with a letter: otherwise it could be an address that is none. */
const HOST = `${INNER_LABELS}{0,4}[A-Za-z]${LABEL}`;
const LOCAL_PART = "[A-Za-z0-9](?:[.'_+-]?[A-Za-z0-9]){0,31}";

const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const IPV4 = `${BYTE}(?:\\.${BYTE}){3}`;

const HEX = '[0-9A-Fa-f]{1,4}';
/** By how many groups stand before the `::` that is for one or more of them. */
const SHORT_IPV6 = [1, 2, 3, 4, 5, 6].map(
  (before) => `(?:${HEX}:){${String(before)}}(?::${HEX}){1,${String(7 - before)}}`,
);
const IPV6 = [`(?:${HEX}:){7}${HEX}`, `(?:${HEX}:){1,7}:`, ...SHORT_IPV6, `:(?:(?::${HEX}){1,7}|:)`].join('|');

const URI_CHARACTER = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const URI_REST = `(?:/${URI_CHARACTER}*)*(?:\\?(?:${URI_CHARACTER}|[/?])*)?(?:#(?:${URI_CHARACTER}|[/?])*)?`;
const PORT = '(?::[1-9][0-9]{0,3}|:[1-5][0-9]{4})?';
const WEB = `https?://(?:${HOST}|${IPV4})${PORT}${URI_REST}`;
const URN = `urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:${URI_CHARACTER}+(?:/${URI_CHARACTER}*)*`;

/**
 * Formats of JSON Schema that an answer can be held to, as patterns. All that they let through is of the format; not all that is
 * can be written: addresses of the web and URNs, ASCII alone, and names no longer than their limits allow in every case.
 *
 * Sources: RFC 3339 (times; durations in its appendix A), RFC 9562, RFC 1123, RFC 5321, RFC 2673, RFC 4291, RFC 3986, RFC 8141.
 */
export const FORMATS = {
  date: `^${DATE}$`,
  time: `^${TIME}$`,
  'date-time': `^${DATE}T${TIME}$`,
  duration: `^P(?:${DAYS}(?:${CLOCK})?|${CLOCK}|${COUNT}W)$`,
  email: `^${LOCAL_PART}@${INNER_LABELS}{1,3}[A-Za-z]{2,24}$`,
  hostname: `^${HOST}$`,
  ipv4: `^${IPV4}$`,
  ipv6: `^(?:${IPV6})$`,
  uri: `^(?:${WEB}|${URN})$`,
  uuid: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
} as const;
