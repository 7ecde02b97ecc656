import {
  CONTEXT_RESULT,
  type AgreedContext,
  type AnsweredContext,
  type AssociateAccept,
  type AssociateRequest,
} from '../pdu/associate';
import { DICOM_APPLICATION_CONTEXT, PDV_HEAD_BYTES } from '../pdu/pdu-types';
import type { Rejection } from '../pdu/write-pdu';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../uids/implementation';
import { serviceOf, type Service } from '../uids/sop-classes';
import { chooseForMessages, chooseForStorage } from '../uids/transfer-syntaxes';

/** A presentation context that was agreed on. */
export interface Context extends AgreedContext {
  readonly service: Service;
}

/** A-ASSOCIATE-RJ by source, reason and whether it makes sense to come again (PS3.8 table 9-21). */
export const REJECTION = {
  applicationContext: { result: 1, source: 1, reason: 2 },
  callingAet: { result: 1, source: 1, reason: 3 },
  calledAet: { result: 1, source: 1, reason: 7 },
  protocolVersion: { result: 1, source: 2, reason: 2 },
  congestion: { result: 2, source: 3, reason: 1 },
  localLimit: { result: 2, source: 3, reason: 2 },
} as const satisfies Record<string, Rejection>;

/** Why no association with such a request can be, whoever asks. */
export function unacceptable(request: AssociateRequest): Rejection | undefined {
  if ((request.protocolVersion & 1) === 0) return REJECTION.protocolVersion;
  if (request.applicationContext !== DICOM_APPLICATION_CONTEXT) return REJECTION.applicationContext;
  return undefined;
}

/** A peer that takes less than one byte of data in a PDU cannot be answered. */
export const canBeAnswered = ({ user }: AssociateRequest): boolean =>
  user.maxPduBytes === 0 || user.maxPduBytes > PDV_HEAD_BYTES + 1;

/**
 * The answer to an acceptable request: every context by itself. Roles are left at their default, extended negotiation is not
 * answered, and the window of asynchronous operations is one where it was asked for (PS3.7 D.3.3).
 */
export function accept(
  request: AssociateRequest,
  maxPduBytes: number,
): { readonly answer: AssociateAccept; readonly contexts: ReadonlyMap<number, Context> } {
  const contexts = new Map<number, Context>();
  const answers = request.contexts.map(({ id, abstractSyntax, transferSyntaxes }): AnsweredContext => {
    const service = serviceOf(abstractSyntax);
    const refused = (result: number): AnsweredContext => ({ id, result, transferSyntax: transferSyntaxes[0] ?? '' });
    if (service === undefined) return refused(CONTEXT_RESULT.abstractSyntaxNotSupported);
    const choose = service === 'storage' ? chooseForStorage : chooseForMessages;
    const transferSyntax = choose(transferSyntaxes);
    if (transferSyntax === undefined) return refused(CONTEXT_RESULT.transferSyntaxesNotSupported);
    contexts.set(id, { id, abstractSyntax, transferSyntax, service });
    return { id, result: CONTEXT_RESULT.accepted, transferSyntax };
  });
  const { asynchronousOperations } = request.user;
  const answer: AssociateAccept = {
    protocolVersion: 1,
    calledAet: request.calledAet,
    callingAet: request.callingAet,
    applicationContext: DICOM_APPLICATION_CONTEXT,
    contexts: answers,
    user: {
      maxPduBytes,
      implementationClassUid: IMPLEMENTATION_CLASS_UID,
      implementationVersion: IMPLEMENTATION_VERSION_NAME,
      roles: [],
      ...(asynchronousOperations && { asynchronousOperations: { invoked: 1, performed: 1 } }),
    },
  };
  return { answer, contexts };
}
