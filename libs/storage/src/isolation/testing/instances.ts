import { randomUUID } from 'node:crypto';
import type { NewInstance } from '@medserve/archive';
import { isUnavailable, type Lane } from './lane';

/** UIDs that all tenants use: only the tenant keeps them apart. */
const UIDS = 40;

/* What a tenant does with instances of its own. */

/** One that it may have already; what comes back is its own, whatever others sent under the same UID. */
export async function keepInstance(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const { archive } = world.gateway;
  const instance = instanceOf(tenant, 1 + Math.floor(lane.random() * UIDS));
  const indexing = await archive.add(instance, Promise.resolve()).catch((error: unknown) => {
    if (!isUnavailable(error)) throw error;
    return undefined;
  });
  lane.expect(indexing?.kind !== 'taken', 'a UID was taken by another tenant');
  const { studyUid } = instance;
  const found = await lane.surely(() => archive.find(tenant, { studyUid }));
  if (found.kind === 'found') {
    const isOnlyMine = found.instances.every((one) => one.sha256 === instance.sha256);
    lane.expect(isOnlyMine, 'an instance of another tenant was there');
  }
  lane.expect(indexing === undefined || found.kind === 'found', 'an instance was not there');
}

export async function searchInstances(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const level = (['study', 'series', 'instance'] as const)[Math.floor(lane.random() * 3)] ?? 'study';
  const { rows } = await lane.surely(() => world.gateway.archive.query({ tenant, level, match: [], limit: 20 }));
  const isOnlyMine = rows.every(({ attributes }) =>
    JSON.stringify(attributes).includes(JSON.stringify(wordOf(tenant))),
  );
  lane.expect(isOnlyMine, 'a search found what is another tenant’s');
}

const hashOf = (tenant: string): string => Buffer.from(tenant).toString('hex').padEnd(64, '0').slice(0, 64);
const wordOf = (tenant: string): string => `of ${tenant}`;

function instanceOf(tenant: string, number: number): NewInstance {
  const studyUid = `1.${String(number % 5)}`;
  return {
    tenant,
    studyUid,
    seriesUid: `${studyUid}.1`,
    sopInstanceUid: `${studyUid}.1.${String(number)}`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    bytes: 1,
    sha256: hashOf(tenant),
    door: 'dimse',
    receivedAt: new Date(),
    file: randomUUID(),
    dataSetOffset: 1,
    sender: 'lane',
    batch: 'batch',
    attributes: { study: { '00100020': { vr: 'LO', Value: [wordOf(tenant)] } }, series: {}, instance: {} },
  };
}
