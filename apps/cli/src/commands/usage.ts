import { USAGE_DIMENSIONS, usageCsv, usageTime, type UsageDimension, type UsageSums } from '@medserve/storage';
import { Command, InvalidArgumentError, Option } from 'commander';
import { withStorage } from '../home/with-storage';
import { homeOption, instant, jsonOption, requireOrder } from '../options';
import { requireTenant } from './identity/require';
import { HOME_TENANT } from '../up/run-key';

interface UsageOptions {
  readonly home: string;
  readonly tenant: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly by: readonly UsageDimension[];
  readonly json: boolean;
  readonly csv: boolean;
}

const ROWS = 100_000;

function dimensions(text: string): UsageDimension[] {
  return [...new Set(text.split(','))].map((word) => {
    const found = USAGE_DIMENSIONS.find((known) => known === word);
    if (found === undefined) throw new InvalidArgumentError(`choose from ${USAGE_DIMENSIONS.join(', ')}, with commas`);
    return found;
  });
}

export function usageCommand(): Command {
  return new Command('usage')
    .description('what a tenant used: requests, seconds of processors, cost units')
    .option('--tenant <name>', 'whose', HOME_TENANT)
    .option('--from <time>', 'rounded down to a whole hour; default: 30 days before --to', instant)
    .option('--to <time>', 'rounded up to a whole hour; default: now', instant)
    .option('--by <words>', `with commas: ${USAGE_DIMENSIONS.join(', ')}`, dimensions, ['model'])
    .addOption(homeOption())
    .addOption(jsonOption().conflicts('csv'))
    .addOption(new Option('--csv', 'for a spreadsheet').default(false))
    .addHelpText(
      'after',
      `
Seconds are run time of models, of a batch the share of the request's rows. What the last five seconds used is not there yet.

Examples:
  medserve usage                                      the last 30 days by model
  medserve usage --by day,department --csv > use.csv  by day and department, for a spreadsheet
  medserve usage --tenant west --from 2026-11-01 --to 2026-12-01 --json`,
    )
    .action(usage);
}

async function usage({ home, tenant, from, to = new Date(), by, json, csv }: UsageOptions): Promise<void> {
  requireOrder(from, to);
  const question = { tenant, ...usageTime(from, to), by, limit: ROWS };
  const rows = await withStorage(home, async (storage) => {
    await requireTenant(storage, tenant);
    return storage.usage.read(question);
  });
  process.stdout.write(json ? `${JSON.stringify(rows)}\n` : csv ? usageCsv(by, rows) : table(by, rows));
}

function table(by: readonly UsageDimension[], rows: readonly UsageSums[]): string {
  if (rows.length === 0) return 'nothing was used in this time\n';
  const lines = rows.map((row) => [
    ...by.map((dimension) => (row[dimension] === '' ? '-' : (row[dimension] ?? '-'))),
    String(row.completed),
    String(row.failed),
    String(row.cancelled),
    String(row.refused),
    row.cpuSeconds.toFixed(1),
    String(row.costUnits),
  ]);
  const all = [[...by, 'answered', 'failed', 'cancelled', 'refused', 'CPU s', 'units'], ...lines];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  const padded = (text: string, column: number): string =>
    column < by.length ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return all.map((line) => `${line.map(padded).join('  ').trimEnd()}\n`).join('');
}
