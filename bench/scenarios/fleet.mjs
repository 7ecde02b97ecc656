import { compare } from '../fleet/compare.mjs';
import { ReplicaDecider, KIND_DEFAULTS } from '../fleet/product.mjs';
import { summaryOf } from '../fleet/summary.mjs';
import { POLICIES } from '../fleet/policies/index.mjs';
import { atMost, figure } from '../lib/figures.mjs';

const WHOLE = { pools: 300, gpus: 10_000 };
const SMALL = { pools: 60, gpus: 2_000 };
const REST = { seed: 1, tickS: 2, weekday: 'monday', failures: 1, price: 2 };

const DECISIONS = 200_000;

/** Microseconds of CPU that one second of one pool takes: told and decided, a day of ups and downs. */
function decisionUs() {
  const decider = new ReplicaDecider({
    ...KIND_DEFAULTS.encoder,
    slotsPerReplica: 8,
    minReplicas: 0,
    maxReplicas: 200,
    floors: [{ days: ['mon'], fromMinute: 400, toMinute: 1_000, timeZone: 'Europe/Berlin', replicas: 3 }],
    idleWarmth: 'cold',
  });
  let replicas = 0;
  const began = process.cpuUsage();
  for (let second = 0; second < DECISIONS; second += 1) {
    const slots = 300 + 200 * Math.sin(second / 500) + 50 * Math.sin(7 * second);
    decider.observe(second, slots);
    const nowMs = 1_000 * (second + 1);
    const situation = { nowMs, slots, active: true, idleMs: 0, readyReplicas: replicas, startingReplicas: 0, replicas };
    ({ replicas } = decider.decide(situation));
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / DECISIONS;
}

async function secondsOf(work) {
  const beganMs = performance.now();
  await work();
  return (performance.now() - beganMs) / 1_000;
}

export const fleet = {
  name: 'fleet',
  title: 'A day of the fleet',
  shows:
    'How long a simulated Monday of 10,000 GPUs takes, what one decision costs, and what the product decides beside Knative, an HPA, capacity for the peak, and who knows the day. `node bench/fleet/run.mjs --html FILE` is the same as a page.',
  seconds: { full: 240, quick: 40 },
  async run(context) {
    const rounds = Array.from({ length: context.rounds(5, 2) }, decisionUs);
    const size = context.quick ? SMALL : WHOLE;
    context.say(`one day of ${size.gpus} GPUs`);
    const alone = await secondsOf(() => compare({ ...REST, ...size, policies: ['ours'], threads: 1 }, context.say));
    const options = { ...REST, ...size, policies: POLICIES.map(({ name }) => name), threads: 2 };
    const compared = await compare(options, context.say);
    const summaries = compared.policies.map((policy) => summaryOf(policy, compared.options));
    const peak = summaries.find(({ policy }) => policy === 'static');
    const of = (pick, unit) => summaries.map((each) => figure({ label: each.title, unit, rounds: [pick(each)] }));
    return {
      groups: [
        {
          title: 'What it takes',
          figures: [
            figure({ label: 'one decision and its second', unit: 'us', rounds, target: atMost(2) }),
            figure({
              label: `a day of ${size.gpus} GPUs, made and simulated`,
              unit: 's',
              rounds: [alone],
              target: atMost(60),
            }),
          ],
        },
        { title: 'Stat requests that were late', figures: of(({ classes: [stat] }) => 100 * (1 - stat.inTime), '%') },
        { title: 'GPU-hours over those of the peak', figures: of(({ gpuHours }) => gpuHours / peak.gpuHours, 'x') },
        { title: 'Replica starts', figures: of(({ starts }) => starts, 'starts') },
      ],
      curves: [],
      notes: ['The day is made: rates, shapes and service times are assumptions (docs/fleet-simulator.md).'],
    };
  },
};
