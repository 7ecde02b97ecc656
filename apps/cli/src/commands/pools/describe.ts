import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadFleet, servesModel } from '@medserve/fleet';
import { PodClient, ServiceTls, writeCatalogue, type CatalogueEntry } from '@medserve/rpc';
import { Command, Option } from 'commander';
import { builtInModels } from '../../package';
import { Child } from '../../up/child';
import { LogFile } from '../../up/log-file';
import { podPlan } from '../../up/shapes';

interface DescribeOptions {
  readonly models: readonly string[];
  readonly fleet?: string;
  readonly pool?: string;
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export const describeCommand = (): Command =>
  new Command('describe')
    .description('what pods would say of models, as JSON: for "catalogue" of a pool that may have no replica')
    .addOption(
      new Option('--models <dir>', 'a model repository, repeatable; default: the models that come with the platform')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(new Option('--fleet <file>', 'describes the pools').env('MEDSERVE_FLEET_FILE'))
    .option('--pool <name>', 'only what this pool of the fleet serves')
    .action(describe);

async function describe({ models, fleet, pool }: DescribeOptions): Promise<void> {
  const patterns = pool === undefined ? ['*'] : await patternsOf(pool, fleet);
  const repositories = models.length > 0 ? models.map((folder) => resolve(folder)) : [builtInModels()];
  const entries = (await told(repositories)).filter((entry) => servesModel(patterns, entry));
  if (entries.length === 0) throw new Error('the repositories have no model that the pool serves');
  process.stdout.write(writeCatalogue(entries));
}

async function patternsOf(name: string, fleet: string | undefined): Promise<readonly string[]> {
  if (fleet === undefined) throw new Error('which fleet the pool belongs to is to be said with --fleet');
  const pool = (await loadFleet(fleet)).find((described) => described.name === name);
  if (!pool) throw new Error('the fleet has no pool of this name; "medserve pools check" lists them');
  return pool.models;
}

/** Starts a pod, which loads nothing, asks it once and ends it. */
async function told(repositories: readonly string[]): Promise<readonly CatalogueEntry[]> {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-describe-'));
  const log = new LogFile(join(folder, 'inference.log'));
  const pod = new Child(podPlan('inference'), { log, onLine: () => undefined, onDeath: () => undefined });
  try {
    const { pod: address = '' } = await pod.start({
      MEDSERVE_POD_HOST: '127.0.0.1',
      MEDSERVE_POD_PORT: '0',
      MEDSERVE_KEEP_WARM: '',
      MEDSERVE_REPOSITORIES: JSON.stringify(repositories),
    });
    return await firstWord(address);
  } catch (error) {
    throw new Error([(error as Error).message, ...log.tail().slice(-3)].join('\n'), { cause: error });
  } finally {
    await pod.stop();
    await log.close();
    rmSync(folder, { recursive: true });
  }
}

function firstWord(address: string): Promise<readonly CatalogueEntry[]> {
  const client = new PodClient(address, ServiceTls.open(process.env['MEDSERVE_TLS_DIR'], 'router')?.call('inference'));
  return new Promise((done) => {
    const watching = client.watch((word) => {
      if (!word) return;
      watching.close();
      client.close();
      done(word.models);
    });
  });
}
