import { readFile } from 'node:fs/promises';
import { loadFleet, type PoolDescription } from '@medserve/fleet';
import { readCatalogue } from '@medserve/rpc';
import { Command } from 'commander';
import { jsonOption } from '../../options';
import { table } from '../../output/table';

export const checkCommand = (): Command =>
  new Command('check')
    .description('every mistake of a fleet file, or what it means with every default filled in')
    .argument('<file>', 'such as the one that MEDSERVE_FLEET_FILE names')
    .addOption(jsonOption())
    .action(async (file: string, { json }: { readonly json: boolean }) => {
      const pools = await loadFleet(file);
      for (const pool of pools) await checkCatalogue(pool);
      process.stdout.write(json ? `${JSON.stringify(pools)}\n` : `${describeFleet(pools)}\n`);
    });

async function checkCatalogue({ name, catalogue }: PoolDescription): Promise<void> {
  if (catalogue === undefined) return;
  try {
    readCatalogue(await readFile(catalogue, 'utf8'));
  } catch (cause) {
    throw new Error(`The catalogue of the pool ${name} cannot be used: ${(cause as Error).message}`, { cause });
  }
}

/** After what runs had its time, for a process to end. */
const SPARE_MS = 15_000;

const seconds = (ms: number): string => `${String(ms / 1_000)} s`;
const DAY_NAMES_OF_ALL = 7;

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const paceOf = ({ replicas, share, periodMs, stabilizationMs }: PoolDescription['scaling']['up']): string =>
  [
    `${String(replicas)}${share > 0 ? ` or ${String(100 * share)} %` : ''} per ${seconds(periodMs)}`,
    ...(stabilizationMs > 0 ? [`after ${seconds(stabilizationMs)}`] : []),
  ].join(' ');

const floorsOf = ({ floors }: PoolDescription['scaling']): string =>
  floors
    .map(({ days, fromMinute, toMinute, timeZone, replicas }) => {
      const when = days.length === DAY_NAMES_OF_ALL ? 'daily' : days.join(',');
      return `${String(replicas)} ${when} ${clock(fromMinute)}-${clock(toMinute)} ${timeZone}`;
    })
    .join('; ');

/** Exported for its test. */
export function describeFleet(pools: readonly PoolDescription[]): string {
  const replicas = table(
    ['POOL', 'KIND', 'ON', 'MODELS', 'REPLICAS', 'SLOTS', 'TARGET', 'MORE', 'FEWER', 'KEPT'],
    pools.map(({ name, kind, accelerator, models, scaling }) => [
      name,
      kind,
      accelerator,
      models.join(' '),
      `${String(scaling.minReplicas)}..${String(scaling.maxReplicas)}`,
      scaling.slotsPerReplica,
      Math.round(1_000 * scaling.slotsPerReplica * scaling.targetUtilization) / 1_000,
      paceOf(scaling.up),
      paceOf(scaling.down),
      floorsOf(scaling),
    ]),
  );
  const times = table(
    ['POOL', 'LINGERS', 'COOLS DOWN', 'IDLE', 'STARTS IN', 'WAITING', 'DRAINS', 'GRACE'],
    pools.map(({ name, scaling, startupMs, waiting, drain: { settleMs, drainMs } }) => [
      name,
      seconds(scaling.lingerMs),
      seconds(scaling.cooldownMs),
      scaling.idleWarmth,
      seconds(startupMs),
      `${String(waiting.requests)} for ${seconds(waiting.forMs)}`,
      `${seconds(settleMs)} + ${seconds(drainMs)} + ${seconds(SPARE_MS)}`,
      seconds(settleMs + drainMs + SPARE_MS),
    ]),
  );
  const notes = pools.flatMap(notesOf);
  return [replicas, '', times, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

/** What is no mistake and may be one. */
function notesOf({ name, catalogue, scaling, waiting, startupMs }: PoolDescription): string[] {
  const isScaledToZero = scaling.minReplicas === 0;
  return [
    ...(isScaledToZero && catalogue === undefined
      ? [
          `${name}: may have no replica and names no catalogue: a router that starts meanwhile does not know its models. See "medserve pools describe".`,
        ]
      : []),
    ...(isScaledToZero && waiting.forMs < startupMs
      ? [
          `${name}: a request waits ${seconds(waiting.forMs)} and a replica may take ${seconds(startupMs)} to start: what comes first may be told to come later.`,
        ]
      : []),
  ];
}
