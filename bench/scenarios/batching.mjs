import { atLeast, atMost, figure, ratio } from '../lib/figures.mjs';
import { batchable, identity } from '../lib/models.mjs';
import { median } from '../lib/statistics.mjs';
import { warmRoad } from '../lib/warm-road.mjs';

const CLIENTS = 16;
const BATCHED = ['dynamic_batching { }'];

/** Of each net: what batching has to gain with many callers. */
const NETS = [
  { net: 'mlp', label: 'weight-bound MLP, 4 x 2,048', target: 5, penalty: true },
  { net: 'conv', label: 'convolutional net, ResNet-18', target: 1, penalty: false },
];

/** The same net twice, with dynamic batching and without, in turns within the round. */
async function measureRound({ load, pair, ms }) {
  const perSecond = async (model, inFlight) => {
    const result = await load.run({ model: model.name, inputs: model.inputs }, { inFlight, forMs: ms });
    return { rate: result.perSecond, p50: median(result.totals) };
  };
  const [plain, batched] = [await perSecond(pair.plain, CLIENTS), await perSecond(pair.batched, CLIENTS)];
  const [plainAlone, batchedAlone] = [await perSecond(pair.plain, 1), await perSecond(pair.batched, 1)];
  return { plain, batched, plainAlone, batchedAlone };
}

export const batching = {
  name: 'batching',
  title: 'Batching while busy',
  shows: `Requests a second of ${CLIENTS} callers with dynamic batching over without, and what batching costs a caller who is alone. The same net is served twice, with dynamic_batching in config.pbtxt and without.`,
  seconds: { full: 85, quick: 35 },
  async run(context) {
    const repository = `${context.folder}/models`;
    context.say('writing the models');
    const pairs = NETS.map(({ net }) => ({
      plain: batchable(repository, `${net}-plain`, net, []),
      batched: batchable(repository, `${net}-batched`, net, BATCHED),
    }));
    const empty = await identity(repository);
    const platform = await context.platform({ repositories: [repository] });
    const load = await context.load(platform, 'native+wire');
    const emptyRequest = { model: empty.name, inputs: empty.inputs };
    await load.probe(emptyRequest, 'a package');
    await warmRoad(context, load, emptyRequest);
    for (const pair of pairs) {
      for (const model of [pair.plain, pair.batched]) {
        context.say(`warming up ${model.name}`);
        const request = { model: model.name, inputs: model.inputs };
        await load.probe(request, 'a model in the layout of Triton');
        await load.run(request, { inFlight: CLIENTS, forMs: 1_000 });
      }
    }
    const rounds = context.rounds(4, 2);
    const taken = pairs.map(() => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, pair] of pairs.entries()) {
        context.say(`round ${round + 1} of ${rounds}: ${NETS[index].label}`);
        taken[index].push(await measureRound({ load, pair, ms: context.ms(1_500, 900) }));
      }
    }
    const side = (index, name, pick) => taken[index].map((round) => pick(round[name]));
    const rate = ({ rate: perSecond }) => perSecond;
    const p50 = ({ p50: ms }) => ms;
    return {
      groups: [
        {
          title: `Gain of ${CLIENTS} callers`,
          figures: NETS.map(({ label, target }, index) =>
            ratio({
              label,
              target: atLeast(target),
              measured: { unit: '1/s', rounds: side(index, 'batched', rate) },
              baseline: { label: 'unbatched', unit: '1/s', rounds: side(index, 'plain', rate) },
            }),
          ),
        },
        {
          title: 'Penalty of a caller who is alone',
          figures: NETS.map(({ label, penalty }, index) => {
            const measured = side(index, 'batchedAlone', p50);
            const baseline = side(index, 'plainAlone', p50);
            return figure({
              label,
              unit: '%',
              rounds: measured.map((ms, round) => 100 * (ms / baseline[round] - 1)),
              target: penalty ? atMost(4) : undefined,
              measured: { unit: 'ms', rounds: measured },
              baseline: { label: 'unbatched', unit: 'ms', rounds: baseline },
            });
          }),
        },
        {
          title: `p50 of ${CLIENTS} callers`,
          figures: NETS.map(({ label }, index) =>
            figure({
              label,
              unit: 'ms',
              rounds: side(index, 'batched', p50),
              baseline: { label: 'unbatched', unit: 'ms', rounds: side(index, 'plain', p50) },
            }),
          ),
        },
      ],
    };
  },
};
