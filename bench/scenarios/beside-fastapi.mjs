import { Skipped } from '../lib/context.mjs';
import { atLeast, figure, ratio } from '../lib/figures.mjs';
import { startSink } from '../lib/grpc-sink.mjs';
import { NotOffered } from '../lib/load/load.mjs';
import { identity } from '../lib/models.mjs';
import { cpuByRole, roadMs } from '../lib/process-tree.mjs';
import { median } from '../lib/statistics.mjs';
import { NoPeer, startFastApi } from '../peers/fastapi.mjs';

const IN_FLIGHT = [1, 16];

/** Doors of ours; promised are the two over gRPC. */
const DOORS = [
  { door: 'native+wire', label: 'native gRPC', isPromised: true },
  { door: 'oip-grpc+wire', label: 'OIP gRPC', isPromised: true },
  { door: 'oip-http', label: 'OIP HTTP, binary', isPromised: false },
];

async function openPeer(context, models) {
  try {
    const peer = await startFastApi(models, context.say);
    context.defer(() => peer.stop());
    return peer;
  } catch (error) {
    if (error instanceof NoPeer) throw new Skipped(error.message);
    throw error;
  }
}

/** Without the record, as the bare server has none; with it where this build, or the caller, wants it so. */
async function unrecordedWherePossible(context, repository, request) {
  const road = { repositories: [repository], request };
  const wanted = context.records.includes('off') ? ['off'] : ['on'];
  try {
    const [opened] = await context.recordedAndNot({ ...road, records: wanted });
    return opened;
  } catch (error) {
    if (!(error instanceof NotOffered)) throw error;
    const [opened] = await context.recordedAndNot({ ...road, records: ['on'] });
    return opened;
  }
}

const allOf = (cpu) => Object.values(cpu).reduce((sum, ms) => sum + ms, 0);

export const besideFastApi = {
  name: 'beside-fastapi',
  title: 'Beside a bare FastAPI and ONNX Runtime server',
  shows:
    'Requests a second and CPU of the servers a request at 4 kB, record off, beside a Python server of 40 lines that authenticates, checks, queues and batches nothing: two uvicorn workers, raw bytes over HTTP. In the same rounds, on the same cores, with the same load generator.',
  seconds: { full: 135, quick: 50 },
  async run(context) {
    const repository = `${context.folder}/models`;
    const model = await identity(repository);
    const request = { model: model.name, inputs: model.inputs };
    const peer = await openPeer(context, [model]);
    const peerLoad = await context.load(peer, 'raw-http');
    await peerLoad.probe(request, 'FastAPI');
    const { platform, record } = await unrecordedWherePossible(context, repository, request);
    const notes = [];
    const targets = [{ label: 'FastAPI', server: peer, load: peerLoad, cpuOf: allOf }];
    for (const { door, label, isPromised } of DOORS) {
      const load = await context.door(platform, door, request, notes);
      if (load !== undefined) targets.push({ label, isPromised, server: platform, load, cpuOf: roadMs });
    }
    // The library that both promised doors stand on, with nothing behind it: it reads 4 kB and answers three bytes. No door can be cheaper.
    const sink = await startSink();
    context.defer(() => sink.close());
    const sinkLoad = await context.load(sink.target, 'oip-grpc+wire');
    targets.push({ label: 'grpc-js and nothing behind it', server: sink, load: sinkLoad, cpuOf: allOf });
    // V8 takes some ten thousand requests until it has compiled what a request needs: before, the same code is half as fast.
    for (const { load } of targets) await load.run(request, { inFlight: 16, forMs: context.ms(15_000, 6_000) });
    const forMs = context.ms(1_500, 1_000);
    const cells = IN_FLIGHT.flatMap((inFlight) => targets.map((target) => ({ ...target, inFlight, taken: [] })));
    const rounds = context.rounds(5, 2);
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      for (const { inFlight, server, load, cpuOf, taken } of cells) {
        const before = cpuOf(cpuByRole(server.pid));
        const { done, perSecond, totals } = await load.run(request, { inFlight, forMs });
        const cpuMs = (cpuOf(cpuByRole(server.pid)) - before) / done;
        taken.push({ perSecond, perCpuSecond: 1000 / cpuMs, cpuMs, p50: median(totals) });
      }
    }
    const peerOf = (inFlight) => cells.find((cell) => cell.inFlight === inFlight && cell.load === peerLoad).taken;
    const pick = (taken, name) => taken.map((round) => round[name]);
    const ours = cells.filter(({ load }) => load !== peerLoad);
    const against = (title, name, unit) => ({
      title,
      figures: ours.map(({ label, inFlight, isPromised, taken }) =>
        ratio({
          label: `${label}, ${inFlight} in flight`,
          target: isPromised ? atLeast(1) : undefined,
          measured: { unit, rounds: pick(taken, name) },
          baseline: { label: 'FastAPI', unit, rounds: pick(peerOf(inFlight), name) },
        }),
      ),
    });
    return {
      groups: [
        against('Requests a second over those of FastAPI', 'perSecond', '1/s'),
        against('Requests a second of server CPU over those of FastAPI', 'perCpuSecond', '1/s'),
        {
          title: 'CPU of the servers a request',
          figures: cells.map(({ label, inFlight, taken }) =>
            figure({ label: `${label}, ${inFlight} in flight`, unit: 'ms', rounds: pick(taken, 'cpuMs') }),
          ),
        },
        {
          title: 'p50 of a request',
          figures: cells.map(({ label, inFlight, taken }) =>
            figure({ label: `${label}, ${inFlight} in flight`, unit: 'ms', rounds: pick(taken, 'p50') }),
          ),
        },
      ],
      notes: [
        ...notes,
        `The platform ran with the record ${record}. Its CPU is that of gateway, router and model host; FastAPI's is that of all its processes.`,
      ],
    };
  },
};
