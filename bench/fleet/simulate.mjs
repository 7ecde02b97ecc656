import { CLASSES } from './classes.mjs';
import { Cluster, GPUS_PER_NODE } from './cluster.mjs';
import { mix, randomOf } from './random.mjs';
import { SimulatedPool } from './simulated-pool.mjs';
import { Tally } from './tally.mjs';

/** GPU-hours between two failures that take a node: 419 in 54 days of 16,384 GPUs (The Llama 3 Herd of Models, section 3.3.4). */
const NODE_FAILURE_GPU_HOURS = 50_000;
/** Replica-hours between two crashes of a model's process: an assumption. */
const CRASH_REPLICA_HOURS = 1_000;
const SERIES_S = 60;
/** The day begins with what its first minutes ask: the night before is not simulated. */
const FIRST_S = 900;
const FIRST_LOAD = 0.8;

const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const chooseByReady = (pools, random) => {
  let left = random() * pools.reduce((sum, { replicas }) => sum + replicas.ready, 0);
  return pools.find(({ replicas }) => (left -= replicas.ready) < 0);
};

function fail({ tick, pools, cluster, random, hours, failures, counted }) {
  const ready = pools.reduce((sum, { replicas }) => sum + replicas.ready, 0);
  if (random() < (failures * hours * cluster.nodes * GPUS_PER_NODE) / NODE_FAILURE_GPU_HOURS) {
    counted.nodes += 1;
    for (let lost = cluster.lose(); lost > 0; lost -= 1) {
      const pool = chooseByReady(pools, random);
      // Not everything on the node served: what did not is lost as a GPU only.
      if (pool === undefined) cluster.give(-1);
      else pool.die(tick, 1, true);
    }
  }
  if (random() < (failures * hours * ready) / CRASH_REPLICA_HOURS) {
    counted.replicas += 1;
    chooseByReady(pools, random)?.die(tick, 1, false);
  }
}

/**
 * One day of a fleet under one policy.
 *
 * @param fleet pools as `makeFleet` makes them, each with `maxReplicas`
 * @param day `{ ticks, tickS, arrivals }`
 * @param ideal slots that each pool asks for at each tick
 * @param failures factor on the usual number of failures; 0: none
 * @param watched indices of pools whose own series are kept
 * @returns what the report tells of a policy; the same for the same arguments
 */
