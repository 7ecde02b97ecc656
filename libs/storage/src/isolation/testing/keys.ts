import { randomUUID } from 'node:crypto';
import { sha256, type Lane } from './lane';

const KEYS = 8;

/* What a tenant does with its API keys; and a credential, which is looked up before it is known whose it is. */

export async function useKeys(lane: Lane): Promise<void> {
  if (lane.keys.size < KEYS) return makeKey(lane);
  const [id = '', isAlive] = [...lane.keys][Math.floor(lane.random() * lane.keys.size)] ?? [];
  return lane.random() < 0.3 ? revokeKey(lane, id, isAlive) : findKeys(lane);
}

export async function makeKey({ world, tenant, keys }: Lane): Promise<void> {
  const prefix = `ms_${randomUUID()}`;
  const given = { id: randomUUID(), prefix, hash: sha256(prefix), scopes: ['infer'], tenant };
  const made = world.gateway.keys.insert({ ...given, label: 'lane', expiresAt: null });
  // Unknown after a cut, and then it is not known to be there.
  const isMade = await made.then(
    () => true,
    () => false,
  );
  if (!isMade) return;
  keys.set(given.id, true);
  world.prefixes.push({ prefix, tenant });
}

async function revokeKey(lane: Lane, id: string, isAlive: boolean | undefined): Promise<void> {
  const isRevoked = await lane.world.gateway.keys.revoke(lane.tenant, id).catch(() => undefined);
  lane.expect(isRevoked === undefined || isRevoked === isAlive, 'a key was revoked twice, or not at all');
  if (isRevoked === undefined) lane.keys.delete(id);
  else lane.keys.set(id, false);
}

async function findKeys(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const { keys } = world.gateway;
  const listed = await lane.surely(() => keys.list(tenant));
  const isOnlyMine = listed.every((key) => key.tenant === tenant);
  lane.expect(isOnlyMine, 'a key of another tenant was listed');
  const ids = new Set(listed.map((key) => key.id));
  const isWhole = [...lane.keys.keys()].every((known) => ids.has(known));
  lane.expect(isWhole, 'a key was not listed');
  const anybodys = world.prefixes[Math.floor(lane.random() * world.prefixes.length)];
  if (anybodys === undefined) return;
  const found = await lane.surely(() => keys.findByPrefix(anybodys.prefix));
  lane.expect(found?.tenant === anybodys.tenant, 'a credential led to another tenant');
}
