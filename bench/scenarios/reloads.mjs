import { setTimeout as sleep } from 'node:timers/promises';
import { NotOffered } from '../lib/load/load.mjs';
import { atLeast, atMost, figure } from '../lib/figures.mjs';
import { processesOf } from '../lib/process-tree.mjs';
import { replaceable } from '../lib/models.mjs';
import { median, quantile } from '../lib/statistics.mjs';

const PER_SECOND = 50;
const SLICE_MS = 2_000;
/** So that the reloads last long enough for a few thousand requests to meet them. */
const RELOAD_EVERY_MS = 200;

/** Reloads the model and waits until it is served again; resolves with the milliseconds. */
async function reload({ url, key }, name) {
  const began = performance.now();
  const answer = await fetch(`${url}/v2/repository/models/${name}/load`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(60_000),
  });
  const words = await answer.text();
  if (answer.status === 404 || answer.status === 405 || answer.status === 501)
    throw new NotOffered(`POST /v2/repository/models/M/load: ${answer.status} ${words.slice(0, 200)}`);
  if (!answer.ok) throw new Error(`a reload was answered ${answer.status} ${words.slice(0, 200)}`);
  return performance.now() - began;
}

export const reloads = {
  name: 'reloads',
  title: 'Reloads under traffic',
  shows: `The file of a model is replaced and the model loaded anew again and again, while ${PER_SECOND} requests a second arrive for it at random times. No request may fail. The baseline is the same traffic without reloads.`,
  seconds: { full: 60, quick: 18 },
  async run(context) {
    const repository = `${context.folder}/models`;
    const model = replaceable(repository, 'bench-reloaded');
    const request = { model: model.name, inputs: model.inputs };
    const platform = await context.platform({ repositories: [repository] });
    const load = await context.load(platform);
    await load.probe(request, 'a model in the layout of Triton');
    await reload(platform, model.name);
    const wanted = context.ms(200, 40);

    const quiet = [];
    const busy = [];
    const reloadMs = [];
    const hosts = new Set();
    let seed = 1;
    const slice = async () => {
      const [result] = await load.runAll([{ request, perSecond: PER_SECOND, seed: seed++ }], SLICE_MS);
      return result;
    };
    for (let index = 0; index < context.rounds(4, 2); index += 1) quiet.push(await slice());
    const patienceMs = performance.now() + 1000 * context.ms(150, 45);
    let isDone = false;
    const reloading = async () => {
      try {
        while (reloadMs.length < wanted && performance.now() < patienceMs) {
          const pause = sleep(RELOAD_EVERY_MS);
          model.replace();
          reloadMs.push(await reload(platform, model.name));
          for (const pid of processesOf(platform.pid, 'host')) hosts.add(pid);
          await pause;
          if (reloadMs.length % 20 === 0) context.say(`${reloadMs.length} of ${wanted} reloads`);
        }
      } finally {
        isDone = true;
      }
    };
    const traffic = async () => {
      while (!isDone) busy.push(await slice());
    };
    await Promise.all([reloading(), traffic()]);

    const errors = busy.map(({ sent, done }) => sent - done);
    const reasons = Object.entries(
      busy.reduce((sums, { failures }) => {
        for (const [reason, count] of Object.entries(failures)) sums[reason] = (sums[reason] ?? 0) + count;
        return sums;
      }, {}),
    );
    const totals = (slices, q) => slices.map((result) => quantile(result.totals, q));
    return {
      groups: [
        {
          title: 'Requests that failed',
          figures: [
            figure({
              label: `during ${reloadMs.length} reloads`,
              unit: 'errors',
              rounds: [errors.reduce((sum, count) => sum + count, 0)],
              target: atMost(0),
            }),
          ],
        },
        {
          title: 'Reloads done in the time',
          figures: [figure({ label: 'reloads', unit: 'reloads', rounds: [reloadMs.length], target: atLeast(wanted) })],
        },
        {
          title: 'Time of a request',
          figures: [0.5, 0.99].map((q) =>
            figure({
              label: `p${q * 100} during reloads`,
              unit: 'ms',
              rounds: totals(busy, q),
              baseline: { label: 'without', unit: 'ms', rounds: totals(quiet, q) },
            }),
          ),
        },
        { title: 'Time of a reload', figures: [figure({ label: 'median', unit: 'ms', rounds: [median(reloadMs)] })] },
      ],
      notes: [
        `${busy.reduce((sum, { sent }) => sum + sent, 0)} requests were sent during ${reloadMs.length} reloads, each of a file with other bytes; ${hosts.size} processes had the model in turn or waited for it.`,
        ...reasons.map(([reason, count]) => `${count} failed with ${reason}.`),
      ],
    };
  },
};
