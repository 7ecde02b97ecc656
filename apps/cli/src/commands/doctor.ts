import { existsSync, mkdtempSync, rmdirSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freemem } from 'node:os';
import { Command } from 'commander';
import { homeAt } from '../home/home';
import { holderOf } from '../home/lock';
import { runningOn } from '../home/running';
import { USUAL_DICOM_PORT } from '../up/dicom-options';
import { isFree } from '../up/ports';
import { homeOption, jsonOption } from '../options';
import { builtInModels } from '../package';
import { givenDatabase, whyAway } from '../up/given-database';
import { modelTrust } from '../up/model-trust';

interface Check {
  readonly name: string;
  readonly isGood: boolean;
  readonly found: string;
  /** What to do when it is not good. */
  readonly remedy: string;
}

const GIB = 2 ** 30;
const LEAST_DISK = GIB;
const LEAST_MEMORY = GIB;
const DATABASE_WAIT_MS = 5_000;
const DEFAULT_PORTS = [8080, 8081];

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look for the usual causes of trouble on this machine and home, and say what to do')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ home, json }: { home: string; json: boolean }) => {
      const checks = await examine(home);
      const lines = checks.map(
        ({ name, isGood, found, remedy }) =>
          `${isGood ? 'ok  ' : 'BAD '} ${name}: ${found}${isGood ? '' : `\n     ${remedy}`}`,
      );
      process.stdout.write(json ? `${JSON.stringify(checks)}\n` : `${lines.join('\n')}\n`);
      if (checks.some(({ isGood }) => !isGood)) process.exitCode = 1;
    });
}

async function examine(directory: string): Promise<Check[]> {
  const home = homeAt(directory);
  const running = runningOn(directory);
  const place = existing(home.root);
  const free = statfsSync(place);
  const freeBytes = free.bavail * free.bsize;
  const checks: Check[] = [
    {
      name: 'Node',
      isGood: Number(process.versions.node.split('.')[0]) >= 24,
      found: process.versions.node,
      remedy: 'Run "npm ci": it brings Node 24 for Linux and Windows; elsewhere install Node 24.',
    },
    {
      name: 'home',
      isGood: isWritable(place),
      found: home.root,
      remedy: 'Choose a folder that you may write to with --home.',
    },
    {
      name: 'disk',
      isGood: freeBytes > LEAST_DISK,
      found: `${(freeBytes / GIB).toFixed(1)} GiB free`,
      remedy: 'Make room, or choose another disk with --home: the database refuses requests when it cannot write.',
    },
    {
      name: 'memory',
      isGood: freemem() > LEAST_MEMORY,
      found: `${(freemem() / GIB).toFixed(1)} GiB free`,
      remedy: 'End other programs: a model host needs up to 3 GiB for a volume.',
    },
    {
      name: 'models',
      isGood: existsSync(builtInModels()),
      found: builtInModels(),
      remedy: 'The folder "models" of the checkout is missing; restore it with git.',
    },
    await trustCheck(home.root),
    ...(await databaseCheck()),
  ];
  if (running !== undefined) return [...checks, ...(await examineRunning(running.url))];
  const isHeld = holderOf(home.lock) !== undefined;
  checks.push({
    name: 'platform',
    isGood: true,
    found: isHeld ? 'starting' : 'not running; start it with "medserve up"',
    remedy: '',
  });
  for (const port of isHeld ? [] : DEFAULT_PORTS) {
    const isGood = await isFree(port);
    checks.push({
      name: `port ${String(port)}`,
      isGood,
      found: isGood ? 'free' : 'taken by another program',
      remedy: 'Choose other ports with --port and --grpc-port; 0 takes any free one.',
    });
  }
  if (!isHeld) checks.push(await dicomPortCheck());
  return checks;
}

/** Good in any case: the DICOM node takes another one, which senders then have to be told. */
const dicomPortCheck = async (): Promise<Check> => ({
  name: `port ${String(USUAL_DICOM_PORT)}`,
  isGood: true,
  found: (await isFree(USUAL_DICOM_PORT)) ? 'free' : 'taken; without --dicom-port the DICOM node takes any free one',
  remedy: '',
});

async function examineRunning(url: string): Promise<Check[]> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  const { detail, record }: { detail?: string; record?: string } =
    answer === undefined ? { detail: 'no answer' } : ((await answer.json()) as { detail?: string; record?: string });
  return [
    {
      name: 'platform',
      isGood: answer?.ok === true,
      found: answer?.ok === true ? `ready at ${url}` : `${url}: ${detail ?? 'not ready'}`,
      remedy: 'The logs under <home>/logs say more; the supervisor starts again what has died.',
    },
    ...(record === undefined ? [] : [recordCheck(record)]),
  ];
}

const recordCheck = (record: string): Check => ({
  name: 'record',
  isGood: record === 'on',
  found: record === 'on' ? 'on' : 'off: requests are answered without an audit record',
  remedy: 'Start again without MEDSERVE_RECORD in the environment; it is there to measure what the record costs.',
});

/** Good without a trust file, too: it is said, so that nobody takes it for granted. */
const trustCheck = (root: string): Promise<Check> =>
  modelTrust(root).then(
    ({ words }) => ({ name: 'model trust', isGood: true, found: words, remedy: '' }),
    (error: unknown) => ({
      name: 'model trust',
      isGood: false,
      found: error instanceof Error ? error.message : 'not readable',
      remedy: 'Correct the file that MEDSERVE_MODEL_TRUST names; docs/supply-chain.md says what it may hold.',
    }),
  );

/** Only one that is given: the embedded one is made where there is none. */
async function databaseCheck(): Promise<Check[]> {
  const name = 'database';
  const remedy = 'Correct MEDSERVE_DATABASE_URL, or start the PostgreSQL that it names.';
  try {
    const given = givenDatabase();
    if (given === undefined) return [];
    const { withConnection } = await import('@medserve/storage');
    await withConnection(given, (sql) => sql.query('SELECT 1'), DATABASE_WAIT_MS);
    return [{ name, isGood: true, found: 'answers', remedy: '' }];
  } catch (error) {
    return [{ name, isGood: false, found: whyAway(error), remedy }];
  }
}

function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}

/** Tried, not asked: rights are not all that can be in the way (a read-only disk, a file in place of the folder). */
function isWritable(path: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(path, '.medserve-doctor-')));
    return true;
  } catch {
    return false;
  }
}
