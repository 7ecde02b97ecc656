import { atMost, figure } from '../lib/figures.mjs';
import { identity, imageBytes, imageFloats } from '../lib/models.mjs';
import { cpuByRole, cpuPerRequest, roadMs } from '../lib/process-tree.mjs';
import { median, quantile, quantileCurve } from '../lib/statistics.mjs';

const SIZES = [
  { size: '4 kB f32', write: identity, targetMs: 0.7 },
  { size: '150 kB u8', write: imageBytes, targetMs: 1.0 },
  { size: '602 kB f32', write: imageFloats, targetMs: 1.9 },
];
/** Over gRPC with the client that a caller would have; over HTTP with next to none. */
const DOORS = [
  { door: 'native', through: 'native gRPC' },
  { door: 'oip-http', through: 'OIP HTTP' },
];
const IN_FLIGHT = 8;

const commitsOf = (phases, index) => (phases.accept?.[index] ?? 0) + (phases.complete?.[index] ?? 0);

/** One size, one door, one round: `session.run`, then one request at a time, then several at once. */
async function measureRound({ model, raw, load, platform, ms }) {
  const request = { model: model.name, inputs: model.inputs };
  const bare = await raw.measure(model.name, ms.bare);
  const measured = async (stream) => {
    const before = cpuByRole(platform.pid);
    const result = await load.run(request, stream);
    return { ...result, cpuMs: roadMs(cpuPerRequest(before, cpuByRole(platform.pid), result.done)) };
  };
  const alone = await measured({ inFlight: 1, forMs: ms.alone });
  const crowd = await measured({ inFlight: IN_FLIGHT, forMs: ms.crowd });
  return {
    runMs: bare.runMs,
    runCpuMs: bare.cpuMs,
    totals: alone.totals,
    added: alone.totals.map((total, index) => total - commitsOf(alone.phases, index) - bare.runMs),
    commitsMs: median(alone.totals.map((_, index) => commitsOf(alone.phases, index))),
    cpuAlone: alone.cpuMs,
    cpuCrowd: crowd.cpuMs,
    perSecond: crowd.perSecond,
  };
}

/** The groups of one platform: with the record, or without. */
function groupsOf(record, cells) {
  const suffix = `record ${record}`;
  const bare = (taken, pick) => ({ label: 'session.run', unit: 'ms', rounds: taken.map(pick) });
  const each = (makeOne) => cells.map((cell) => makeOne(cell.taken, `${cell.size}, ${cell.through}`, cell));
  const added = (q, target) =>
    each((taken, label, { targetMs }) =>
      figure({
        label,
        unit: 'ms',
        rounds: taken.map((round) => quantile(round.added, q)),
        target: target(targetMs),
        measured: { unit: 'ms', rounds: taken.map(({ totals }) => quantile(totals, q)) },
        baseline: bare(taken, ({ runMs }) => runMs),
      }),
    );
  const cpu = (name) =>
    each((taken, label) =>
      figure({
        label,
        unit: 'ms',
        rounds: taken.map((round) => round[name]),
        baseline: bare(taken, ({ runCpuMs }) => runCpuMs),
      }),
    );
  const plain = (unit, name) =>
    each((taken, label) => figure({ label, unit, rounds: taken.map((round) => round[name]) }));
  return [
    { title: `Added p50, one request at a time, ${suffix}`, figures: added(0.5, atMost) },
    { title: `Added p99, one request at a time, ${suffix}`, figures: added(0.99, () => undefined) },
    ...(record === 'on'
      ? [{ title: 'The two durable commits of a request, p50', figures: plain('ms', 'commitsMs') }]
      : []),
    { title: `CPU of the road a request, one at a time, ${suffix}`, figures: cpu('cpuAlone') },
    { title: `CPU of the road a request, ${IN_FLIGHT} in flight, ${suffix}`, figures: cpu('cpuCrowd') },
    { title: `Requests a second, ${IN_FLIGHT} in flight, ${suffix}`, figures: plain('1/s', 'perSecond') },
  ];
}

const curvesOf = (record, cells) => ({
  title: `Added time, all rounds together, record ${record}`,
  unit: 'ms',
  curves: cells.map(({ size, through, taken }) => ({
    label: `${size}, ${through}`,
    points: quantileCurve(taken.flatMap(({ added }) => [...added])),
  })),
  targets: SIZES.map(({ size, targetMs }) => ({ share: 0.5, value: targetMs, label: `target of ${size}` })),
});

export const addedLatency = {
  name: 'added-latency',
  title: 'What the platform adds to session.run',
  shows:
    'The time a caller sees, less the two durable commits, less a bare session.run of the same tensors in the same round, with models that do next to nothing. With the record on; apart, with it off. The road is gateway, router and model host.',
  seconds: { full: 180, quick: 45 },
  async run(context) {
    const repository = `${context.folder}/models`;
    const models = [];
    for (const { write } of SIZES) models.push(await write(repository));
    const [small] = models;
    const requestOf = (model) => ({ model: model.name, inputs: model.inputs });
    const raw = await context.raw(models);
    const notes = context.shape === 'split' ? [] : ['The targets are those of the split shape.'];
    const roads = [];
    for (const { record, platform } of await context.recordedAndNot({
      repositories: [repository],
      request: requestOf(small),
    })) {
      const cells = [];
      for (const { door, through } of DOORS) {
        const load = await context.door(platform, door, requestOf(small), notes);
        if (load === undefined) continue;
        for (const [index, { size, targetMs }] of SIZES.entries())
          cells.push({ size, targetMs, through, load, platform, model: models[index], taken: [] });
      }
      roads.push({ record, cells });
    }
    const ms = { bare: 200, alone: context.ms(1_300, 600), crowd: context.ms(700, 400) };
    const cells = roads.flatMap((road) => road.cells);
    context.say('warming up');
    // V8 takes some ten thousand requests until it has compiled what a request needs: before, the same code is half as fast.
    for (const { load, model } of cells)
      await load.run(requestOf(model), { inFlight: IN_FLIGHT, forMs: context.ms(6_000, 1_000) });
    const rounds = context.rounds(4, 2);
    // Round by round over all roads, doors and sizes, so that a noisy minute falls on all of them alike.
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      for (const cell of cells) cell.taken.push(await measureRound({ ...cell, raw, ms }));
    }
    return {
      groups: roads.flatMap(({ record, cells: own }) => groupsOf(record, own)),
      curves: roads.map(({ record, cells: own }) => curvesOf(record, own)),
      notes,
    };
  },
};
