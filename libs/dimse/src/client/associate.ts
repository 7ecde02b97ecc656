import type { AgreedContext, AssociateAccept, AssociateRequest, ProposedContext } from '../pdu/associate';
import type { PduEvent } from '../pdu/pdu-reader';
import { DICOM_APPLICATION_CONTEXT, MAX_CONTEXTS, PDV_HEAD_BYTES } from '../pdu/pdu-types';
import { PduSocket } from '../pdu/pdu-socket';
import { writeAbort, writeAssociateRequest } from '../pdu/write-pdu';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../uids/implementation';
import { Association } from './association';
import { AssociationError, rejected } from './association-error';
import { connect, type Destination } from './connect';

export interface AssociateTimeouts {
  readonly connectMs: number;
  /** From the request to its answer. */
  readonly associateMs: number;
  /** How long the peer may neither take nor send anything while we wait for it. */
  readonly responseMs: number;
}

export const ASSOCIATE_TIMEOUTS: AssociateTimeouts = { connectMs: 10_000, associateMs: 30_000, responseMs: 60_000 };

export interface AssociateOptions extends Destination {
  /** At most 16 characters each. */
  readonly callingAet: string;
  readonly calledAet: string;
  /** 1 to 128; several may be of one abstract syntax. */
  readonly contexts: readonly ProposedContext[];
  readonly timeouts?: Partial<AssociateTimeouts>;
  /** Aborts the association, also when it stands. */
  readonly signal?: AbortSignal;
}

/** What we take in one P-DATA-TF. */
const MAX_PDU_BYTES = 256 * 1024;

/** Opens an association. @throws AssociationError; RangeError for more contexts than there are ids */
export async function associate(options: AssociateOptions): Promise<Association> {
  const { contexts, signal } = options;
  if (contexts.length === 0 || contexts.length > MAX_CONTEXTS) throw new RangeError('1 to 128 presentation contexts');
  const timeouts = { ...ASSOCIATE_TIMEOUTS, ...options.timeouts };
  const connection = new PduSocket(await connect(options, timeouts.connectMs, signal), MAX_PDU_BYTES);
  const events = connection.events();
  const request = requestOf(options);
  const accept = await answerTo(request, connection, events, timeouts.associateMs, signal);
  const { maxPduBytes } = accept.user;
  if (maxPduBytes !== 0 && maxPduBytes <= PDV_HEAD_BYTES + 1) {
    connection.close(writeAbort({ source: 0, reason: 0 }));
    throw new AssociationError('aborted', 'the peer takes no data');
  }
  const agreed = agreedContexts(request, accept);
  const association = new Association(connection, events, agreed, maxPduBytes, timeouts.responseMs);
  const abort = (): void => {
    association.abort();
  };
  signal?.addEventListener('abort', abort);
  connection.socket.once('close', () => signal?.removeEventListener('abort', abort));
  return association;
}

function requestOf({ callingAet, calledAet, contexts }: AssociateOptions): AssociateRequest {
  return {
    protocolVersion: 1,
    calledAet,
    callingAet,
    applicationContext: DICOM_APPLICATION_CONTEXT,
    contexts: contexts.map((context, index) => ({ ...context, id: 2 * index + 1 })),
    user: {
      maxPduBytes: MAX_PDU_BYTES,
      implementationClassUid: IMPLEMENTATION_CLASS_UID,
      implementationVersion: IMPLEMENTATION_VERSION_NAME,
      roles: [],
    },
  };
}

async function answerTo(
  request: AssociateRequest,
  connection: PduSocket,
  events: AsyncGenerator<PduEvent>,
  associateMs: number,
  signal: AbortSignal | undefined,
): Promise<AssociateAccept> {
  let failure = new AssociationError('aborted', 'the peer hung up');
  const giveUp = (error: AssociationError): void => {
    failure = error;
    connection.socket.destroy();
  };
  const cancelled = (): void => {
    giveUp(new AssociationError('aborted', 'not wanted any more'));
  };
  connection.watch(associateMs, false, () => {
    giveUp(new AssociationError('timeout', 'the request for an association is not answered'));
  });
  signal?.addEventListener('abort', cancelled);
  try {
    await connection.write([writeAssociateRequest(request)]);
    const event = (await events.next()).value as PduEvent | undefined;
    if (event?.kind === 'associate-accept') return event.accept;
    if (event?.kind === 'associate-reject') failure = rejected(event.result, event.source, event.reason);
    if (event?.kind === 'abort') failure = new AssociationError('aborted', 'the peer aborted');
  } catch (thrown) {
    if (failure.kind === 'aborted') failure = new AssociationError('aborted', failure.detail, thrown);
  } finally {
    connection.unwatch();
    signal?.removeEventListener('abort', cancelled);
  }
  connection.close();
  // What still comes is dropped, so that the connection can end.
  void events.return(undefined);
  throw failure;
}

function agreedContexts(request: AssociateRequest, { contexts }: AssociateAccept): AgreedContext[] {
  return contexts
    .filter(({ result }) => result === 0)
    .flatMap(({ id, transferSyntax }) => {
      const abstractSyntax = request.contexts.find((context) => context.id === id)?.abstractSyntax;
      return abstractSyntax === undefined ? [] : [{ id, abstractSyntax, transferSyntax }];
    });
}
