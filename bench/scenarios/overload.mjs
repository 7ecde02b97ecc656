import { atLeast, figure, ratio } from '../lib/figures.mjs';
import { slow } from '../lib/models.mjs';
import { mean, quantile } from '../lib/statistics.mjs';

const OVERLOAD = 5;
const DEADLINE_MS = 1_000;
/** Enough to keep the model busy, too few to wait long. */
const CALLERS_AT_PEAK = 4;

/** Shares of the arrivals. `stat` alone stays below what the model can do: nothing can serve more than that. */
const MIX = [
  { requestClass: 'stat', share: 0.1 },
  { requestClass: 'urgent', share: 0.1 },
  { requestClass: 'routine', share: 0.45 },
  { requestClass: 'research', share: 0.35 },
];

/** Answers inside the deadline, of those that ended while the load lasted. */
const goodOf = ({ totals, endsMs }, forMs) =>
  totals.reduce((count, ms, index) => count + (ms <= DEADLINE_MS && endsMs[index] <= forMs ? 1 : 0), 0);

const inTime = ({ totals }) => totals.filter((ms) => ms <= DEADLINE_MS).length;

export const overload = {
  name: 'overload',
  title: `${OVERLOAD} times more than can be served`,
  shows: `Requests of all classes arrive at random times, ${OVERLOAD} times as many as the model can do. Goodput counts answers inside the deadline of ${DEADLINE_MS} ms; its baseline is the peak, with just enough callers to keep the model busy.`,
  seconds: { full: 60, quick: 16 },
  async run(context) {
    const repository = `${context.folder}/models`;
    const model = await slow(repository);
    const platform = await context.platform({ repositories: [repository] });
    const load = await context.load(platform);
    const request = { model: model.name, inputs: model.inputs, deadlineMs: DEADLINE_MS };
    await load.probe({ ...request, deadlineMs: 0 }, 'tensors over native gRPC');
    const raw = await context.raw([model]);
    const forMs = context.ms(6_000, 3_000);
    const taken = [];
    const rounds = context.rounds(5, 2);
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      const { runMs } = await raw.measure(model.name, 300);
      const [peak] = await load.runAll([{ request, inFlight: CALLERS_AT_PEAK }], forMs / 2);
      const peakPerSecond = peak.perSecond;
      const streams = MIX.map(({ requestClass, share }, index) => ({
        request: { ...request, requestClass },
        perSecond: peakPerSecond * OVERLOAD * share,
        seed: 1 + round * MIX.length + index,
      }));
      const results = await load.runAll(streams, forMs);
      const good = results.reduce((sum, result) => sum + goodOf(result, forMs), 0);
      taken.push({ runMs, peakPerSecond, goodPerSecond: (good * 1000) / forMs, results });
    }
    const failures = {};
    for (const { results } of taken)
      for (const result of results)
        for (const [reason, count] of Object.entries(result.failures))
          failures[reason] = (failures[reason] ?? 0) + count;
    const sum = (index, pick) => taken.reduce((total, { results }) => total + pick(results[index]), 0);
    return {
      groups: [
        {
          title: 'Goodput over the peak',
          figures: [
            ratio({
              label: `at ${OVERLOAD} times the peak`,
              target: atLeast(0.9),
              measured: { unit: '1/s', rounds: taken.map(({ goodPerSecond }) => goodPerSecond) },
              baseline: { label: 'peak', unit: '1/s', rounds: taken.map(({ peakPerSecond }) => peakPerSecond) },
            }),
          ],
        },
        {
          title: 'Answered inside the deadline, by class, over all rounds',
          figures: MIX.map(({ requestClass }, index) =>
            figure({
              label: `${requestClass} (${sum(index, ({ sent }) => sent)} sent)`,
              unit: '%',
              rounds: [(100 * sum(index, inTime)) / sum(index, ({ sent }) => sent)],
              target: requestClass === 'stat' ? atLeast(99.9) : undefined,
            }),
          ),
        },
        {
          title: 'p99 of the answers, by class',
          figures: MIX.map(({ requestClass }, index) =>
            figure({
              label: requestClass,
              unit: 'ms',
              rounds: taken.map(({ results }) => quantile(results[index].totals, 0.99)),
            }),
          ),
        },
      ],
      notes: [
        `One run of the model takes ${mean(taken.map(({ runMs }) => runMs)).toFixed(1)} ms.`,
        `What was not answered: ${
          Object.entries(failures)
            .map(([reason, count]) => `${count} ${reason}`)
            .join(', ') || 'nothing'
        }.`,
      ],
    };
  },
};
