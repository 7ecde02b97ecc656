import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { FORM, NIFTI } from './answer-form';
import type { Inspected } from './inspection';

/** A reader that takes nothing for so long is gone: what is held for it is needed by others. */
const STALLED_MS = 60_000;

/** Sends what was asked for. It is of a patient, so nobody on the way keeps it. */
export function sendInspected(
  reply: FastifyReply,
  { description, nifti, times }: Inspected,
  isPixelsOnly: boolean,
): void {
  const { raw } = reply;
  raw.setTimeout(STALLED_MS, () => raw.destroy());
  void reply.headers({ 'cache-control': 'no-store', vary: 'accept', 'server-timing': times.serverTiming() });
  if (nifti === undefined) {
    void reply.send(description);
    return;
  }
  if (isPixelsOnly) {
    void reply.header('content-type', NIFTI).send(Buffer.from(nifti.buffer, nifti.byteOffset, nifti.byteLength));
    return;
  }
  const boundary = randomUUID();
  const parts = [
    formPart(boundary, 'name="description"', 'application/json'),
    Buffer.from(JSON.stringify(description)),
    formPart(boundary, 'name="pixels"; filename="pixels.nii"', NIFTI),
    nifti,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ];
  void reply
    .header('content-type', `${FORM}; boundary=${boundary}`)
    .header(
      'content-length',
      parts.reduce((sum, { byteLength }) => sum + byteLength, 0),
    )
    .send(Readable.from(parts));
}

/** The head of a part (RFC 7578), behind the end of the one before it. */
const formPart = (boundary: string, disposition: string, type: string): Buffer =>
  Buffer.from(`\r\n--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\n\r\n`);
