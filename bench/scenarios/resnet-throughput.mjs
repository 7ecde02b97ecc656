import { atLeast, figure, ratio } from '../lib/figures.mjs';
import { imageFloats, resnet } from '../lib/models.mjs';
import { cpuByRole, cpuPerRequest, roadMs } from '../lib/process-tree.mjs';
import { mean } from '../lib/statistics.mjs';
import { warmRoad } from '../lib/warm-road.mjs';

const MODELS = [
  { name: 'resnet-f32', datatype: 'FP32', count: 2 },
  { name: 'resnet-u8', datatype: 'UINT8', count: 2 },
  { name: 'resnet-f32-one', datatype: 'FP32', count: 1 },
];

/** Of each case: which road, which model, what it is held against, and whether it is taken with the record and without. */
const CASES = [
  { shape: 'split', model: 'resnet-f32', label: 'float32, 602 kB', target: 0.9, isTakenTwice: true },
  { shape: 'split', model: 'resnet-u8', label: 'uint8, 150 kB', target: 0.93, isTakenTwice: true },
  { shape: 'split', model: 'resnet-f32-one', label: 'float32, a core free', target: 0.99 },
  { shape: 'single', model: 'resnet-f32', label: 'float32, single shape', target: 0.94 },
];

/** The cases by the platform that they need. */
function casesByRoad({ quick, records }) {
  const roads = new Map();
  for (const entry of CASES) {
    for (const record of entry.isTakenTwice && !quick ? records : [records[0]]) {
      const key = `${entry.shape} ${record}`;
      if (!roads.has(key)) roads.set(key, { shape: entry.shape, record, entries: [] });
      roads.get(key).entries.push({ ...entry, label: `${entry.label}, record ${record}` });
    }
  }
  return [...roads.values()];
}

const requestOf = (model) => ({ model: model.name, inputs: model.inputs });

/** Saturated, between two halves of the baseline, so that a machine that speeds up or slows down favours neither side. */
async function measureRound({ model, raw, load, platform, ms }) {
  const first = await raw.measure(model.name, ms.raw);
  const before = cpuByRole(platform.pid);
  const { done, perSecond } = await load.run(requestOf(model), { inFlight: model.count * 3, forMs: ms.platform });
  const cpu = cpuPerRequest(before, cpuByRole(platform.pid), done);
  const second = await raw.measure(model.name, ms.raw);
  return {
    perSecond,
    rawPerSecond: mean([first.perSecond, second.perSecond]),
    efficiency: mean([first.cpuMs, second.cpuMs]) / roadMs(cpu),
  };
}

export const resnetThroughput = {
  name: 'resnet-throughput',
  title: 'A ResNet-18 through gateway, router and host, saturated',
  shows:
    'Pictures a second of a net of the size of ResNet-18, with as many runs at once as there are instances, over raw ONNX Runtime with as many processes on the same cores. The load generator runs on them too.',
  seconds: { full: 245, quick: 58 },
  async run(context) {
    const repository = `${context.folder}/models`;
    context.say('writing the models');
    const models = new Map(MODELS.map((model) => [model.name, { ...model, ...resnet(repository, model) }]));
    const empty = await imageFloats(repository);
    const one = await context.raw([models.get('resnet-f32-one')], 1);
    const two = await context.raw([models.get('resnet-f32'), models.get('resnet-u8')], 2);
    const ms = { raw: context.ms(1_200, 500), platform: context.ms(4_000, 1_500) };
    const cells = [];
    for (const { shape, record, entries } of casesByRoad(context)) {
      const [road] = await context.recordedAndNot({
        repositories: [repository],
        request: requestOf(models.get(entries[0].model)),
        shape,
        records: [record],
        door: 'native+wire',
      });
      cells.push(...entries.map((entry) => ({ ...entry, ...road, model: models.get(entry.model), taken: [] })));
    }
    for (const { model, load, label } of cells) {
      context.say(`warming up: ${label}`);
      await load.run(requestOf(model), { inFlight: model.count * 3, forMs: context.ms(2_000, 1_000) });
    }
    for (const load of new Set(cells.map((cell) => cell.load))) await warmRoad(context, load, requestOf(empty));
    const rounds = context.rounds(4, 2);
    for (let round = 0; round < rounds; round += 1) {
      for (const { model, load, platform, taken, label } of cells) {
        context.say(`round ${round + 1} of ${rounds}: ${label}`);
        taken.push(await measureRound({ model, raw: model.count === 1 ? one : two, load, platform, ms }));
      }
    }
    return {
      groups: [
        {
          title: 'Throughput over raw ONNX Runtime on the same cores',
          figures: cells.map(({ label, target, taken, model }) =>
            ratio({
              label,
              target: atLeast(target),
              measured: { unit: '1/s', rounds: taken.map(({ perSecond }) => perSecond) },
              baseline: {
                label: `raw, ${model.count === 1 ? 'one process' : 'two processes'}`,
                unit: '1/s',
                rounds: taken.map(({ rawPerSecond }) => rawPerSecond),
              },
            }),
          ),
        },
        {
          title: "Share of the road's CPU that is inference (gateway, router and host)",
          figures: cells.map(({ label, taken }) =>
            figure({ label, unit: 'x', rounds: taken.map(({ efficiency }) => efficiency) }),
          ),
        },
      ],
    };
  },
};
