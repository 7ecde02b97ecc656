import { setTimeout as sleep } from 'node:timers/promises';

/** `accept;dur=1.2, complete;dur=0.8` as numbers. */
const durationsOf = (serverTiming) =>
  Object.fromEntries(
    serverTiming.split(', ').map((entry) => {
      const [name, ms] = entry.split(';dur=');
      return [name, Number(ms)];
    }),
  );

/** Until all callers have found their places in the queue, a closed loop is faster or slower than it stays. */
const RAMP_SHARE = 0.1;

/** Answers a second between the ramp and the end: the last ones, when fewer and fewer callers are left, do not count. */
export function steadyRate(good, forMs) {
  const fromMs = RAMP_SHARE * forMs;
  return (good.filter(({ endMs }) => endMs > fromMs && endMs <= forMs).length * 1000) / (forMs - fromMs);
}

/** Columns instead of rows: numbers travel between processes as typed arrays. */
function resultOf(outcomes, forMs) {
  const good = outcomes.filter(({ failure }) => failure === undefined);
  const failures = {};
  for (const { failure } of outcomes) if (failure !== undefined) failures[failure] = (failures[failure] ?? 0) + 1;
  const timed = good.filter(({ serverTiming }) => typeof serverTiming === 'string');
  const durations = timed.map(({ serverTiming }) => durationsOf(serverTiming));
  const phases = {};
  if (durations.length === good.length) {
    for (const name of Object.keys(durations[0] ?? {})) {
      phases[name] = Float64Array.from(durations, (row) => row[name] ?? Number.NaN);
    }
  }
  return {
    sent: outcomes.length,
    done: good.length,
    perSecond: steadyRate(good, forMs),
    totals: Float64Array.from(good, ({ ms }) => ms),
    /** When each of them had ended, in milliseconds from the beginning. */
    endsMs: Float64Array.from(good, ({ endMs }) => endMs),
    phases,
    failures,
    failureDetail: outcomes.find(({ detail }) => detail !== undefined)?.detail,
  };
}

/** A caller who is refused waits before it asks again: without, a full queue would be stormed by those it has just refused. */
const REFUSED_PAUSE_MS = 50;

/** Keeps `inFlight` calls under way for `forMs`, or until `count` are done where that is sooner. */
async function closedLoop({ call, inFlight, forMs, count = Infinity, pauseMs = 0 }) {
  const outcomes = [];
  let begun = 0;
  const began = performance.now();
  const caller = async () => {
    while (begun < count && performance.now() - began < forMs) {
      begun += 1;
      const outcome = await call();
      outcomes.push({ ...outcome, endMs: performance.now() - began });
      const isRefused = outcome.failure !== undefined;
      if (isRefused || pauseMs > 0) await sleep(isRefused ? Math.max(pauseMs, REFUSED_PAUSE_MS) : pauseMs);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return resultOf(outcomes, forMs);
}

/** Exponential gaps from a fixed seed (mulberry32): the same arrivals in every round. */
function arrivals(perSecond, seed = 1) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const uniform = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    return (-Math.log(1 - uniform) * 1000) / perSecond;
  };
}

/**
 * Sends when a request is due, however many are under way: callers who do not know of each other. A request's time counts from
 * when it was due, so that a generator that falls behind makes the figures worse and not better.
 */
async function openLoop({ call, perSecond, forMs, seed }) {
  const outcomes = [];
  const running = new Set();
  const gap = arrivals(perSecond, seed);
  const began = performance.now();
  let dueMs = gap();
  const send = (due) => {
    const lateMs = performance.now() - began - due;
    const ended = call().then((outcome) => {
      outcomes.push({ ...outcome, ms: outcome.ms + lateMs, endMs: performance.now() - began });
      running.delete(ended);
    });
    running.add(ended);
  };
  while (dueMs < forMs) {
    const inMs = dueMs - (performance.now() - began);
    // To the timer's millisecond: turning in the event loop until then would take a core from what is measured.
    if (inMs > 0) await sleep(inMs);
    else {
      send(dueMs);
      dueMs += gap();
    }
  }
  await Promise.all(running);
  return resultOf(outcomes, forMs);
}

export const runStream = (stream) => (stream.perSecond === undefined ? closedLoop(stream) : openLoop(stream));
