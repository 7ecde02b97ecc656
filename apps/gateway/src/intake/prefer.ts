import { MAX_DEADLINE_MS, type Preference } from '../infer/inference-request';

/** Between commas, or between semicolons: a quoted string may hold either. */
const PREFERENCES = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const PARAMETERS = /(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g;

/** Reads the header `Prefer`. What is not understood is passed over, and of what is said twice the first holds: RFC 7240, section 2. */
export function parsePrefer(header: string | readonly string[] | undefined): Preference {
  const told = new Map<string, string>();
  for (const text of [header ?? []].flat().join(',').match(PREFERENCES) ?? []) {
    const [preference = ''] = text.match(PARAMETERS) ?? [];
    const [name = '', value = ''] = preference.split('=', 2).map((part) => part.trim());
    if (!told.has(name.toLowerCase())) told.set(name.toLowerCase(), value.replaceAll('"', ''));
  }
  const respondAsync = told.has('respond-async');
  const wait = told.get('wait') ?? '';
  if (!/^\d{1,9}$/.test(wait)) return { respondAsync };
  return { respondAsync, waitMs: Math.min(1_000 * Number(wait), MAX_DEADLINE_MS) };
}

/** The header `Preference-Applied`; absent where nothing was preferred that made a difference. */
export function preferenceApplied({ waitMs }: Preference, isJob: boolean): string | undefined {
  const applied = [
    ...(isJob ? ['respond-async'] : []),
    ...(waitMs === undefined ? [] : [`wait=${String(waitMs / 1_000)}`]),
  ];
  return applied.length === 0 ? undefined : applied.join(', ');
}
