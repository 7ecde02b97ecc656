import type { KeptInstance, OpenedInstance } from '@medserve/archive';
import {
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  type Association,
  type ProposedContext,
} from '@medserve/dimse';
import { readPart10Head, TRANSFER_SYNTAXES, type InstancePool } from '@medserve/imaging';

type Kept = Pick<KeptInstance, 'sopClassUid' | 'transferSyntaxUid'>;

/** What is proposed beside what is kept: a node need take no other than implicit VR little endian (PS3.5 10.1). */
const PLAIN = [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN] as const;

export const pairOf = ({ sopClassUid, transferSyntaxUid }: Kept): string => `${sopClassUid} ${transferSyntaxUid}`;

const isDecodable = ({ transferSyntaxUid }: Kept): boolean =>
  TRANSFER_SYNTAXES.get(transferSyntaxUid)?.codec !== undefined;

/** A context for each pair of class and transfer syntax, and one without compression for each class that can be had so. */
export function proposedFor(instances: readonly Kept[]): ProposedContext[] {
  const kept = [...new Map(instances.map((instance) => [pairOf(instance), instance])).values()];
  const plain = new Set(kept.filter(isDecodable).map(({ sopClassUid }) => sopClassUid));
  return [
    ...kept.map(({ sopClassUid, transferSyntaxUid }) => ({
      abstractSyntax: sopClassUid,
      transferSyntaxes: [transferSyntaxUid],
    })),
    ...[...plain].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: PLAIN })),
  ];
}

/** In which transfer syntax an instance goes: the one that it is kept in, unless the destination takes it in another only. */
export function syntaxFor(association: Pick<Association, 'accepts'>, instance: Kept): string {
  const { sopClassUid, transferSyntaxUid } = instance;
  const isTaken = (syntax: string): boolean => association.accepts(sopClassUid, syntax);
  if (isTaken(transferSyntaxUid) || !isDecodable(instance)) return transferSyntaxUid;
  return PLAIN.find(isTaken) ?? transferSyntaxUid;
}

/** The data set of an instance in that transfer syntax. @throws ServingError where it cannot be made, or was removed */
export async function dataSetIn(
  syntax: string,
  opened: Pick<OpenedInstance, 'instance' | 'read' | 'readDataSet'>,
  pool: Pick<InstancePool, 'explicitVr' | 'implicitVr'>,
): Promise<Buffer> {
  if (syntax === opened.instance.transferSyntaxUid) return opened.readDataSet();
  const read = () => opened.read();
  const made = await (syntax === IMPLICIT_LITTLE_ENDIAN ? pool.implicitVr(read) : pool.explicitVr(read));
  const file = Buffer.from(made.buffer, made.byteOffset, made.byteLength);
  return file.subarray(readPart10Head(file).dataSetOffset);
}
