import { resolve } from 'node:path';
import { loadSigningKey } from '@medserve/ledger';
import { Command } from 'commander';
import type { KeyObject } from 'node:crypto';
import type { Storage } from '@medserve/storage';
import { withStorage } from '../home/with-storage';
import { homeOption, jsonOption } from '../options';
import { ProgressBar } from '../output/progress-bar';

interface AuditOptions {
  readonly home: string;
  readonly json?: boolean;
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Waits until all that was committed before is in the ledger, then works on it. */
const onLedger = <T>(
  { home }: AuditOptions,
  work: (ledger: Storage['ledger'], key: KeyObject) => Promise<T>,
): Promise<T> =>
  withStorage(home, async ({ ledger }, { ledgerKey }) => {
    await ledger.caughtUp();
    return work(ledger, loadSigningKey(ledgerKey));
  });

export function auditCommand(): Command {
  const audit = new Command('audit')
    .description('the ledger: export it, verify it, prove that a request is in it')
    .addHelpText(
      'after',
      `
The ledger is a transparency log (C2SP tlog-tiles, RFC 6962 hashing, Ed25519 checkpoints): other people's verifiers can check
an export. Every command works while the platform runs and when it is stopped.

  medserve audit verify                 database, tiles and checkpoints agree?
  medserve audit export ./ledger        a copy that a stranger can check
  medserve audit key                    the key to check it with
  medserve audit prove REQUEST --json   inclusion proofs for the records of one request`,
    );
  audit
    .command('verify')
    .description('recompute everything that can be recomputed; exit status 0 when all agrees')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(verify);
  audit
    .command('export')
    .description('write the log as C2SP tlog-tiles')
    .argument('<dir>')
    .addOption(homeOption())
    .action(exportTo);
  audit
    .command('key')
    .description('print the verifier key in note form')
    .addOption(homeOption())
    .action((options: AuditOptions) =>
      onLedger(options, async (ledger, key) => {
        print(await ledger.verifierKey(key));
      }),
    );
  audit
    .command('prove')
    .description('inclusion proofs for the records of a request')
    .argument('<id>', 'the id of the answer')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(prove);
  return audit;
}

async function verify(options: AuditOptions): Promise<void> {
  const bar = new ProgressBar();
  const verdict = await onLedger(options, async (ledger, key) =>
    ledger.verify({
      verifier: await ledger.verifierKey(key),
      told: (done, total) => {
        bar.show('entries checked', (100 * done) / Math.max(total, 1));
      },
    }),
  );
  bar.clear();
  if (options.json === true) {
    print(JSON.stringify(verdict));
  } else {
    const { size, root, checked, problems } = verdict;
    print(`${String(size)} entries, root ${root}`);
    print(
      `checked ${String(checked.checkpoints)} checkpoints, ${String(checked.requests)} requests, ${String(checked.results)} results`,
    );
    for (const { kind, index, request, detail } of problems) {
      print(
        `PROBLEM ${kind}${index === undefined ? '' : ` ${String(index)}`}${request === undefined ? '' : ` of request ${request}`}: ${detail}`,
      );
    }
    print(problems.length === 0 ? 'The ledger is whole.' : 'The ledger is NOT whole.');
  }
  if (verdict.problems.length > 0) process.exitCode = 1;
}

async function exportTo(directory: string, options: AuditOptions): Promise<void> {
  const bar = new ProgressBar();
  const { size, root, origin } = await onLedger(options, (ledger, key) =>
    ledger.export(key, resolve(directory), (done, total) => {
      bar.show('entries written', (100 * done) / Math.max(total, 1));
    }),
  );
  bar.clear();
  print(`${String(size)} entries of ${origin} written, root ${root}`);
}

async function prove(id: string, options: AuditOptions): Promise<void> {
  const proof = await onLedger(options, (ledger, key) => ledger.prove(key, id));
  if (options.json === true) {
    print(JSON.stringify(proof));
    return;
  }
  for (const { leaf, index, path } of proof.records) {
    const { event, at } = JSON.parse(Buffer.from(leaf, 'base64').toString('utf8')) as { event: string; at: string };
    print(`${event.padEnd(10)} ${at}  entry ${String(index)}, ${String(path.length)} hashes up to the root`);
  }
  print(proof.checkpoint);
}
