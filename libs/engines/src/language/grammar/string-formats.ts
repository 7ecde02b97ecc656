const DAY_OF_31 = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])';
const DAY_OF_30 = '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)';
const DAY_OF_28 = '02-(?:0[1-9]|1[0-9]|2[0-8])';
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const DATE = `(?:[0-9]{4}-(?:${DAY_OF_31}|${DAY_OF_30}|${DAY_OF_28})|${LEAP_YEAR}-02-29)`;
const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])';

/** Formats of JSON Schema that an answer can be held to, as patterns (RFC 3339, RFC 9562). */
export const FORMATS = {
  date: `^${DATE}$`,
  time: `^${TIME}$`,
  'date-time': `^${DATE}T${TIME}$`,
  uuid: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
} as const;
