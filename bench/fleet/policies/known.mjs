/* Policies that know the day. */
const PEAK_MEAN_S = 300;
const TARGET = 0.8;

/** Sized for the busiest five minutes of the day, all day. */
export const peak = {
  name: 'static',
  title: 'static peak',
  note: 'what the busiest five minutes of the day take at 80 %, kept all day',
  everyS: 3_600,
  of: (pool, { ideal, tickS }) => {
    const length = Math.round(PEAK_MEAN_S / tickS);
    let sum = 0;
    let most = 0;
    for (let tick = 0; tick < ideal.length; tick += 1) {
      sum += ideal[tick] - (tick >= length ? ideal[tick - length] : 0);
      most = Math.max(most, sum / length);
    }
    const replicas = Math.min(pool.maxReplicas, Math.max(1, Math.ceil(most / (pool.slots * TARGET))));
    return { observe: () => undefined, decide: () => replicas, first: replicas };
  },
};

const ORACLE_LOAD = 0.95;
/** As long as nearly every start takes, on a node that is there. */
const LEAD_S = { cpu: 240, encoder: 240, generative: 360 };

/** For each tick the most that comes between then and `lead` ticks later. */
function mostAhead(values, lead) {
  const most = new Float64Array(values.length);
  const queue = new Int32Array(values.length);
  let [head, tail] = [0, 0];
  for (let tick = values.length - 1; tick >= 0; tick -= 1) {
    while (tail > head && values[queue[tail - 1]] <= values[tick]) tail -= 1;
    queue[tail] = tick;
    tail += 1;
    while (queue[head] > tick + lead) head += 1;
    most[tick] = values[queue[head]];
  }
  return most;
}

/** Knows every arrival, and orders what it takes as early as the slowest start needs. */
export const oracle = {
  name: 'oracle',
  title: 'oracle',
  note: 'knows every arrival of the day and orders early enough for nearly every start; nobody can',
  everyS: 2,
  of: (pool, { ideal, tickS }) => {
    const ahead = mostAhead(ideal, Math.ceil(LEAD_S[pool.kind] / tickS));
    const at = (tick) =>
      Math.min(pool.maxReplicas, Math.ceil(ahead[Math.min(tick, ahead.length - 1)] / (pool.slots * ORACLE_LOAD)));
    return { observe: () => undefined, decide: ({ tick }) => at(tick), first: at(0) };
  },
};
