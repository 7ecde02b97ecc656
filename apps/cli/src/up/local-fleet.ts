import { existsSync, mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { parseFleet, type PoolDescription } from '@medserve/fleet';
import { writeCatalogue } from '@medserve/rpc';
import type { Home } from '../home/home';
import type { PodRange } from './pod-range';
import { writeWhole } from './write-whole';

/** The one pool of a machine, which serves whatever its pods have. */
export const LOCAL_POOL = 'local';

/** Usual requests that a pod runs at once: a machine has few cores, and more than one request keeps them busy while others are read. */
const SLOTS = 4;

/** Nobody else serves what waits here, and a busy machine starts a pod slowly: whoever asks has a deadline of their own. */
const WAITING = { requests: 1_000, seconds: 120 };

/**
 * Describes the fleet of one machine in its home: one pool, whose pods are where the file of addresses says.
 *
 * @param settings members of the pool that are to be others than usual, as JSON (`MEDSERVE_LOCAL_POOL`)
 * @throws Error that says what is wrong with the settings
 */
export function writeLocalFleet(
  home: Home,
  { min, max }: PodRange,
  { MEDSERVE_LOCAL_POOL: settings = '' }: NodeJS.ProcessEnv = process.env,
): PoolDescription {
  const { fleet, pods, metrics, catalogue } = home.localFleet;
  const pool = {
    slots: SLOTS,
    waiting: WAITING,
    ...settingsOf(settings),
    name: LOCAL_POOL,
    models: ['*'],
    pods: [`file:${basename(pods)}`],
    // What the pods had last: asked for while none is there, also by a router that was started anew.
    catalogue: basename(catalogue),
    replicas: { min, max },
  };
  const text = JSON.stringify({ version: 1, pools: [pool] }, undefined, 2);
  const [described] = parse(text);
  mkdirSync(home.localFleet.folder, { recursive: true });
  writeWhole(fleet, `${text}\n`);
  for (const file of [pods, metrics]) writeWhole(file, '[]\n');
  if (!existsSync(catalogue)) writeWhole(catalogue, writeCatalogue([]));
  if (!described) throw new Error('a fleet without a pool');
  return described;
}

function parse(text: string): readonly PoolDescription[] {
  try {
    return parseFleet(text);
  } catch (cause) {
    throw new Error(`MEDSERVE_LOCAL_POOL cannot be used. ${(cause as Error).message}`, { cause });
  }
}

function settingsOf(text: string): object {
  if (text === '') return {};
  try {
    const settings: unknown = JSON.parse(text);
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) return settings;
  } catch {
    // Told below, like everything else that is no object.
  }
  throw new Error('MEDSERVE_LOCAL_POOL has to be an object as JSON, such as {"slots":8,"cooldownSeconds":60}');
}
