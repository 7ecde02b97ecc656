import { randomUUID } from 'node:crypto';
import type { Queryable } from '../database/database';

const INSERT = `
INSERT INTO delivery (id, tenant, study_uid, generation, destination)
SELECT id, $1, $2, $3, destination FROM unnest($4::uuid[], $5::text[]) AS added (id, destination)
ON CONFLICT (tenant, study_uid, generation, destination) DO NOTHING`;

const OPEN = `
SELECT count(*)::int AS open FROM delivery
WHERE tenant = $1 AND study_uid = $2 AND generation = $3 AND state IN ('waiting', 'sending')`;

export interface StudyGeneration {
  readonly tenant: string;
  readonly studyUid: string;
  readonly generation: number;
}

/**
 * Puts the results of a generation on their way to destinations, in the transaction of what made them ready: neither is without
 * the other. Done again it changes nothing.
 */
export async function enqueueDeliveries(
  client: Queryable,
  of: StudyGeneration,
  destinations: readonly string[],
): Promise<void> {
  const ids = destinations.map(() => randomUUID());
  await client.rows({
    name: 'delivery-add',
    text: INSERT,
    values: [of.tenant, of.studyUid, of.generation, ids, [...destinations]],
  });
}

/** How many deliveries of a generation are on their way. */
export async function openDeliveries(
  client: Queryable,
  { tenant, studyUid, generation }: StudyGeneration,
): Promise<number> {
  const [row] = await client.rows<{ open: number }>({
    name: 'deliveries-open',
    text: OPEN,
    values: [tenant, studyUid, generation],
  });
  return row?.open ?? 0;
}
