import type { Archive, KeptInstance, StudyKey } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import { findMatches } from './find-matches';
import { hexOf } from '@medserve/imaging';
import type { Identifier, Key } from './read-identifier';
import { TAG } from './tags';

/** Instances of one C-MOVE: their rows are held, not their bytes. */
const MAX_INSTANCES = 100_000;

const withoutKey = (): ServingError => new ServingError('invalid_request', 'A unique key of the level has no value.');

/**
 * What a C-MOVE identifier asks for (PS3.4 C.4.2.1.4): unique keys of its level and of those above, lists of UIDs among them. Where it
 * names a patient too, what is another's is not among them.
 *
 * @throws ServingError `invalid_request` where a unique key has no value, `too_large` for more than can be moved at once
 */
export async function instancesToMove(
  archive: Pick<Archive, 'read' | 'query'>,
  tenant: string,
  identifier: Identifier,
  signal: AbortSignal,
): Promise<readonly KeptInstance[]> {
  const instances: KeptInstance[] = [];
  for (const key of await keysOf(archive, tenant, identifier, signal)) {
    if (signal.aborted) break;
    const found = await archive.read(tenant, key);
    if (found.kind === 'found') instances.push(...found.instances);
    if (instances.length > MAX_INSTANCES) throw new ServingError('too_large', 'There are too many instances to move.');
  }
  return instances;
}

async function keysOf(
  archive: Pick<Archive, 'query'>,
  tenant: string,
  { level, keys }: Identifier,
  signal: AbortSignal,
): Promise<StudyKey[]> {
  const patient = patientOf(keys);
  const ofPatient = (uids: readonly string[]): Promise<StudyKey[]> => studiesOf(archive, tenant, patient, uids, signal);
  if (level === 'PATIENT') {
    if (patient.length === 0) throw withoutKey();
    return ofPatient([]);
  }
  const uids = needed(keys, TAG.studyInstanceUid);
  const studies = patient.length === 0 ? uids.map((studyUid) => ({ studyUid })) : await ofPatient(uids);
  if (level === 'STUDY') return studies;
  if (level === 'SERIES') return within(studies, needed(keys, TAG.seriesInstanceUid), 'seriesUid');
  const series = within(studies, listed(keys, TAG.seriesInstanceUid), 'seriesUid');
  return within(series.length === 0 ? studies : series, needed(keys, TAG.sopInstanceUid), 'sopInstanceUid');
}

/**
 * Whose instances they have to be, where that is said. One patient is named, and neither a pattern nor a list: what looks like one is
 * an id that has such signs in it, and finds nobody else (PS3.4 C.4.2.2.1).
 */
function patientOf(keys: readonly Key[]): readonly Key[] {
  const said = (wanted: number): readonly Key[] =>
    keys.filter(({ tag, value }) => tag === wanted && value.trim() !== '').map((key) => ({ ...key, isExact: true }));
  const id = said(TAG.patientId);
  return id.length === 0 ? [] : [...id, ...said(TAG.issuerOfPatientId)];
}

/** The studies of a patient, of those that are named where any are. */
async function studiesOf(
  archive: Pick<Archive, 'query'>,
  tenant: string,
  patient: readonly Key[],
  uids: readonly string[],
  signal: AbortSignal,
): Promise<StudyKey[]> {
  const keys = [...patient, { tag: TAG.studyInstanceUid, vr: 'UI', value: uids.join('\\') }];
  const studies: StudyKey[] = [];
  for await (const attributes of findMatches(archive, tenant, { level: 'STUDY', keys }, signal)) {
    const studyUid = attributes[hexOf(TAG.studyInstanceUid)]?.Value?.[0];
    if (typeof studyUid === 'string') studies.push({ studyUid });
  }
  return studies;
}

const within = (keys: readonly StudyKey[], uids: readonly string[], name: 'seriesUid' | 'sopInstanceUid'): StudyKey[] =>
  keys.flatMap((key) => uids.map((uid) => ({ ...key, [name]: uid })));

const listed = (keys: readonly Key[], wanted: number): string[] =>
  (keys.find(({ tag }) => tag === wanted)?.value ?? '').split('\\').filter((uid) => uid !== '');

function needed(keys: readonly Key[], wanted: number): string[] {
  const values = listed(keys, wanted);
  if (values.length > 0) return values;
  throw withoutKey();
}
