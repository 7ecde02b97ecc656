import { toServingError } from '@medserve/errors';
import { duplexMethod, type FramePayload } from '@medserve/rpc';
import type { Ask } from './ask';
import { encodeStreamAnswer, encodeStreamError } from './wire/answers';
import type { InferMessage } from './wire/infer-message';

/** Requests of one stream that are under way or wait to be sent; while there are so many, no more are read. */
const OPEN_LIMIT = 32;

export interface StreamInferParts {
  readonly ask: Ask;
  /** Told of every request that was answered, so that more may be read. */
  readonly onAnswered: (message: InferMessage) => void;
}

/**
 * ModelStreamInfer: requests run beside each other, and are answered in the order in which they came. An error is an entry of
 * the stream, which goes on; with the metadata `triton_grpc_error: true` it is the status that ends it.
 */
export const streamInfer = ({ ask, onAnswered }: StreamInferParts) =>
  duplexMethod<InferMessage, FramePayload>(async (requests, send, context) => {
    const endsWithError = context.metadata.get('triton_grpc_error')[0] === 'true';
    const over = new AbortController();
    const signal = AbortSignal.any([context.signal, over.signal]);

    const answer = async (message: InferMessage): Promise<FramePayload> => {
      // A stream has trailers only once: what a single call has there stands in the entry.
      const parameters: Record<string, string | boolean> = { triton_final_response: true };
      const onAccepted = (requestId: string): void => {
        parameters['medserve_request_id'] = requestId;
      };
      try {
        return encodeStreamAnswer(await ask(message, context, { signal, onAccepted }), parameters);
      } catch (thrown) {
        if (endsWithError || signal.aborted) throw thrown;
        return encodeStreamError(toServingError(thrown).message, message.id, parameters);
      }
    };

    const failed = Promise.withResolvers<never>();
    const answerAll = async (): Promise<void> => {
      const open: Promise<void>[] = [];
      let before = Promise.resolve();
      for await (const message of requests) {
        if (signal.aborted) return;
        before = inTurn(before, answer(message), send).then(() => {
          onAnswered(message);
        });
        before.catch(failed.reject);
        open.push(before);
        if (open.length >= OPEN_LIMIT) await open.shift();
      }
      await before;
    };
    try {
      // Who waits for its next request has to hear of the failure of an earlier one.
      await Promise.race([answerAll(), failed.promise]);
    } catch (error) {
      over.abort(error);
      throw error;
    }
  });

async function inTurn(
  before: Promise<void>,
  answer: Promise<FramePayload>,
  send: (message: FramePayload) => Promise<void>,
): Promise<void> {
  // It may fail while earlier ones are under way, and is heard when it is its turn.
  answer.catch(() => undefined);
  await before;
  await send(await answer);
}
