import { newEventId } from '@medserve/events';
import type { TestServer } from '@medserve/testkit';
import { Client } from 'pg';
import { dice } from '../../ledger/tampering/tampers';
import { openGatewayParts } from './gateway-parts';
import { lookAtTables, tablesOfTenants } from './every-table';
import { keepInstance, searchInstances } from './instances';
import { useJobs } from './jobs';
import { useKeys } from './keys';
import { Lane } from './lane';
import { askForAll, askForForeign, fail } from './reaching-over';
import { keepRecording } from './recording';
import { accept, finish, look, readAudit, repeat } from './requests';
import { review } from './reviews';
import { useSignIns } from './sign-ins';
import { workOnStudies } from './studies';
import { TENANTS, toldOf, WITH_LOG } from './tenants';
import { workOnWorkitems } from './workitems';
import { World } from './world';

/** Of each tenant at once, so that the connections are always on their way from one tenant to another. */
const LANES = 8;

/** How often each is done, in relation to the others. */
const ACTIONS: readonly (readonly [number, (lane: Lane) => Promise<void>])[] = [
  [26, accept],
  [22, finish],
  [18, look],
  [6, repeat],
  [10, askForForeign],
  [3, useKeys],
  [4, keepInstance],
  [2, searchInstances],
  [2, workOnStudies],
  [2, workOnWorkitems],
  [4, useJobs],
  [2, review],
  [6, useSignIns],
  [3, lookAtTables],
  [4, tell],
  [2, readAudit],
  [6, askForAll],
  [2, fail],
  [0.05, cut],
];
const WEIGHT = ACTIONS.reduce((sum, [share]) => sum + share, 0);

export interface Life {
  /** Random operations of each tenant. */
  readonly operations: number;
  readonly seed: number;
  /** SQL that takes a part of the protection away before. */
  readonly weakened?: string | undefined;
}

/** All tenants live at once, on a database of their own. */
export async function live(server: TestServer, { operations, seed, weakened }: Life): Promise<World> {
  const database = await server.database();
  const operator = new Client({ connectionString: database.url });
  await operator.connect();
  if (weakened !== undefined) await operator.query(weakened);
  await operator.query(`INSERT INTO tenant (id, name) SELECT unnest($1::text[]), 'a tenant' ON CONFLICT DO NOTHING`, [
    WITH_LOG,
  ]);
  const gateway = await openGatewayParts(database.url);
  const world = new World(gateway, operator, await tablesOfTenants(operator));
  const stopRecording = keepRecording(database.url, operator);
  const lanes = TENANTS.flatMap((tenant, at) =>
    Array.from({ length: LANES }, (_, number) => {
      const roll = dice(seed + at * LANES + number);
      const lane = new Lane(world, tenant, number, () => roll(2 ** 32) / 2 ** 32);
      return runLane(lane, Math.ceil(operations / LANES));
    }),
  );
  try {
    await Promise.allSettled(lanes);
    await Promise.all(lanes);
    const { rows } = await operator.query(`SELECT tenant FROM request WHERE content_type = 'taken'`);
    if (rows.length > 0) world.violations.push('a request was changed by another tenant');
  } finally {
    await stopRecording();
    await gateway.close();
    await operator.end();
    await database.close();
  }
  return world;
}

/** One operation after another. */
async function runLane(lane: Lane, operations: number): Promise<void> {
  const { world } = lane;
  try {
    for (let done = 0; done < operations && !world.isOver; done += 1) {
      let at = lane.random() * WEIGHT;
      const [, action] = ACTIONS.find(([share]) => (at -= share) < 0) ?? [0, accept];
      await action(lane);
      world.operations += 1;
    }
  } catch (error) {
    world.isOver = true;
    throw error;
  }
}

async function tell({ world, tenant }: Lane): Promise<void> {
  const event = {
    id: newEventId(),
    schema: 1 as const,
    event: 'result_read' as const,
    at: new Date().toISOString(),
    tenant: toldOf(tenant),
    actor: 'key-1',
    actorKind: 'key' as const,
    subject: `result:${newEventId()}`,
    outcome: 'success' as const,
  };
  await world.gateway.activities.record(event).catch(() => undefined);
}

/** Connections die in the middle of whatever is on them. */
async function cut({ world }: Lane): Promise<void> {
  await world.operator.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'isolation%' AND random() < 0.5`,
  );
}
