import { atMost, figure } from '../lib/figures.mjs';
import { identity, resnet } from '../lib/models.mjs';
import { median, quantile, quantileCurve } from '../lib/statistics.mjs';
import { warmRoad } from '../lib/warm-road.mjs';

export const lightWhileSaturated = {
  name: 'light-while-saturated',
  title: 'A light request while a heavy model saturates the machine',
  shows:
    'Time of a 4 kB request to a model that does next to nothing, sent one at a time with pauses, while another model of the size of ResNet-18 keeps every core busy; the baseline is the same request on the idle platform.',
  seconds: { full: 95, quick: 38 },
  async run(context) {
    const repository = `${context.folder}/models`;
    context.say('writing the models');
    const light = await identity(repository);
    const heavy = resnet(repository, { name: 'resnet-u8', datatype: 'UINT8', count: 2 });
    const request = { model: light.name, inputs: light.inputs };
    const heavyRequest = { model: heavy.name, inputs: heavy.inputs };
    const forMs = context.ms(3_000, 1_500);
    const stream = { inFlight: 1, pauseMs: 5, forMs };
    const rounds = context.rounds(5, 2);
    const roads = [];
    for (const { record, platform, load } of await context.recordedAndNot({ repositories: [repository], request })) {
      const heavyLoad = await context.load(platform, 'native+wire');
      await heavyLoad.probe(heavyRequest, 'a model in the layout of Triton');
      await warmRoad(context, load, request);
      const idle = [];
      const busy = [];
      for (let round = 0; round < rounds; round += 1) {
        context.say(`round ${round + 1} of ${rounds}, record ${record}`);
        idle.push((await load.run(request, { ...stream, forMs: forMs / 3 })).totals);
        const [{ totals }] = await Promise.all([
          load.run(request, stream),
          heavyLoad.run(heavyRequest, { inFlight: 6, forMs: forMs + 500 }),
        ]);
        busy.push(totals);
      }
      roads.push({ record, idle, busy });
    }
    const each = (q, targetMs, title) => ({
      title,
      figures: roads.map(({ record, idle, busy }) =>
        figure({
          label: `record ${record}`,
          unit: 'ms',
          rounds: busy.map((totals) => quantile(totals, q)),
          target: atMost(targetMs),
          baseline: { label: 'idle', unit: 'ms', rounds: idle.map((totals) => quantile(totals, q)) },
        }),
      ),
    });
    return {
      groups: [each(0.5, 2, 'p50 while saturated'), each(0.99, 10, 'p99 while saturated')],
      curves: [
        {
          title: 'All rounds together',
          unit: 'ms',
          curves: roads.flatMap(({ record, idle, busy }) => [
            { label: `saturated, ${record}`, points: quantileCurve(busy.flatMap((totals) => [...totals])) },
            { label: `idle, ${record}`, points: quantileCurve(idle.flatMap((totals) => [...totals])) },
          ]),
          targets: [
            { share: 0.5, value: 2, label: 'target of the p50' },
            { share: 0.99, value: 10, label: 'target of the p99' },
          ],
        },
      ],
      notes: [`Median time on the idle platform: ${median(roads[0].idle.map(median)).toFixed(2)} ms.`],
    };
  },
};
