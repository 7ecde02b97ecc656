import { Command, InvalidArgumentError } from 'commander';
import { HOME, type Ledger } from '@medserve/storage';
import { homeOption } from '../../options';
import { onLog, print } from './on-log';

interface Person {
  readonly home: string;
  readonly by: string;
}

interface TenantOptions {
  readonly home: string;
  readonly tenant: string;
}

const WORD = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/u;
const HASH = /^[0-9a-f]{64}$/u;

function word(text: string): string {
  if (!WORD.test(text)) throw new InvalidArgumentError('a word of letters, digits and ._:/-');
  return text;
}

function keyedHash(text: string): string {
  if (!HASH.test(text))
    throw new InvalidArgumentError('64 hex digits: the reference to the patient as records have it');
  return text;
}

const withRetention = (home: string, work: (ledger: Ledger) => Promise<void>): Promise<void> =>
  onLog({ home, tenant: HOME }, ({ ledger }) => work(ledger));

const byPerson = (command: Command): Command =>
  command.addOption(homeOption()).requiredOption('--by <person>', 'who says so, as the log names people', word);

/** What becomes of old entries: for people with the owner's connection to the database, and two of them where something goes. */
export function retentionCommand(): Command {
  const retention = new Command('retention').description('delete months of entries whose time is over; two people');
  byPerson(retention.command('ask').description('ask that a month goes').argument('<month>', 'such as 2020-03')).action(
    (month: string, { home, by }: Person) =>
      withRetention(home, async (ledger) => {
        await ledger.retention.ask(month, by);
        print(`asked for ${month}; another person has to approve it`);
      }),
  );
  byPerson(retention.command('approve').description('approve it, and delete').argument('<month>')).action(
    (month: string, { home, by }: Person) =>
      withRetention(home, async (ledger) => {
        await ledger.retention.approve(month, by);
        await remove(ledger, month);
      }),
  );
  retention
    .command('delete')
    .description('delete a month that was approved and could not be deleted then')
    .argument('<month>')
    .addOption(homeOption())
    .action((month: string, { home }: { home: string }) => withRetention(home, (ledger) => remove(ledger, month)));
  retention
    .command('keep')
    .description('keep the entries of a tenant longer than six years')
    .argument('<years>', 'never fewer than before', Number)
    .addOption(homeOption())
    .option('--tenant <tenant>', 'whose log', HOME)
    .action((years: number, { home, tenant }: TenantOptions) =>
      withRetention(home, async (ledger) => {
        await ledger.retention.keep(tenant, years);
        print(`entries of ${tenant} are kept ${String(years)} years`);
      }),
    );
  return retention;
}

/** The logs say first that the entries go; where no recorder runs, the next command brings that into them. */
async function remove(ledger: Ledger, month: string): Promise<void> {
  if ((await ledger.retention.delete(month)) === 'announced') {
    await ledger.caughtUp().catch(() => undefined);
    if ((await ledger.retention.delete(month)) === 'announced') {
      print('the logs will say that the entries go; run "medserve audit retention delete" when they do');
      return;
    }
  }
  print(`the entries of ${month} are gone; their tiles stay, and the logs tell of it`);
}

interface HoldOptions extends Person, TenantOptions {
  readonly reason: string;
  readonly patient?: string;
}

/** While a hold stands, nothing that it covers is deleted. */
export function holdCommand(): Command {
  const hold = new Command('hold').description('legal holds: entries that must not be deleted');
  byPerson(hold.command('place').description('hold the entries of a tenant, or those of months with a patient'))
    .option('--tenant <tenant>', 'whose log', HOME)
    .requiredOption('--reason <code>', 'such as LIT-2026-7', word)
    .option('--patient <hash>', 'keyed hash of one patient', keyedHash)
    .action(({ home, tenant, by, reason, patient }: HoldOptions) =>
      withRetention(home, async ({ retention }) => {
        const placed = await retention.hold({
          tenant,
          reason,
          placedBy: by,
          ...(patient === undefined ? {} : { patient }),
        });
        print(placed.id);
      }),
    );
  byPerson(hold.command('release').description('release a hold').argument('<id>')).action(
    (id: string, { home, by }: Person) =>
      withRetention(home, async ({ retention }) => {
        await retention.release(id, by);
        print('released');
      }),
  );
  hold
    .command('list')
    .description('the holds that stand')
    .addOption(homeOption())
    .action(({ home }: { home: string }) =>
      withRetention(home, async ({ retention }) => {
        for (const { id, tenant, reason, patient = 'all' } of await retention.holds())
          print(`${id}  ${tenant}  ${reason}  ${patient}`);
      }),
    );
  return hold;
}
