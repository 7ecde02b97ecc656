import { WARMTHS, WEEKDAYS, type CalendarHours, type ScalingPolicy } from '@medserve/serving';
import { z } from 'zod';
import { KIND_DEFAULTS, POOL_KINDS, type DrainTimes, type PoolKind } from './pool-kinds';

/** As long as a label of DNS with room for what Kubernetes and KEDA put before and behind it. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const MODEL = /^(?:\*|[^\s:,]{1,128}(?::[0-9]{1,9})?)$/;
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const MOST_REPLICAS = 10_000;
const MOST_POOLS = 1_000;
const MOST_PORT = 65_535;

const seconds = z.number().min(0).max(86_400);
const count = z.int().min(0).max(MOST_REPLICAS);
const clock = z.string().regex(CLOCK, 'has to be a time of day such as 07:30');

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const pace = z
  .strictObject({
    stabilizationSeconds: seconds.optional(),
    replicas: count.optional(),
    share: z.number().min(0).max(10).optional(),
    periodSeconds: seconds.min(1).optional(),
  })
  .default({});

const hours = z.strictObject({
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .default([...WEEKDAYS]),
  from: clock,
  to: clock,
  timeZone: z.string().refine(isTimeZone, 'has to be a time zone such as Europe/Berlin'),
});
const idleWarmth = z.enum(WARMTHS).exclude(['hot']);

/** As whoever follows the source reads it; an IPv6 address stands in brackets. */
function isPodSource(text: string): boolean {
  if (/^file:./.test(text)) return true;
  const port = Number(/^(?:dns:)?(?:\[[0-9A-Fa-f:.]+\]|[^\s:/[\]]{1,253}):(\d{1,5})$/.exec(text)?.[1]);
  return port > 0 && port <= MOST_PORT;
}

/**
 * Where the replicas of a pool are: `host:port`; `dns:host:port`, every address that the name has now and later; `file:PATH`, a JSON
 * array of addresses that is read again when it changes.
 */
const podSource = z.string().refine(isPodSource, 'has to be host:port, dns:host:port or file:PATH');

const poolSchema = z.strictObject({
  name: z.string().regex(NAME, 'has to be at most 40 small letters, digits and hyphens'),
  /** Models that the pool's replicas serve: `name:version`, `name` for all versions of one, `*` for whatever its replicas have. */
  models: z.array(z.string().regex(MODEL, 'has to be a model, name or name:version, or *')).min(1).max(1_000),
  /** Name of the hardware that a replica takes. */
  accelerator: z.string().regex(NAME).default('cpu'),
  kind: z.enum(POOL_KINDS).default('cpu'),
  pods: z.array(podSource).min(1).max(1_000),
  /** What a pod of the pool says of its models (`medserve pools describe`), for while there is none: a path beside this file. */
  catalogue: z.string().min(1).optional(),
  /** Usual requests that a replica runs at once. */
  slots: z.int().min(1).max(100_000),
  /** Cost units (65,536 pixels, voxels or tensor elements) that one slot stands for. */
  unitsPerSlot: z.number().positive().default(16),
  replicas: z.strictObject({ min: count.default(0), max: count.min(1).optional() }).default({ min: 0 }),
  targetUtilization: z.number().gt(0).max(1).optional(),
  stableWindowSeconds: z.number().min(1).max(900).optional(),
  panicWindowSeconds: z.number().min(1).max(900).optional(),
  panicThreshold: z.number().min(1).max(100).optional(),
  up: pace,
  down: pace,
  lingerSeconds: seconds.optional(),
  cooldownSeconds: seconds.optional(),
  floors: z
    .array(hours.extend({ replicas: count.min(1) }))
    .max(100)
    .default([]),
  idleWarmth: idleWarmth.default('cold'),
  /** Hours at which more is kept of the pool at zero than at others. */
  warmth: z
    .array(hours.extend({ keep: idleWarmth }))
    .max(100)
    .default([]),
  waiting: z
    .strictObject({ requests: z.int().min(1).max(100_000).optional(), seconds: seconds.min(1).optional() })
    .default({}),
  drain: z.strictObject({ settleSeconds: seconds.optional(), drainSeconds: seconds.optional() }).default({}),
  startupSeconds: seconds.min(1).optional(),
});

type PoolAsWritten = z.output<typeof poolSchema>;

