import { atMost, figure } from '../lib/figures.mjs';
import { startSink } from '../lib/grpc-sink.mjs';
import { startCopy } from '../lib/tcp-copy.mjs';
import { volume } from '../lib/models.mjs';
import { median, quantile } from '../lib/statistics.mjs';

const BYTES = 64 << 20;
const DOORS = [
  { door: 'oip-grpc', label: 'OIP gRPC', target: atMost(100) },
  { door: 'native', label: 'native gRPC', target: atMost(100) },
];

export const bigVolume = {
  name: 'big-volume',
  title: 'A volume of 64 MB over gRPC',
  shows:
    'Time of one call with a tensor of 64 MB, record and all, against one bare copy of as many bytes over TCP on the loopback, and beside one call to a server that only reads: the road has three such hops. Its model takes the largest of the numbers.',
  seconds: { full: 55, quick: 20 },
  async run(context) {
    const repository = `${context.folder}/models`;
    const model = await volume(repository);
    const request = { model: model.name, inputs: model.inputs };
    const raw = await context.raw([model]);
    const copy = await startCopy(BYTES);
    context.defer(() => copy.close());
    const sink = await startSink();
    context.defer(() => sink.close());
    const hop = await context.load(sink.target, 'oip-grpc');
    await hop.probe(request, 'a server that only reads');
    const platform = await context.platform({ repositories: [repository] });
    const doors = [];
    const notes = [];
    for (const { door, label, target } of DOORS) {
      context.say(`warming up: ${label}`);
      const load = await context.door(platform, door, request, notes);
      if (load !== undefined) doors.push({ label, target, load, taken: [] });
    }
    const runs = [];
    const copies = [];
    const hops = [];
    const rounds = context.rounds(5, 2);
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds}`);
      copies.push(await copy.measure(10));
      hops.push((await hop.run(request, { inFlight: 1, forMs: context.ms(1_500, 750) })).totals);
      runs.push((await raw.measure(model.name, 300)).runMs);
      for (const { load, taken } of doors)
        taken.push((await load.run(request, { inFlight: 1, forMs: context.ms(3_000, 1_500) })).totals);
    }
    const one = ({ label, target, taken }, q) =>
      figure({
        label,
        unit: 'ms',
        rounds: taken.map((totals) => quantile(totals, q)),
        target: q === 0.5 ? target : undefined,
        baseline: { label: 'one copy over TCP', unit: 'ms', rounds: copies },
      });
    const all = [...doors, { label: 'one hop of gRPC alone', target: undefined, taken: hops }];
    const each = (q) => all.map((door) => one(door, q));
    return {
      groups: [
        { title: 'p50 of a call', figures: each(0.5) },
        { title: 'p90 of a call', figures: each(0.9) },
      ],
      notes: [...notes, `The session alone took ${median(runs).toFixed(1)} ms of it.`],
    };
  },
};
