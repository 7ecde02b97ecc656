import { cpuByRole, cpuPerRequest } from './process-cpu.mjs';
import { median } from './statistics.mjs';

/**
 * One round of one case: baseline, then one request at a time, then several at once; all in milliseconds. `added` is what the
 * platform adds to a bare run, request by request, without the two commits that make the record durable.
 */
export async function measureRound({ entry, message, baseline, load, platform, lengths }) {
  const raw = await baseline.measure(entry.name, lengths.baselineMs);
  const runMs = median(raw.timesMs);

  const measured = async (options) => {
    const before = cpuByRole(platform.pid);
    const { samples, elapsedMs } = await load.run(message, options);
    return { samples, elapsedMs, cpuMs: cpuPerRequest(before, cpuByRole(platform.pid), samples.length) };
  };
  const alone = await measured({ forMs: lengths.aloneMs, inFlight: 1 });
  const crowd = await measured({ forMs: lengths.togetherMs, inFlight: lengths.inFlight });

  const of = (name) => median(alone.samples.map((sample) => sample[name]));
  return {
    runMs,
    runCpuMs: raw.cpuMs,
    added: alone.samples.map(({ totalMs, accept, complete }) => totalMs - accept - complete - runMs),
    totals: alone.samples.map(({ totalMs }) => totalMs),
    acceptP50Ms: of('accept'),
    completeP50Ms: of('complete'),
    dispatchP50Ms: of('dispatch'),
    cpuAloneMs: alone.cpuMs,
    perSecond: (crowd.samples.length * 1000) / crowd.elapsedMs,
    togetherP50Ms: median(crowd.samples.map(({ totalMs }) => totalMs)),
    cpuTogetherMs: crowd.cpuMs,
  };
}
