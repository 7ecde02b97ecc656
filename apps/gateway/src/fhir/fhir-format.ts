import { ServingError } from '@medserve/errors';

/** The only representation that is written here. */
export const FHIR_JSON = 'application/fhir+json';

/** What a client may call it (FHIR R4, http.html 3.1.0.1.11). */
const NAMES = new Set([FHIR_JSON, 'application/json', 'json', 'text/json', 'application/json+fhir']);
const ANYTHING = new Set(['*/*', 'application/*']);

/**
 * Whether the caller takes what is written here; `_format` stands above the header.
 *
 * @throws ServingError `not_acceptable`
 */
export function requireFhirJson(accept: string | undefined, format: unknown): void {
  if (format !== undefined) {
    // A plus sign in an address is a space once it is decoded.
    const name =
      typeof format === 'string' ? (format.split(';', 1)[0] ?? '').trim().toLowerCase().replace(' ', '+') : '';
    if (NAMES.has(name)) return;
    throw notAcceptable('_format');
  }
  if (accept === undefined || accept.trim() === '') return;
  const wanted = accept.split(',').map(rangeOf);
  if (wanted.some(({ name, weight }) => weight > 0 && (NAMES.has(name) || ANYTHING.has(name)))) return;
  throw notAcceptable('Accept');
}

/** Whether FHIR is asked for by its own name, and not less than what is stored, by its name: anything else gets what is stored. */
export function asksForFhir(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map(rangeOf);
  const weightOf = (wanted: string): number =>
    Math.max(0, ...ranges.filter(({ name }) => name === wanted).map(({ weight }) => weight));
  return weightOf(FHIR_JSON) > 0 && weightOf(FHIR_JSON) >= weightOf('application/json');
}

/** @returns the weight from 0 to 1 (RFC 9110, section 12.4.2); one that is not well formed counts as none */
function rangeOf(range: string): { readonly name: string; readonly weight: number } {
  const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const [, weight = '1'] =
    parameters.map((one) => /^q=([01](?:\.\d{0,3})?)$/.exec(one)).find((match) => match !== null) ?? [];
  return { name, weight: Math.min(Number(weight), 1) };
}

const notAcceptable = (field: string): ServingError =>
  new ServingError('not_acceptable', 'FHIR is written here as JSON only.', {
    field,
    remedy: `Ask for ${FHIR_JSON}.`,
  });
