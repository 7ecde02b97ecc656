import { GRPCInferenceServiceService as Methods } from '@medserve/contracts/oip';
import { toServingError, type ServingError } from '@medserve/errors';
import type { CallContext } from '@medserve/rpc';
import type { Tracer } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import { traced } from './traced-call';
import type { Ticket } from '../../quotas/ticket';
import type { OipAnswer, OipInference } from '../ports';
import { requestOf } from './request-of';
import type { InferMessage } from './wire/infer-message';

export interface AskParts {
  readonly inference: OipInference;
  readonly tracer: Tracer;
  /** Told of what is refused before it has a record. */
  readonly onRefused: (error: ServingError) => void;
  /** Who passed the gate. */
  readonly principalOf: (context: CallContext) => Principal;
  /** Lets a request in by the quotas. */
  readonly enter: (by: Principal) => Promise<Ticket>;
}

export type Ask = (
  message: InferMessage,
  context: CallContext,
  options: { readonly signal: AbortSignal; readonly onAccepted: (requestId: string) => void },
) => Promise<OipAnswer>;

/** Has a message answered; those of a stream are traced like those of calls of their own. */
export const askOf =
  (parts: AskParts): Ask =>
  (message, context, options) =>
    traced(parts.tracer, context, Methods.modelInfer.path, () => askOnce(parts, message, context, options));

const askOnce = async (
  { inference, onRefused, principalOf, enter }: AskParts,
  ...[message, context, { signal, onAccepted }]: Parameters<Ask>
): Promise<OipAnswer> => {
  const record: { id?: string } = {};
  const accepted = (requestId: string): void => {
    record.id = requestId;
    onAccepted(requestId);
  };
  let ticket: Ticket | undefined;
  try {
    const principal = principalOf(context);
    ticket = await enter(principal);
    return await inference.infer(principal, { ...requestOf(message, context), ticket }, signal, accepted);
  } catch (error) {
    if (record.id === undefined) onRefused(toServingError(error));
    throw error;
  } finally {
    ticket?.leave();
  }
};
