import { existsSync, readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { makeNextKey } from '@medserve/ledger';
import { HOME } from '@medserve/storage';
import { homeAt } from '../../home/home';
import { withStorage } from '../../home/with-storage';
import { homeOption, jsonOption } from '../../options';
import { exportCommand } from './export-command';
import { onLog, print, type LogOptions } from './on-log';
import { holdCommand, retentionCommand } from './retention-command';
import { verify } from './verify';
import { witnessCommand } from './witness-command';

interface ProveOptions extends LogOptions {
  readonly json: boolean;
}

export function auditCommand(): Command {
  const audit = new Command('audit')
    .description('the ledger: export it, verify it, prove that a request is in it')
    .addHelpText(
      'after',
      `
The ledger is a transparency log for each tenant (C2SP tlog-tiles, RFC 6962 hashing, Ed25519 checkpoints): other people's
verifiers can check an export. Every command works while the platform runs and when it is stopped, and takes --tenant.

  medserve audit verify                       database, tiles and checkpoints agree?
  medserve audit verify --against ./ledger    ... and with a copy that was kept outside
  medserve audit export ./ledger              a copy that a stranger can check
  medserve audit export --fhir audit.ndjson   FHIR AuditEvents, one a line
  medserve audit key                          the key to check it with
  medserve audit prove REQUEST --json         inclusion proofs for the records of one request
  medserve audit witness --name N --log FILE  watch another hospital's log`,
    );
  audit.addCommand(
    onTenant(new Command('verify'))
      .description('recompute everything that can be recomputed; exit status 0 when all agrees')
      .addOption(jsonOption())
      .option('--against <path>', 'a copy kept outside: the folder of an export, or a file with a checkpoint')
      .addOption(
        new Option('--key <file>', 'verifier key in note form, as kept outside; default: the key at hand').argParser(
          noteKey,
        ),
      )
      .action(verify),
  );
  audit.addCommand(onTenant(exportCommand()));
  audit.addCommand(onTenant(new Command('key')).description('print the verifier key in note form').action(printKey));
  audit.addCommand(
    onTenant(new Command('prove'))
      .description('inclusion proofs for the records of a request')
      .argument('<id>', 'the id of the answer')
      .addOption(jsonOption())
      .action(prove),
  );
  audit.addCommand(
    onTenant(new Command('release'))
      .description(
        'let a log be extended again that is held because more of it, or another, is known outside; look first',
      )
      .action(release),
  );
  audit.addCommand(
    new Command('next-key')
      .description('make the next signing key; the recorder hands over to it when every log names it')
      .addOption(homeOption())
      .action(({ home }: { home: string }) => {
        const { ledgerKey } = homeAt(home);
        if (!existsSync(ledgerKey)) throw new Error('this home has no signing key yet; --home names another folder');
        makeNextKey(ledgerKey);
        print('the next key is made; the verifier key changes within minutes, and each log tells of it');
      }),
  );
  audit.addCommand(retentionCommand()).addCommand(holdCommand()).addCommand(witnessCommand());
  return audit;
}

const onTenant = (command: Command): Command =>
  command.addOption(homeOption()).option('--tenant <tenant>', 'whose log', HOME);

function noteKey(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new InvalidArgumentError('there is no such file');
  }
}

async function release({ home, tenant }: LogOptions): Promise<void> {
  await withStorage(home, ({ ledger }) => ledger.release(tenant));
  print(`the log of ${tenant} is released; what is published of it must no longer say otherwise`);
}

async function printKey(options: LogOptions): Promise<void> {
  print(await onLog(options, ({ ledger }, key) => ledger.verifierKey(options.tenant, key)));
}

async function prove(id: string, options: ProveOptions): Promise<void> {
  const proof = await onLog(options, ({ ledger }, key) => ledger.prove(options.tenant, key, id));
  if (options.json) {
    print(JSON.stringify(proof));
    return;
  }
  for (const { leaf, index, path } of proof.records) {
    const { event, at } = JSON.parse(Buffer.from(leaf, 'base64').toString('utf8')) as { event: string; at: string };
    print(`${event.padEnd(10)} ${at}  entry ${String(index)}, ${String(path.length)} hashes up to the root`);
  }
  print(proof.checkpoint);
}
