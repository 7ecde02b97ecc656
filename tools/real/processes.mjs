import { setTimeout as delay } from 'node:timers/promises';

export const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

export const ended = (child) =>
  hasEnded(child) ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()));

/** Ends a process: `signal`, and SIGKILL for what has not gone after `graceMs`. Resolves when it is gone. */
export async function end(child, signal = 'SIGTERM', graceMs = 15_000) {
  if (hasEnded(child)) return;
  const gone = ended(child);
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(killer);
}

const groupLives = (pid) => {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
};

/** Ends whatever is left of the process group of a detached child, grandchildren included. */
export async function endGroup(pid, graceMs = 15_000) {
  for (const [signal, waitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 2_000],
  ]) {
    if (!groupLives(pid)) return;
    process.kill(-pid, signal);
    for (let waitedMs = 0; waitedMs < waitMs && groupLives(pid); waitedMs += 50) await delay(50);
  }
}
