/** What the standard gives names to begins with it. */
const STANDARD_ROOT = '1.2.840.10008.';

export const VERIFICATION = '1.2.840.10008.1.1';

/** Query/Retrieve (PS3.4 C.6): what is asked, and the model in which. */
export const QUERY_RETRIEVE = {
  patientRootFind: '1.2.840.10008.5.1.4.1.2.1.1',
  patientRootMove: '1.2.840.10008.5.1.4.1.2.1.2',
  studyRootFind: '1.2.840.10008.5.1.4.1.2.2.1',
  studyRootMove: '1.2.840.10008.5.1.4.1.2.2.2',
} as const;

const QUERY_RETRIEVE_CLASSES: ReadonlySet<string> = new Set(Object.values(QUERY_RETRIEVE));

/** Every storage class of PS3.4 table B.5-1, retired ones and those of years to come too, begins with it. */
export const STORAGE_ROOT = '1.2.840.10008.5.1.4.1.1.';

/** The storage classes that do not: instructions for radiotherapy, and what printers and films once were stored as. */
export const OTHER_STORAGE: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.4.34.1',
  '1.2.840.10008.5.1.4.34.7',
  '1.2.840.10008.5.1.4.34.10',
  '1.2.840.10008.5.1.1.27',
  '1.2.840.10008.5.1.1.29',
  '1.2.840.10008.5.1.1.30',
  // Of manufacturers whose scanners send them among the images of a study.
  '1.2.840.113619.4.26',
  '1.2.840.113619.4.27',
  '1.2.840.113619.4.30',
  '1.3.12.2.1107.5.9.1',
]);

/** What begins like a storage class and is none: to ask for protocol approvals and inventories (PS3.6 table A-1). */
const NO_STORAGE = new Set(['200.4', '200.5', '200.6', '201.2', '201.3', '201.4', '201.5', '201.6'].map(underRoot));

function underRoot(suffix: string): string {
  return STORAGE_ROOT + suffix;
}

export type Service = 'verification' | 'storage' | 'query-retrieve';

/** What an abstract syntax is asked for; undefined where it is nothing of ours. */
export function serviceOf(abstractSyntax: string): Service | undefined {
  if (abstractSyntax === VERIFICATION) return 'verification';
  if (NO_STORAGE.has(abstractSyntax)) return undefined;
  if (abstractSyntax.startsWith(STORAGE_ROOT) || OTHER_STORAGE.has(abstractSyntax)) return 'storage';
  return QUERY_RETRIEVE_CLASSES.has(abstractSyntax) ? 'query-retrieve' : undefined;
}

/**
 * Whether a file of this class is taken in: of the standard's, whatever may be agreed on for C-STORE; of a manufacturer's, any, as no
 * list tells which of them are stored.
 */
export const isStorableClass = (sopClassUid: string): boolean =>
  !sopClassUid.startsWith(STANDARD_ROOT) || serviceOf(sopClassUid) === 'storage';
