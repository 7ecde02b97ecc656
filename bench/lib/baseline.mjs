import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { V8_FLAGS } from './flags.mjs';

/** Starts the process that only runs sessions. `measure` resolves with the time of each run and the CPU of one, in ms. */
export async function startBaseline(repository) {
  const child = fork(fileURLToPath(new URL('baseline-child.mjs', import.meta.url)), [repository], {
    execArgv: V8_FLAGS,
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error('The process of the baseline ended.');
  });
  // It ends with the bench too, when nobody waits for it any more.
  ended.catch(() => undefined);
  const heard = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  await heard();
  return {
    measure: async (name, forMs) => {
      const answer = heard();
      child.send({ name, forMs });
      return answer;
    },
    close: () => {
      child.disconnect();
    },
  };
}
