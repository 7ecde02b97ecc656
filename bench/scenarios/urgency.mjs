import { figure } from '../lib/figures.mjs';
import { slow } from '../lib/models.mjs';
import { quantile, quantileCurve } from '../lib/statistics.mjs';

const QUEUE = 32;
const CLASSES = ['stat', 'urgent', 'routine', 'research'];

export const urgency = {
  name: 'urgency',
  title: 'How long each class waits while the queue of a model is full',
  shows: `${QUEUE} routine requests are always waiting for a model; one request of each class after the other asks for the same model. What each waits beyond an idle platform, in runs of the model: a request that goes before all others waits for the run under way.`,
  seconds: { full: 45, quick: 16 },
  async run(context) {
    const repository = `${context.folder}/models`;
    const model = await slow(repository);
    const request = { model: model.name, inputs: model.inputs };
    const platform = await context.platform({ repositories: [repository] });
    const probes = await context.load(platform);
    const crowd = await context.load(platform);
    await probes.probe(request, 'tensors over native gRPC');
    const raw = await context.raw([model]);
    const forMs = context.ms(8_000, 4_000);
    const rounds = context.rounds(4, 2);
    const taken = [];
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      const { runMs } = await raw.measure(model.name, 300);
      const idle = await probes.run(request, { inFlight: 1, forMs: forMs / 8 });
      const streams = CLASSES.map((requestClass) => ({
        request: { ...request, requestClass },
        inFlight: 1,
        pauseMs: 30,
      }));
      const [results, [crowded]] = await Promise.all([
        probes.runAll(streams, forMs),
        crowd.runAll([{ request: { ...request, requestClass: 'routine' }, inFlight: QUEUE }], forMs + 500),
      ]);
      refused += results.concat(crowded).reduce((sum, { sent, done }) => sum + sent - done, 0);
      const idleMs = quantile(idle.totals, 0.5);
      taken.push({ runMs, waits: results.map(({ totals }) => Array.from(totals, (ms) => Math.max(0, ms - idleMs))) });
    }
    const waitOf = (index, q, scale) => taken.map(({ waits, runMs }) => quantile(waits[index], q) / scale(runMs));
    const each = (q) =>
      CLASSES.map((label, index) =>
        figure({
          label,
          unit: 'runs',
          rounds: waitOf(index, q, (runMs) => runMs),
          measured: { unit: 'ms', rounds: waitOf(index, q, () => 1) },
          baseline: { label: 'one run', unit: 'ms', rounds: taken.map(({ runMs }) => runMs) },
        }),
      );
    return {
      groups: [
        { title: 'Waiting, p50', figures: each(0.5) },
        { title: 'Waiting, p99', figures: each(0.99) },
      ],
      curves: [
        {
          title: 'Waiting, all rounds together',
          unit: 'ms',
          curves: CLASSES.map((label, index) => ({
            label,
            points: quantileCurve(taken.flatMap(({ waits }) => waits[index])),
          })),
        },
      ],
      notes: [`No figure was promised here: the order is. ${refused} requests were refused.`],
    };
  },
};
