import { newEventId } from '@medserve/events';
import { acceptance, completion, recordEvent } from '@medserve/testkit';
import { recordsOf } from '../../ledger/records-of';
import type { FinalStatus, StoredResult } from '../../records/record-store';
import { isUnavailable, sha256, type Lane } from './lane';
import { hasLog, siteOf, toldOf } from './tenants';

/* What a tenant does with requests of its own. */

export async function accept(lane: Lane): Promise<void> {
  const { world, tenant, known } = lane;
  const { records } = world.gateway;
  // Lanes of all tenants use the same keys and the same bytes: only the tenant keeps them apart.
  const key = lane.random() < 0.5 ? `${String(lane.number)}/${String(known.length)}` : undefined;
  const bytes = `bytes ${String(known.length)}`;
  const id = newEventId();
  const request = acceptance({
    id,
    tenant,
    fingerprint: sha256(bytes),
    event: recordEvent({ request: id, tenant: toldOf(tenant), site: siteOf(tenant) }),
    ...(key === undefined ? {} : { idempotencyKeyHash: sha256(key) }),
  });
  const outcome = await records.accept(request).catch(async (error: unknown) => {
    if (!isUnavailable(error)) throw error;
    const found = await lane.surely(() => records.find(tenant, id));
    return found === undefined ? undefined : { kind: 'accepted' as const };
  });
  if (outcome === undefined) return;
  lane.expect(outcome.kind === 'accepted', `a new request was a ${outcome.kind}`);
  if (outcome.kind !== 'accepted') return;
  known.push({ id, bytes, key, status: 'accepted', result: undefined });
  world.requests.get(tenant)?.push(id);
}

export async function finish(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const request = lane.pick();
  if (request === undefined) return accept(lane);
  const status: FinalStatus = lane.random() < 0.8 ? 'completed' : 'failed';
  const { result } = completion(request.id, JSON.stringify({ of: tenant, request: request.id }));
  const event = recordEvent({ request: request.id, tenant: toldOf(tenant), event: status });
  const ending = { id: request.id, tenant, status, event, result: status === 'completed' ? result : undefined };
  const outcome = await lane.surely(() => world.gateway.records.finish(ending));
  if (request.status === 'accepted') {
    lane.expect(outcome.kind === 'recorded', 'the end of an open request was not recorded');
    request.status = status;
    request.result = ending.result;
  } else {
    lane.expect(outcome.kind === 'superseded' && outcome.status === request.status, 'a request ended twice');
  }
}

export async function look(lane: Lane): Promise<void> {
  const request = lane.pick();
  if (request === undefined) return accept(lane);
  const found = await lane.surely(() => lane.world.gateway.records.find(lane.tenant, request.id));
  lane.expect(found?.status === request.status, `a request is ${String(found?.status)} and not ${request.status}`);
  lane.expect(isSame(found?.result, request.result), 'another answer came back');
}

/** A key that was used: its own answer comes again, or none where its request ended without one. */
export async function repeat(lane: Lane): Promise<void> {
  const request = lane.pick();
  if (request?.key === undefined || request.status === 'failed') return accept(lane);
  const isOther = lane.random() < 0.3;
  const again = acceptance({
    tenant: lane.tenant,
    idempotencyKeyHash: sha256(request.key),
    fingerprint: sha256(isOther ? 'others' : request.bytes),
  });
  const outcome = await lane.surely(() => lane.world.gateway.records.accept(again));
  if (isOther) {
    lane.expect(outcome.kind === 'reused', `a key with other bytes was ${outcome.kind}`);
    return;
  }
  const isItsOwn = outcome.kind === 'replay' && outcome.id === request.id;
  lane.expect(isItsOwn, `a repeated key was ${outcome.kind} of another`);
  if (outcome.kind === 'replay') lane.expect(isSame(outcome.result, request.result), 'another answer was replayed');
}

export async function readAudit(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const request = lane.pick();
  if (request === undefined || !hasLog(tenant)) return accept(lane);
  const records = await lane.surely(() => recordsOf(world.gateway.database, tenant, request.id));
  lane.expect(records !== undefined, 'the audit does not know a request of its tenant');
  const said = records?.at(-1)?.event;
  lane.expect(said === undefined || said === 'accepted' || said === request.status, `the audit says ${String(said)}`);
}

const isSame = (found: StoredResult | undefined, known: StoredResult | undefined): boolean =>
  found === undefined || known === undefined ? found === known : found.bytes.equals(known.bytes);
