import { ServingError } from '@medserve/errors';

/** The only representation that is written here. */
export const FHIR_JSON = 'application/fhir+json';

/** What a client may call it (FHIR R4, http.html 3.1.0.1.11). */
const NAMES = new Set([FHIR_JSON, 'application/json', 'json', 'text/json', 'application/json+fhir']);
const FHIR = 'application/fhir+';
const ANYTHING = new Set(['*/*', 'application/*']);

/**
 * Whether the caller takes what is written here; `_format` stands above the header.
 *
 * @throws ServingError `not_acceptable`
 */
export function requireFhirJson(accept: string | undefined, format: unknown): void {
  if (format !== undefined) {
    // A plus sign in an address is a space once it is decoded.
    const { name, isOurVersion } = rangeOf(
      typeof format === 'string' ? format.trim().replace(/^([^;\s]+) /, '$1+') : '',
    );
    if (NAMES.has(name) && isOurVersion) return;
    throw notAcceptable('_format');
  }
  if (accept === undefined || accept.trim() === '') return;
  const wanted = rangesOf(accept);
  if (wanted.some(isTaken)) return;
  throw notAcceptable('Accept');
}

/**
 * Whether FHIR is asked for of a path that gives its own representation otherwise.
 *
 * @throws ServingError `not_acceptable` where only FHIR is asked for, as it is not written here
 */
export function wantsFhir(accept: string | undefined): boolean {
  const wish = fhirWish(accept);
  if (wish === 'none') throw notAcceptable('Accept');
  return wish === 'fhir';
}

/** Whether FHIR is asked for by its own name, and not less than what is stored, by its name: anything else gets what is stored. */
function asksForFhir(accept: string | undefined): boolean {
  const ranges = rangesOf(accept).filter(({ isOurVersion }) => isOurVersion);
  const weightOf = (wanted: string): number =>
    Math.max(0, ...ranges.filter(({ name }) => name === wanted).map(({ weight }) => weight));
  return weightOf(FHIR_JSON) > 0 && weightOf(FHIR_JSON) >= weightOf('application/json');
}

/**
 * What somebody wants of a path that gives FHIR besides its own representation: FHIR; that representation; or FHIR as it is not written
 * here, and nothing else.
 */
export function fhirWish(accept: string | undefined): 'fhir' | 'own' | 'none' {
  if (asksForFhir(accept)) return 'fhir';
  const wanted = rangesOf(accept).filter(({ weight }) => weight > 0);
  return wanted.length > 0 && wanted.every((range) => range.name.startsWith(FHIR) && !isTaken(range)) ? 'none' : 'own';
}

interface Range {
  readonly name: string;
  /** 0 to 1 */
  readonly weight: number;
  /** Names no other version of FHIR (R4, http.html 3.1.0.1.10). */
  readonly isOurVersion: boolean;
}

const isTaken = ({ name, weight, isOurVersion }: Range): boolean =>
  weight > 0 && isOurVersion && (NAMES.has(name) || ANYTHING.has(name));

const rangesOf = (accept: string | undefined): Range[] => (accept ?? '').split(',').map(rangeOf);

const VERSION = /^fhirversion\s*=\s*"?([^"]*)"?$/;

/** @returns the weight from 0 to 1 (RFC 9110, section 12.4.2); one that is not well formed counts as none */
function rangeOf(range: string): Range {
  const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const [, weight = '1'] =
    parameters.map((one) => /^q=([01](?:\.\d{0,3})?)$/.exec(one)).find((match) => match !== null) ?? [];
  const versions = parameters.flatMap((one) => VERSION.exec(one)?.[1] ?? []);
  const isOurVersion = versions.every((version) => /^4\.0(?:\.\d+)?$/.test(version));
  return { name, weight: Math.min(Number(weight), 1), isOurVersion };
}

const notAcceptable = (field: string): ServingError =>
  new ServingError('not_acceptable', 'FHIR is written here as JSON of R4 only.', {
    field,
    remedy: `Ask for ${FHIR_JSON}.`,
  });
