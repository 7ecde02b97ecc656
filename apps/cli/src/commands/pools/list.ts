import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { Platform, type Target } from '../../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../../options';
import { table } from '../../output/table';

/** As `GET /v1/pools` tells it. */
export interface Pool {
  readonly name: string;
  readonly queuedSlots: number;
  readonly runningSlots: number;
  readonly readyReplicas: number;
  readonly startingReplicas: number;
  readonly oldestWaitMs: number;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly decision?: {
    readonly replicas: number;
    readonly wanted: number;
    readonly because: string;
    readonly warmth: string;
  };
}

interface Pools {
  readonly data: readonly Pool[];
  readonly isDecided: boolean;
}

interface ListOptions extends Target {
  readonly json: boolean;
  readonly watch: boolean;
}

const EVERY_MS = 1_000;
/** Back to the top, and what was there is gone (ECMA-48: CUP, ED). */
const CLEAR = '\u001B[H\u001B[2J';

export const listCommand = (): Command =>
  new Command('list')
    .description('what is asked of each pool, what there is to serve it, and what is to be there')
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption())
    .option('--watch', 'every second, until Ctrl-C', false)
    .action(list);

async function list(options: ListOptions): Promise<void> {
  const platform = new Platform(options);
  const tell = async (): Promise<void> => {
    const pools = await platform.json<Pools>('/v1/pools');
    const isTerminal = options.watch && process.stdout.isTTY && !options.json;
    process.stdout.write(`${isTerminal ? CLEAR : ''}${options.json ? JSON.stringify(pools) : describePools(pools)}\n`);
  };
  await tell();
  while (options.watch) {
    await sleep(EVERY_MS);
    await tell();
  }
}

const HEADS = ['POOL', 'QUEUED', 'RUNNING', 'READY', 'STARTING', 'WANTED', 'WHY', 'WARMTH', 'OLDEST'];

const seconds = (ms: number): string => (ms === 0 ? '' : `${(ms / 1_000).toFixed(1)} s`);

/** Two decimals at most: slots are sums of weights. */
const slots = (count: number): number => Math.round(100 * count) / 100;

/** Exported for its test. */
export function describePools({ data, isDecided }: Pools): string {
  if (data.length === 0) return 'none: no model was asked yet, and no fleet is described ("medserve up --pods 0..4")';
  const rows = data.map(({ name, decision, minReplicas, maxReplicas, ...pool }) => [
    name,
    slots(pool.queuedSlots),
    slots(pool.runningSlots),
    pool.readyReplicas,
    pool.startingReplicas,
    decision ? `${String(decision.replicas)} of ${String(minReplicas)}..${String(maxReplicas)}` : '',
    decision ? reasonOf(decision) : '',
    decision?.warmth ?? '',
    seconds(pool.oldestWaitMs),
  ]);
  return `${table(HEADS, rows)}${isDecided ? '' : '\n\nNobody decides: replicas stay as they are.'}`;
}

const reasonOf = ({ replicas, wanted, because }: NonNullable<Pool['decision']>): string =>
  wanted === replicas ? because : `${because} (asked for: ${String(wanted)})`;
