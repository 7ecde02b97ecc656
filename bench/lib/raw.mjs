import { startChild } from './child.mjs';
import { mean, median } from './statistics.mjs';

/**
 * Raw ONNX Runtime: processes that only run sessions, with one thread each.
 *
 * @param models `{ name, file, inputs: [{ name, datatype, shape }] }`
 * @param processes how many run at once: as many as the platform has instances of the model
 */
export async function startRaw(models, processes = 1) {
  const children = await Promise.all(
    Array.from({ length: processes }, () => startChild(new URL('raw-child.mjs', import.meta.url), [models])),
  );
  return {
    /** All processes at once for `forMs`: median of a run in ms, runs a second together, CPU milliseconds of a run. */
    measure: async (name, forMs) => {
      const answers = await Promise.all(children.map((child) => child.ask({ name, forMs })));
      return {
        runMs: median(answers.flatMap(({ timesMs }) => [...timesMs])),
        perSecond: answers.reduce((sum, { perSecond }) => sum + perSecond, 0),
        cpuMs: mean(answers.map(({ cpuMs }) => cpuMs)),
      };
    },
    close: () => Promise.all(children.map((child) => child.close())),
  };
}
