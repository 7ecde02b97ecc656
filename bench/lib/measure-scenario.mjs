import { mkdirSync, rmSync } from 'node:fs';
import { Skipped, openContext } from './context.mjs';
import { NotOffered } from './load/load.mjs';
import { watchNoise } from './machine.mjs';

/** A scenario that takes this many times its length hangs. */
const PATIENCE = 4;

/** What the work resolves with, unless it takes longer than this or the signal comes first. */
async function within(ms, signal, work) {
  let timer;
  let interrupt;
  const givenUp = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${Math.round(ms / 1000)} s`)), ms);
    interrupt = () => reject(new Error('interrupted'));
    signal.addEventListener('abort', interrupt);
  });
  // Given up, it goes on until what it uses is closed under it: what it then says is of no interest.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, givenUp]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}

const statusOf = (error) => {
  if (error instanceof NotOffered)
    return { status: 'not offered', reason: `not offered by this build: ${error.message}` };
  if (error instanceof Skipped) return { status: 'skipped', reason: error.message };
  return { status: 'failed', reason: error.message };
};

/**
 * Runs one scenario and closes what it opened. Never throws for what the scenario did: a scenario that cannot be measured says
 * why, and the next one runs.
 */
export async function measureScenario(scenario, { options, folder, say, signal }) {
  const { name, title, shows, seconds, run } = scenario;
  mkdirSync(folder, { recursive: true });
  const context = openContext({ options, folder, say });
  const noise = watchNoise();
  const aboutMs = 1000 * (options.quick ? seconds.quick : seconds.full);
  const perRound = options.rounds === undefined ? 1 : Math.max(1, options.rounds / 3);
  let outcome;
  try {
    outcome = { status: 'measured', ...(await within(PATIENCE * aboutMs * perRound + 60_000, signal, run(context))) };
  } catch (error) {
    outcome = statusOf(error);
  }
  const conditions = noise();
  await context.close().catch((error) => {
    outcome = { ...outcome, ...statusOf(error) };
  });
  rmSync(folder, { recursive: true, force: true });
  return { name, title, shows, ...outcome, conditions };
}
