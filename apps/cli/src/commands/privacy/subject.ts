import { text } from 'node:stream/consumers';
import { loadSubjectReferences } from '@medserve/security';
import { keyIdOf, type ContentSubject, type Storage } from '@medserve/storage';
import type { Home } from '../../home/home';
import { isId } from '../identity/require';

/** By what an operator names a subject: one of patient, patientKey and request. */
export interface SubjectWords {
  readonly tenant: string;
  readonly patient?: string;
  readonly issuer?: string;
  readonly patientKey?: string;
  readonly request?: string;
  readonly wholeMonth?: boolean;
}

/** @throws Error that says what is missing */
export async function subjectOf(words: SubjectWords, storage: Storage, home: Home): Promise<ContentSubject> {
  const { tenant, patient, issuer, patientKey, request } = words;
  if ([patient, patientKey, request].filter((word) => word !== undefined).length !== 1) {
    throw new Error('name one of --patient, --patient-key and --request (which "hash" does not take)');
  }
  const references = loadSubjectReferences(home.references);
  if (patient !== undefined) return `patient:${references.patient(tenant, { id: await read(patient), issuer })}`;
  if (patientKey !== undefined) return `patient:${references.patientKey(tenant, await read(patientKey))}`;
  return ofRequest(storage, words);
}

const read = async (word: string): Promise<string> =>
  word === '-' ? (await text(process.stdin)).replace(/\r?\n$/, '') : word;

async function ofRequest(
  storage: Storage,
  { tenant, request = '', wholeMonth = false }: SubjectWords,
): Promise<ContentSubject> {
  const stored = isId(request) ? await storage.records.result(tenant, request) : undefined;
  if (stored === undefined) throw new Error('the tenant has no request with this id that has an answer');
  const key = keyIdOf(stored.bytes);
  if (key === undefined) throw new Error('the answer was stored before answers were sealed: it has no key to destroy');
  const subject = await storage.contentKeys.subjectOf(tenant, key);
  if (subject === undefined) throw new Error('the key of the answer is missing');
  if (subject.startsWith('month:') && !wholeMonth) {
    const month = subject.slice('month:'.length);
    throw new Error(
      `nobody said whom the request shows, so its answer shares a key with all such of ${month}; --whole-month shreds them all`,
    );
  }
  return subject;
}
