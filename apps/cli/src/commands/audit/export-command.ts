import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { ProgressBar } from '../../output/progress-bar';
import { instant, requireOrder } from '../../options';
import { exportFhir } from './export-fhir';
import { onLog, print, tellExport, type LogOptions } from './on-log';

interface ExportOptions extends LogOptions {
  /** `true`: without a file, which is the standard output. */
  readonly fhir?: string | true;
  readonly from?: Date;
  readonly to?: Date;
  readonly bundle?: 'collection' | 'transaction';
}

export const exportCommand = (): Command =>
  new Command('export')
    .description('write the log as C2SP tlog-tiles, or its entries as FHIR AuditEvents')
    .argument('[dir]', 'folder for the tiles')
    .option('--fhir [file]', 'FHIR R4 AuditEvents instead, one a line; "-" or nothing: to the standard output')
    .addOption(new Option('--bundle <type>', 'one Bundle instead of lines').choices(['collection', 'transaction']))
    .option('--from <time>', 'with --fhir: what was recorded from then on (RFC 3339, or a date)', instant)
    .option('--to <time>', 'with --fhir: what was recorded before', instant)
    .action(run);

async function run(dir: string | undefined, options: ExportOptions): Promise<void> {
  const { fhir, tenant, from, to, bundle } = options;
  if ((dir === undefined) === (fhir === undefined)) throw new Error('name a folder for the tiles, or --fhir');
  if (dir !== undefined) return exportTiles(dir, options);
  requireOrder(from, to ?? new Date());
  const file = fhir === undefined || fhir === true ? '-' : fhir;
  const count = await onLog(options, async (storage) => {
    await tellExport(storage, tenant, 'fhir');
    return exportFhir(storage.audit, { tenant, from, to, bundle }, file === '-' ? file : resolve(file));
  });
  // The standard output may be a pipe into something that reads FHIR.
  process.stderr.write(`${String(count)} AuditEvents written\n`);
}

async function exportTiles(dir: string, options: LogOptions): Promise<void> {
  const bar = new ProgressBar();
  const { size, root, origin } = await onLog(options, async (storage, key) => {
    await tellExport(storage, options.tenant, 'tiles');
    return storage.ledger.export(options.tenant, key, resolve(dir), (done, total) => {
      bar.show('entries written', (100 * done) / Math.max(total, 1));
    });
  });
  bar.clear();
  print(`${String(size)} entries of ${origin} written, root ${root}`);
}
