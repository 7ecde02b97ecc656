import { setPriority } from 'node:os';

/**
 * Of 19; the weight of a thread that passes requests on is then three times as large (sched(7), "The nice value"). More would starve the
 * models of who asks on his own machine: a browser that draws by software gives its threads -8 where it may.
 */
const NICE = 5;

/**
 * Lets the threads that pass requests on go first. What computes for milliseconds gives its core away the moment one of them wants it, and
 * loses nothing while none does: a request that waits for a core behind a run waits as long as the run, and so do all that the run itself
 * waits for (`bench`, `light-while-saturated`).
 *
 * Of the calling thread, and of threads that it starts from then on. Only on Linux does a thread have a nice value of its own
 * (setpriority(2), "C library/kernel differences"); elsewhere it would be the process's, and nothing is done.
 */
export function giveWay(): void {
  if (process.platform === 'linux') setPriority(NICE);
}
