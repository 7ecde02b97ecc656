import { Metadata, type Client, type MethodDefinition } from '@grpc/grpc-js';
import { ServingError } from '@medserve/errors';
import { fromStatus } from '../status';

export interface UnaryOptions {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly metadata?: Metadata;
  /** Wait for a connection until the deadline instead of failing at once when there is none. */
  readonly waitForReady?: boolean;
}

/**
 * One unary call that ends by its deadline or by its signal, whichever comes first.
 *
 * @throws ServingError as the server threw it, or `unavailable`, `deadline_exceeded`, `cancelled`.
 */
export function callUnary<Request, Response>(
  client: Client,
  method: MethodDefinition<Request, Response>,
  request: Request,
  { deadlineMs, signal, metadata = new Metadata(), waitForReady = false }: UnaryOptions,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const aborted = (): ServingError => {
      const reason: unknown = signal?.reason;
      return reason instanceof ServingError
        ? reason
        : new ServingError('cancelled', 'The caller went away.', { cause: reason });
    };
    if (signal?.aborted) {
      reject(aborted());
      return;
    }
    if (waitForReady) metadata.setOptions({ waitForReady });
    const cancel = (): void => {
      call.cancel();
    };
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      { deadline: Date.now() + deadlineMs },
      (error, response) => {
        signal?.removeEventListener('abort', cancel);
        if (response !== undefined && !error) resolve(response);
        else reject(signal?.aborted ? aborted() : fromStatus(error));
      },
    );
    signal?.addEventListener('abort', cancel, { once: true });
  });
}
