import { startChild } from '../child.mjs';

/** What the platform answered instead of an answer. */
export class NotOffered extends Error {}

const NOT_OFFERED = new Set(['UNIMPLEMENTED', '404', '405', '501', 'model_not_found', 'unsupported', 'NOT_FOUND']);

const describe = (failures, detail) =>
  `${Object.entries(failures)
    .map(([reason, count]) => `${count} x ${reason}`)
    .join(', ')}${detail === undefined ? '' : ` (${detail})`}`;

/**
 * A load generator in a process of its own.
 *
 * @param target `{ door, grpc | url, key }`; door: `native`, `oip-grpc`, `oip-http` or `raw-http`; over gRPC with `+wire` behind it
 *   the caller that costs next to nothing and gives no reasons for failures
 */
export async function openLoad(target) {
  const child = await startChild(new URL('load-child.mjs', import.meta.url), [target]);
  const runAll = (streams, forMs) => child.ask({ streams, forMs });
  const load = {
    pid: child.pid,
    /**
     * Runs streams side by side, each `{ request, inFlight }` (closed loop) or `{ request, perSecond, seed }` (open loop); gives
     * back one result each, failures counted by reason.
     */
    runAll,
    /** One stream of which every request has to be answered. @throws Error with what was answered instead */
    run: async (request, { forMs, ...stream }) => {
      const [result] = await runAll([{ request, ...stream }], forMs);
      if (Object.keys(result.failures).length > 0)
        throw new Error(`requests to ${request.model} failed: ${describe(result.failures, result.failureDetail)}`);
      return result;
    },
    /**
     * One request, to see that the road is there and to load the model. @throws NotOffered when this build has no such door or
     * does not serve such a model; Error for another refusal
     */
    probe: async (request, what) => {
      const [{ failures, failureDetail }] = await runAll([{ request, inFlight: 1, count: 1, isProbe: true }], 60_000);
      const [reason] = Object.keys(failures);
      if (reason === undefined) return;
      if (NOT_OFFERED.has(reason)) throw new NotOffered(`${what}: ${describe(failures, failureDetail)}`);
      throw new Error(`${what}: ${describe(failures, failureDetail)}`);
    },
    close: () => child.close(),
  };
  return load;
}
