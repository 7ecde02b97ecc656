import type { FastifyRequest } from 'fastify';
import { holdMore } from '../http/body-budget';
import { principalOf } from '../http/principal';
import type { EarlierFiles } from '../intake/fetch-inputs';
import type { UploadedFiles } from './uploaded-files';

/** The uploaded files of who sends a request, counted with the body of the request. */
export function earlierFiles(uploads: Pick<UploadedFiles, 'describe' | 'read'>, request: FastifyRequest): EarlierFiles {
  const by = principalOf(request);
  return {
    sizeOf: async (ref) => (await uploads.describe(by, ref)).bytes,
    read: (ref) => uploads.read(by, ref),
    hold: (bytes) => {
      holdMore(request, bytes);
    },
  };
}
