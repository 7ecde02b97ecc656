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
  if (wanted.some(({ name, isWanted }) => isWanted && (NAMES.has(name) || ANYTHING.has(name)))) return;
  throw notAcceptable('Accept');
}

/** Whether FHIR is asked for by its own name: anything else gets what is stored. */
export const asksForFhir = (accept: string | undefined): boolean =>
  (accept ?? '')
    .split(',')
    .map(rangeOf)
    .some(({ name, isWanted }) => isWanted && name === FHIR_JSON);

function rangeOf(range: string): { readonly name: string; readonly isWanted: boolean } {
  const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  return { name, isWanted: !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) };
}

const notAcceptable = (field: string): ServingError =>
  new ServingError('not_acceptable', 'FHIR is written here as JSON only.', {
    field,
    remedy: `Ask for ${FHIR_JSON}.`,
  });