/** What an operator says of a pool, every default filled in; times in milliseconds. */
export interface PoolDescription {
  readonly name: string;
  readonly models: readonly string[];
  readonly accelerator: string;
  readonly kind: PoolKind;
  readonly pods: readonly string[];
  readonly catalogue: string | undefined;
  readonly unitsPerSlot: number;
  readonly scaling: ScalingPolicy;
  readonly waiting: { readonly requests: number; readonly forMs: number };
  readonly drain: DrainTimes;
  readonly startupMs: number;
}

const ms = (value: number | undefined, otherwiseMs: number): number =>
  value === undefined ? otherwiseMs : Math.round(1_000 * value);

const minuteOf = (text: string): number => 60 * Number(text.slice(0, 2)) + Number(text.slice(3));

const hoursOf = ({ days, from, to, timeZone }: z.output<typeof hours>): CalendarHours => ({
  days,
  fromMinute: minuteOf(from),
  toMinute: minuteOf(to),
  timeZone,
});

function scalingOf(pool: PoolAsWritten): ScalingPolicy {
  const usual = KIND_DEFAULTS[pool.kind];
  const paceOf = (written: PoolAsWritten['up'], otherwise: ScalingPolicy['up']): ScalingPolicy['up'] => ({
    stabilizationMs: ms(written.stabilizationSeconds, otherwise.stabilizationMs),
    replicas: written.replicas ?? otherwise.replicas,
    share: written.share ?? otherwise.share,
    periodMs: ms(written.periodSeconds, otherwise.periodMs),
  });
  const stableWindowMs = ms(pool.stableWindowSeconds, usual.stableWindowMs);
  return {
    slotsPerReplica: pool.slots,
    targetUtilization: pool.targetUtilization ?? usual.targetUtilization,
    minReplicas: pool.replicas.min,
    maxReplicas: pool.replicas.max ?? Math.max(usual.maxReplicas, pool.replicas.min),
    stableWindowMs,
    panicWindowMs: ms(pool.panicWindowSeconds, Math.min(usual.panicWindowMs, stableWindowMs)),
    panicThreshold: pool.panicThreshold ?? usual.panicThreshold,
    up: paceOf(pool.up, usual.up),
    down: paceOf(pool.down, usual.down),
    lingerMs: ms(pool.lingerSeconds, usual.lingerMs),
    cooldownMs: ms(pool.cooldownSeconds, usual.cooldownMs),
    floors: pool.floors.map(({ replicas, ...written }) => ({ ...hoursOf(written), replicas })),
    idleWarmth: pool.idleWarmth,
    warmHours: pool.warmth.map(({ keep, ...written }) => ({ ...hoursOf(written), warmth: keep })),
  };
}

function describe(pool: PoolAsWritten): PoolDescription {
  const { name, models, accelerator, kind, pods, catalogue, unitsPerSlot } = pool;
  const usual = KIND_DEFAULTS[kind];
  return {
    name,
    models,
    accelerator,
    kind,
    pods,
    catalogue,
    unitsPerSlot,
    scaling: scalingOf(pool),
    waiting: {
      requests: pool.waiting.requests ?? usual.waiting.requests,
      forMs: ms(pool.waiting.seconds, usual.waiting.forMs),
    },
    drain: {
      settleMs: ms(pool.drain.settleSeconds, usual.drain.settleMs),
      drainMs: ms(pool.drain.drainSeconds, usual.drain.drainMs),
    },
    startupMs: ms(pool.startupSeconds, usual.startupMs),
  };
}

const described = poolSchema.superRefine((pool, context) => {
  const { minReplicas, maxReplicas, panicWindowMs, stableWindowMs, floors } = scalingOf(pool);
  const wrong = (path: string[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  if (minReplicas > maxReplicas) wrong(['replicas'], 'has more replicas as its least than as its most');
  if (panicWindowMs > stableWindowMs) wrong(['panicWindowSeconds'], 'has to be no longer than the stable window');
  if (floors.some(({ replicas }) => replicas > maxReplicas))
    wrong(['floors'], 'ask for more replicas than the pool may have');
});

/** The pools of a fleet, as one file tells of them. */
export const fleetSchema = z
  .strictObject({ version: z.literal(1), pools: z.array(described).min(1).max(MOST_POOLS) })
  .superRefine(({ pools }, context) => {
    const names = pools.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      context.addIssue({ code: 'custom', path: ['pools'], message: `has two pools named ${twice}` });
  })
  .transform(({ pools }) => pools.map(describe));
