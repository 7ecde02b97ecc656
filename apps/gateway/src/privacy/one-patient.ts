import { ServingError } from '@medserve/errors';
import { PATIENT_KEY } from './patient-key';
import type { SubjectHashes } from './subject-hashes';

/** What is known of whom an image shows, as keyed hashes in hex. */
export interface ShownSubject {
  /** By the header of the image itself. */
  readonly told: SubjectHashes;
  /** By who uploaded it as a file. */
  readonly filedFor: string | undefined;
}

/**
 * Whom a request is about: a record stands for one patient, so that it can be found, and forgotten, by them. Of an image its own
 * header has the first word, then who uploaded it; the key of the request speaks where no image does. An id of a header and a key of
 * a sender cannot be compared, so images that are named by one each are held to be of two patients.
 *
 * @param asked hash of the key that the request names
 * @param field of the request in which the images are
 * @throws ServingError `invalid_request` when several are named
 */
export function onePatient(images: readonly ShownSubject[], asked: string | undefined, field: string): SubjectHashes {
  const filed = new Set(images.flatMap(({ filedFor }) => filedFor ?? []));
  const shown = new Set(images.flatMap(({ told, filedFor }) => told.patient ?? filedFor ?? []));
  if (shown.size > 1 || filed.size > 1) throw several('The images name different patients.', field);
  if (asked !== undefined && filed.size === 1 && !filed.has(asked)) {
    throw several('The header names another patient than the files were uploaded for.', PATIENT_KEY);
  }
  const [patient = asked] = shown;
  const named =
    images.find(({ told }) => told.patient !== undefined) ?? images.find(({ told }) => told.study !== undefined);
  const study = named?.told.study;
  return { ...(patient === undefined ? {} : { patient }), ...(study === undefined ? {} : { study }) };
}

const several = (detail: string, field: string): ServingError =>
  new ServingError('invalid_request', detail, {
    field,
    remedy: 'Ask about one patient at a time: the record of a request stands for one.',
  });
