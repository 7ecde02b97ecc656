import type { Archive, KeptInstance } from '@medserve/archive';
import { associate, AssociationError, type Association, type Moved } from '@medserve/dimse';
import type { InstancePool } from '@medserve/imaging';
import type { MoveDestination } from './move-destination';
import { dataSetIn, pairOf, proposedFor, syntaxFor } from './sent-syntax';

export interface SendParts {
  readonly archive: Pick<Archive, 'open'>;
  /** Makes of what the destination does not take what it does. */
  readonly pool: Pick<InstancePool, 'explicitVr' | 'implicitVr'>;
  readonly destination: MoveDestination;
  /** Our own AE title. */
  readonly aet: string;
  /** Of the C-MOVE that they are sent for. */
  readonly originator: { readonly aet: string; readonly messageId: number };
  readonly signal: AbortSignal;
}

/** PS3.8: a request has at most 128 contexts; each pair may need a second one. */
const MAX_PAIRS = 64;

/**
 * Sends instances as they are kept, byte for byte, or without compression where the destination takes them so only; over one association
 * (or several, where one has not enough contexts). Says of each what became of it. When an association cannot be had, or breaks, what it should have carried has failed.
 */
export async function* sendInstances(instances: readonly KeptInstance[], parts: SendParts): AsyncGenerator<Moved> {
  const pairs = [...new Set(instances.map(pairOf))];
  for (let at = 0; at < pairs.length; at += MAX_PAIRS) {
    const proposed = new Set(pairs.slice(at, at + MAX_PAIRS));
    yield* sendTogether(
      instances.filter((instance) => proposed.has(pairOf(instance))),
      parts,
    );
  }
}

async function* sendTogether(instances: readonly KeptInstance[], parts: SendParts): AsyncGenerator<Moved> {
  const association = await associated(instances, parts);
  try {
    for (const instance of instances) {
      if (parts.signal.aborted) break;
      yield await sendOne(association, instance, parts);
    }
  } finally {
    await association?.release().catch(() => undefined);
  }
}

async function associated(
  instances: readonly KeptInstance[],
  { destination, aet, signal }: SendParts,
): Promise<Association | undefined> {
  const contexts = proposedFor(instances);
  // Who cancels ends the wait for an association, but no store that is under way: what became of that would be known to nobody.
  const connecting = new AbortController();
  const giveUp = (): void => {
    connecting.abort(signal.reason);
  };
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  const asked = { ...destination, calledAet: destination.aet, callingAet: aet, contexts, signal: connecting.signal };
  try {
    return await associate(asked);
  } catch (error) {
    if (error instanceof AssociationError) return undefined;
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

async function sendOne(association: Association | undefined, instance: KeptInstance, parts: SendParts): Promise<Moved> {
  const { sopClassUid, sopInstanceUid } = instance;
  const failed: Moved = { kind: 'failed', sopInstanceUid };
  if (association === undefined) return failed;
  try {
    const transferSyntaxUid = syntaxFor(association, instance);
    const dataSet = await dataSetIn(transferSyntaxUid, parts.archive.open(instance), parts.pool);
    const { status } = await association.store({
      sopClassUid,
      sopInstanceUid,
      transferSyntaxUid,
      dataSet,
      moveOriginator: parts.originator,
    });
    if (status === 0) return { kind: 'completed' };
    return (status & 0xf000) === 0xb000 ? { kind: 'warning' } : failed;
  } catch {
    // Removed meanwhile, or the association is gone: it did not get there, and that is what the peer is told.
    return failed;
  }
}
