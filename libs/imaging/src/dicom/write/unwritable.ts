import { ServingError } from '@medserve/errors';

/** What was asked to be written cannot stand in a DICOM object: a mistake of the caller. The value itself is never told. */
export const unwritable = (detail: string): ServingError => new ServingError('internal', detail);
