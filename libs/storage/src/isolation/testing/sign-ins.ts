import { randomBytes, randomUUID } from 'node:crypto';
import type { ActivityEvent } from '@medserve/events';
import { activityEvent } from '@medserve/testkit';
import { makeKey } from './keys';
import { isUnavailable, type Lane } from './lane';
import { hasLog } from './tenants';
import { pickOf, type LiveSession } from './world';

/*
 * Sessions of browsers, and the codes that begin them. Both are found before it is known whose they are: by hashes, which all lanes know
 * of all tenants here.
 */

const SESSIONS = 6;
const HOUR_MS = 3_600_000;

export async function useSignIns(lane: Lane): Promise<void> {
  const roll = lane.random();
  // Of a name that is none nothing can be told, so nobody signs in there.
  if (!hasLog(lane.tenant) || roll < 0.4) return findAnybodys(lane);
  if (roll < 0.5) return useForeignCode(lane);
  return lane.sessions.length < SESSIONS ? signIn(lane) : signOut(lane);
}

async function signIn(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const [key] = lane.keys.keys();
  if (key === undefined) return makeKey(lane);
  const code = lane.random() < 0.7 ? await makeCode(lane, key) : undefined;
  // The code is there for others to try first.
  if (code !== undefined && lane.random() < 0.3) return;
  const session = { hash: randomBytes(32), id: randomUUID(), tenant };
  const isBegun = await begin(lane, session, key, code);
  // Unknown after a cut, and then it is not known to be there.
  if (isBegun === undefined) return;
  lane.expect(isBegun, 'its own code began no session');
  lane.sessions.push(session);
  world.sessions.push(session);
}

/** @returns undefined where the connection was cut */
function begin(
  lane: Lane,
  { hash, id, tenant }: LiveSession,
  key: string,
  code?: Buffer,
): Promise<boolean | undefined> {
  const seenAt = new Date();
  const endsAt = new Date(seenAt.getTime() + HOUR_MS);
  const session = { hash, id, tenant, key, person: null, name: tenant, seenAt, endsAt };
  return lane.world.gateway.signIns.begin(session, eventOf('signed_in', tenant, id), code).catch(unknown);
}

/** As who starts a platform does. */
async function makeCode({ world, tenant }: Lane, key: string): Promise<Buffer> {
  const hash = randomBytes(32);
  const text = `INSERT INTO sign_in_code (hash, tenant, key, ends_at) VALUES ($1, $2, $3, now() + interval '1 hour')`;
  await world.operator.query(text, [hash, tenant, key]);
  world.codes.push({ hash, tenant });
  return hash;
}

/** A code of another tenant begins no session here, whoever knows it. */
async function useForeignCode(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const code = pickOf(world.codes, lane.random);
  const [key] = lane.keys.keys();
  if (code === undefined || code.tenant === tenant || key === undefined) return;
  const isBegun = await begin(lane, { hash: randomBytes(32), id: randomUUID(), tenant }, key, code.hash);
  lane.expect(isBegun !== true, 'a code of another tenant began a session');
}

async function signOut(lane: Lane): Promise<void> {
  const { world, tenant } = lane;
  const { signIns } = world.gateway;
  const foreign = pickOf(world.sessions, lane.random);
  if (foreign !== undefined && foreign.tenant !== tenant) {
    const named = { tenant, id: foreign.id };
    const isEnded = await signIns.end(named, eventOf('signed_out', tenant, foreign.id)).catch(unknown);
    lane.expect(isEnded !== true, 'a session of another tenant was ended');
    await lane.surely(() => signIns.touch(named, new Date(0)));
  }
  const own = lane.sessions.shift();
  if (own === undefined) return;
  world.sessions.splice(world.sessions.indexOf(own), 1);
  await lane.surely(() => signIns.end(own, eventOf('signed_out', tenant, own.id)));
  const found = await lane.surely(() => signIns.find(own.hash));
  lane.expect(found === undefined, 'a session was there after its end');
}

/** What a hash leads to is the session of the one tenant that began it, or the code of the one that it was made for. */
async function findAnybodys(lane: Lane): Promise<void> {
  const { world } = lane;
  const session = pickOf(lane.random() < 0.5 ? world.sessions : lane.sessions, lane.random);
  if (session !== undefined) {
    const found = await lane.surely(() => world.gateway.signIns.find(session.hash));
    const isItsOwn = found?.tenant === session.tenant && found.name === session.tenant && found.id === session.id;
    // Another lane may have ended its own meanwhile.
    const mayBeGone = !lane.sessions.includes(session);
    lane.expect(isItsOwn || (found === undefined && mayBeGone), 'a session led to another tenant, or to nobody');
  }
  const code = pickOf(world.codes, lane.random);
  if (code === undefined) return;
  const made = await lane.surely(() => world.gateway.codes.find(code.hash));
  lane.expect(made === undefined || made.tenant === code.tenant, 'a code led to another tenant');
}

const eventOf = (event: 'signed_in' | 'signed_out', tenant: string, id: string): ActivityEvent =>
  activityEvent({
    event,
    tenant,
    subject: `sign-in:${id}`,
  });

function unknown(error: unknown): undefined {
  if (!isUnavailable(error)) throw error;
}
