import type { ActivityEvent } from '@medserve/events';
import { EACH_CLIENT, QUOTA_KINDS, WHOLE_TENANT, type Quota, type QuotaKind } from '@medserve/serving';
import { Command, InvalidArgumentError, Option } from 'commander';
import { operatorsEntry } from '../home/operator';
import { withStorage } from '../home/with-storage';
import { homeOption, jsonOption } from '../options';
import { HOME_TENANT } from '../up/run-key';
import { requireTenant } from './identity/require';

interface Which {
  readonly home: string;
  readonly tenant: string;
  readonly client?: string;
  readonly eachClient: boolean;
}

interface SetOptions extends Which {
  readonly limit: number;
  readonly window?: number | undefined;
  readonly exemptStat: boolean;
}

const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const DEFAULT_S = 60;
const LONGEST_S = 31 * 86_400;
const MOST = 100_000_000;

/** Exported for its test. @returns seconds */
export function windowSeconds(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNIT_S[unit] ?? 0);
  if (seconds < 1 || seconds > LONGEST_S)
    throw new InvalidArgumentError('a number and s, m, h or d, such as 60s or 1h; 31d at most');
  return seconds;
}

/** Exported for its test. @param seconds as asked for @throws Error where the kind has no window */
export function windowOf(what: QuotaKind, seconds: number | undefined): number {
  if (what !== 'concurrency') return seconds ?? DEFAULT_S;
  if (seconds === undefined) return 0;
  throw new Error('a quota of concurrency is of requests inside at once: leave --window out');
}

function limit(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > MOST) throw new InvalidArgumentError(`a whole number, 0 to ${String(MOST)}`);
  return value;
}

function kind(text: string): QuotaKind {
  const found = QUOTA_KINDS.find((known) => known === text);
  if (found === undefined) throw new InvalidArgumentError(`choose from ${QUOTA_KINDS.join(', ')}`);
  return found;
}

/** Exported for its test. */
export function clientId(text: string): string {
  if (/^[A-Za-z0-9._:-]{1,128}$/.test(text)) return text;
  throw new InvalidArgumentError('the id of a key, a client or a user: letters, digits and . _ : -, at most 128');
}

const withWhich = (command: Command): Command =>
  command
    .option('--tenant <name>', 'whom it binds', HOME_TENANT)
    .addOption(
      new Option('--client <id>', 'one key or client of the tenant, as "keys list" shows it')
        .argParser(clientId)
        .conflicts('eachClient'),
    )
    .option('--each-client', 'each key and client of the tenant by itself, that has none of its own', false)
    .addOption(homeOption());

export function quotasCommand(): Command {
  const quotas = new Command('quotas')
    .description('how much a tenant, or a client of it, may ask: set, list, remove')
    .addHelpText(
      'after',
      `
A quota is a number of requests or of cost units in a window, or of requests inside at once. It holds over all gateways
together, within five seconds of being set. One cost unit is 65,536 pixels, voxels or tensor elements that were begun: an
image of 512 x 512 is 4, a CT of 100 such slices 400.

Examples:
  medserve quotas set requests --limit 6000 --window 1m             the tenant "home": 6,000 requests a minute
  medserve quotas set cost --limit 500000 --window 1h --tenant west and its cost in an hour
  medserve quotas set concurrency --limit 32 --each-client          each key by itself: 32 requests at once
  medserve quotas set requests --limit 100 --window 1m --client ID --exempt-stat
  medserve quotas remove requests --client ID
  medserve quotas list --tenant west`,
    );
  withWhich(quotas.command('set').description('set a quota, in place of one of the same kind'))
    .argument('<kind>', QUOTA_KINDS.join(', '), kind)
    .requiredOption('--limit <n>', 'how many; 0: nobody gets in', limit)
    .option(
      '--window <time>',
      'of requests and cost: such as 60s, 5m, 1h, 1d, begun at multiples of it; default: 60s',
      windowSeconds,
    )
    .option('--exempt-stat', 'requests of the class stat pass and are not counted', false)
    .action(set);
  withWhich(quotas.command('remove').description('remove a quota'))
    .argument('<kind>', QUOTA_KINDS.join(', '), kind)
    .action(remove);
  quotas
    .command('list')
    .description('the quotas that are set')
    .option('--tenant <name>', 'of one tenant; default: of all')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(list);
  return quotas;
}

const clientOf = ({ client, eachClient }: Which): string => client ?? (eachClient ? EACH_CLIENT : WHOLE_TENANT);

function entryOf(
  { tenant, client, kind: what }: Pick<Quota, 'tenant' | 'client' | 'kind'>,
  facts: Record<string, number | boolean>,
): ActivityEvent {
  const whom = client === WHOLE_TENANT ? 'tenant' : client === EACH_CLIENT ? 'each-client' : client;
  return operatorsEntry(tenant, { event: 'quota_changed', subject: `quota:${what}/${whom}`, facts });
}

async function set(what: QuotaKind, options: SetOptions): Promise<void> {
  const windowS = windowOf(what, options.window);
  const quota: Quota = {
    tenant: options.tenant,
    client: clientOf(options),
    kind: what,
    limit: options.limit,
    windowS,
    exemptsStat: options.exemptStat,
  };
  const { limit: most, exemptsStat } = quota;
  await withStorage(options.home, async (storage) => {
    await requireTenant(storage, quota.tenant);
    await storage.quotas.set(quota, entryOf(quota, { limit: most, windowS, exemptsStat }));
  });
  process.stdout.write(`${describe(quota)}\n`);
}

async function remove(what: QuotaKind, options: Which): Promise<void> {
  const key = { tenant: options.tenant, client: clientOf(options), kind: what };
  const wasSet = await withStorage(options.home, (storage) =>
    storage.quotas.remove(key, entryOf(key, { removed: true })),
  );
  if (!wasSet) throw new Error('there is no such quota; "medserve quotas list" shows them');
  process.stdout.write('removed\n');
}

async function list({ home, tenant, json }: { home: string; tenant?: string; json: boolean }): Promise<void> {
  const quotas = await withStorage(home, async (storage) => {
    if (tenant !== undefined) await requireTenant(storage, tenant);
    return storage.quotas.list(tenant);
  });
  if (json) process.stdout.write(`${JSON.stringify(quotas)}\n`);
  else if (quotas.length === 0) process.stdout.write('none: "medserve quotas set --help" shows how to set one\n');
  else process.stdout.write(quotas.map((quota) => `${describe(quota)}\n`).join(''));
}

function describe({ tenant, client, kind: what, limit: most, windowS, exemptsStat }: Quota): string {
  const whom = client === WHOLE_TENANT ? 'the tenant' : client === EACH_CLIENT ? 'each client' : `client ${client}`;
  const time = windowS === 0 ? 'at once' : `in ${String(windowS)} s`;
  return `${tenant}  ${whom}  ${what}: ${String(most)} ${time}${exemptsStat ? ', but for stat' : ''}`;
}
