import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Milliseconds from nothing to the first answer of a process that only runs a session. */
export async function bareColdStart({ file, inputs }) {
  const began = performance.now();
  const child = fork(fileURLToPath(new URL('bare-cold-child.mjs', import.meta.url)), [file, JSON.stringify(inputs)]);
  // It disconnects when it has its answer: how long it takes to end is no part of it.
  await once(child, 'disconnect');
  const ms = performance.now() - began;
  if (child.exitCode === null) await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error('The bare process could not run the model.');
  return ms;
}
