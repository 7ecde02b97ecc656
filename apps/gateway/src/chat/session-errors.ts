import { ServingError } from '@medserve/errors';

export const unknownSession = (): ServingError =>
  new ServingError('not_found', 'There is no such session, or its time is over.', {
    remedy: 'Open one with POST /v1/sessions.',
  });

export const busySession = (): ServingError =>
  new ServingError('session_busy', 'The session is answering another turn.');