export function simulate({
  fleet,
  day,
  ideal,
  policy,
  seed,
  gpus,
  startMs,
  failures = 1,
  watched = [],
  change,
  say = () => undefined,
}) {
  const { ticks, tickS, arrivals } = day;
  const tally = new Tally(tickS);
  const firstSlots = ideal.map((slots) => meanOf(slots.subarray(0, Math.ceil(FIRST_S / tickS))));
  const contexts = fleet.map((_, index) => ({
    tickS,
    startMs,
    phase: (mix(seed, 61, index) % 1_000) / 1_000,
    firstSlots: firstSlots[index],
    ideal: ideal[index],
    change,
  }));
  const deciders = fleet.map((pool, index) => policy.of(pool, contexts[index]));
  const pools = fleet.map((pool, index) => {
    const first = Math.ceil(firstSlots[index] / (pool.slots * FIRST_LOAD));
    const ready = Math.min(pool.maxReplicas, deciders[index].first ?? first);
    return new SimulatedPool({ pool, index, tickS, seed, ready, tally });
  });
  const begun = pools.reduce((sum, { replicas }) => sum + replicas.ready, 0);
  const cluster = new Cluster({ gpus, nodes: Math.ceil(begun / GPUS_PER_NODE), tickS, seed });
  cluster.take(begun);
  const random = randomOf(seed, 53);
  const counted = { nodes: 0, replicas: 0 };
  const everyTicks = Math.max(1, Math.round(policy.everyS / tickS));
  const minutes = Math.ceil((ticks * tickS) / SERIES_S);
  const series = {
    ready: new Float64Array(minutes),
    paid: new Float64Array(minutes),
    statWait: new Float64Array(minutes),
    late: new Float64Array(minutes),
    watched: watched.map(() => ({ ready: new Float64Array(minutes), demand: new Float64Array(minutes) })),
  };
  const ticksAMinute = SERIES_S / tickS;
  const directions = new Int8Array(pools.length);
  let [turns, gpuHours, readyHours, queuedRequestS, missing] = [0, 0, 0, 0, 0];
  const hours = tickS / 3_600;
  const situation = {
    nowMs: 0,
    tick: 0,
    slots: 0,
    active: false,
    idleMs: 0,
    readyReplicas: 0,
    startingReplicas: 0,
    replicas: 0,
    isCooling: true,
  };
  let startedBefore = 0;
  let inTimeBefore = 0;

  for (let tick = 0; tick < ticks; tick += 1) {
    cluster.step(tick, missing);
    missing = 0;
    const nowMs = startMs + 1_000 * tickS * (tick + 1);
    const minute = Math.floor(tick / ticksAMinute);
    let [ready, waiting] = [0, 0];
    for (let turn = 0; turn < pools.length; turn += 1) {
      // Whose turn it is first for a GPU that is free goes round.
      const index = (turn + tick) % pools.length;
      const pool = pools[index];
      const { replicas } = pool;
      replicas.turn(tick, cluster);
      if (replicas.pending > 0) replicas.place(tick, cluster);
      pool.step(tick, arrivals[index], tick * CLASSES.length);
      const decider = deciders[index];
      decider.observe(nowMs, pool.demand);
      if (tick % everyTicks === 0) {
        const before = replicas.wanted;
        situation.nowMs = nowMs;
        situation.tick = tick;
        situation.slots = pool.demand;
        situation.active = pool.active;
        situation.idleMs = 1_000 * pool.idleS;
        situation.readyReplicas = replicas.ready;
        situation.startingReplicas = replicas.starting + replicas.pending;
        situation.replicas = before;
        const after = decider.decide(situation);
        if (after !== before) {
          pool.want(tick, after, cluster);
          const direction = after > before ? 1 : -1;
          if (directions[index] === -direction) turns += 1;
          directions[index] = direction;
        }
      }
      missing += replicas.pending;
      ready += replicas.ready;
      waiting += pool.waiting;
      if (pool.longestStatTicks > 0) {
        series.statWait[minute] = Math.max(series.statWait[minute], pool.longestStatTicks * tickS);
        pool.longestStatTicks = 0;
      }
    }
    if (failures > 0) fail({ tick, pools, cluster, random, hours, failures, counted });
    gpuHours += cluster.nodes * GPUS_PER_NODE * hours;
    readyHours += ready * hours;
    queuedRequestS += waiting * tickS;
    series.ready[minute] += ready / ticksAMinute;
    series.paid[minute] += (cluster.nodes * GPUS_PER_NODE) / ticksAMinute;
    for (const [place, index] of watched.entries()) {
      series.watched[place].ready[minute] += pools[index].replicas.ready / ticksAMinute;
      series.watched[place].demand[minute] += pools[index].demand / ticksAMinute;
    }
    if ((tick + 1) % ticksAMinute === 0) {
      const sum = (key) => tally.classes.reduce((total, of) => total + of[key], 0);
      const [startedNow, inTimeNow] = [sum('started') + sum('refused'), sum('inTime')];
      series.late[minute] = startedNow - startedBefore - (inTimeNow - inTimeBefore);
      [startedBefore, inTimeBefore] = [startedNow, inTimeNow];
      if ((minute + 1) % 60 === 0) say((minute + 1) / minutes);
    }
  }

  return {
    policy: policy.name,
    title: policy.title,
    note: policy.note,
    classes: tally.classes.map(({ waits: _, ...of }, index) => ({
      ...of,
      waiting: pools.reduce((sum, { lines }) => sum + lines[index].size, 0),
      running: pools.reduce((sum, { work }) => sum + work.running[index], 0),
      p50S: tally.quantile(index, 0.5),
      p95S: tally.quantile(index, 0.95),
      p99S: tally.quantile(index, 0.99),
      p999S: tally.quantile(index, 0.999),
    })),
    gpuHours,
    readyHours,
    queuedRequestS,
    starts: pools.reduce((sum, { replicas }) => sum + replicas.starts, 0),
    nodeStarts: cluster.ordered,
    turns,
    failures: counted,
    decisions: pools.length * Math.ceil(ticks / everyTicks),
    series: {
      ready: [...series.ready],
      paid: [...series.paid],
      statWait: [...series.statWait],
      late: [...series.late],
      watched: series.watched.map((of, place) => ({
        pool: fleet[watched[place]].name,
        ready: [...of.ready],
        demand: [...of.demand],
      })),
    },
  };
}
