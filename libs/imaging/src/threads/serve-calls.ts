import { isMarkedAsUntransferable, parentPort } from 'node:worker_threads';
import { toServingError } from '@medserve/errors';
import { toPlain } from './plain-error';
import { giveWay } from './give-way';
import type { Parcel, ThreadReply } from './thread-pool';

/**
 * The body of a thread of `ThreadPool`: one call at a time.
 *
 * @param answer gives the answer and the memory that moves with it; throws what the call is refused with
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a message has the type that its sender gave it
export function serveCalls<Call, Answer>(answer: (call: Call) => Promise<Parcel<Answer>>): void {
  const port = parentPort;
  if (port === null) throw new Error('This file runs as a worker thread only.');
  giveWay();
  const say = (reply: ThreadReply<Answer>, transfer: readonly ArrayBuffer[] = []): void => {
    port.postMessage(reply, transfer);
  };
  port.on('message', (call: Call) => {
    void answer(call).then(
      (done) => {
        say({ kind: 'done', answer: done.call }, done.transfer);
      },
      (thrown: unknown) => {
        say({ kind: 'refused', error: toPlain(toServingError(thrown)) });
      },
    );
  });
  say({ kind: 'ready' });
}

/** Whether an array has its memory for itself, so that it can be moved: small buffers share a slab. */
export const canMove = ({ buffer, byteLength }: ArrayBufferView): boolean =>
  buffer instanceof ArrayBuffer && byteLength === buffer.byteLength && !isMarkedAsUntransferable(buffer);

/** Bytes that can be moved: the same, or a copy. */
export const movable = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  canMove(bytes) ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
