import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The V8 flags that the platform gives its own services, so that both sides of a ratio run alike. */
const V8_FLAGS = [
  '--single-threaded-gc',
  '--no-incremental-marking',
  '--external-memory-accounted-in-global-limit',
  '--max-old-space-size=2048',
];

/** The memory setting of the services: without it a caller takes the memory of every large message from the kernel anew. */
const KEEP_MEMORY = 'glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296';

const CLOSE_WITHIN_MS = 5_000;

/**
 * Starts a helper of the bench that says a first word when it is ready, and then answers one message at a time.
 *
 * @param file a URL
 * @param args text, or what JSON can say
 */
export async function startChild(file, args) {
  const words = args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)));
  const child = fork(fileURLToPath(file), words, {
    execArgv: V8_FLAGS,
    env: { GLIBC_TUNABLES: KEEP_MEMORY, ...process.env },
    serialization: 'advanced',
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`A process of the bench ended: ${fileURLToPath(file)}`);
  });
  // It ends with the bench too, when nobody waits for it any more.
  ended.catch(() => undefined);
  const heard = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  await heard();
  return {
    pid: child.pid,
    ask: (question) => {
      const answer = heard();
      child.send(question);
      return answer;
    },
    close: async () => {
      if (child.connected) child.disconnect();
      // It has nothing left to say, and may be held up in the destructors of a native library.
      const cut = setTimeout(() => child.kill('SIGKILL'), CLOSE_WITHIN_MS);
      await ended.catch(() => undefined);
      clearTimeout(cut);
    },
  };
}
