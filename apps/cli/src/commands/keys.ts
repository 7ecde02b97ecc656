import { randomUUID } from 'node:crypto';
import { SCOPES, loadPepper, mintApiKey } from '@medserve/security';
import { Command, InvalidArgumentError } from 'commander';
import { withStorage } from '../home/with-storage';
import { homeOption, jsonOption } from '../options';
import { HOME_TENANT } from '../up/run-key';

interface KeyOptions {
  readonly home: string;
  readonly json: boolean;
}

interface CreateOptions extends KeyOptions {
  readonly label: string;
  readonly tenant: string;
  readonly scope: readonly string[];
  readonly days?: number;
}

const DAY_MS = 86_400_000;

function scope(value: string, before: readonly string[]): string[] {
  if (!(SCOPES as readonly string[]).includes(value))
    throw new InvalidArgumentError(`choose from ${SCOPES.join(', ')}`);
  return [...before, value];
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number of days, 1 or more');
  return value;
}

export function keysCommand(): Command {
  const keys = new Command('keys').description('API keys: create, list, revoke');
  keys
    .command('create')
    .description('mint a key; it is shown once and stored as a hash')
    .requiredOption('--label <text>', 'what it is for, such as the name of the sending system')
    .option('--tenant <name>', 'whose data it reaches', HOME_TENANT)
    .option(
      '--scope <scope>',
      `what it may do, repeatable: ${SCOPES.join(', ')} (default: infer, model:read, result:read)`,
      scope,
      [],
    )
    .option('--days <n>', 'when it stops working; default: never', days)
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(create);
  keys
    .command('list')
    .description('the keys, without their secrets')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(list);
  keys
    .command('revoke')
    .description('stop a key from working, within five seconds')
    .argument('<id>', 'as "keys list" shows it')
    .addOption(homeOption())
    .action(revoke);
  return keys;
}

async function create({
  home: directory,
  json,
  label,
  tenant,
  scope: scopes,
  days: lifetime,
}: CreateOptions): Promise<void> {
  const id = randomUUID();
  const key = await withStorage(directory, async (storage, home) => {
    const minted = mintApiKey(loadPepper(home.pepper));
    await storage.keys.insert({
      id,
      prefix: minted.prefix,
      hash: minted.hash,
      scopes: scopes.length === 0 ? ['infer', 'model:read', 'result:read'] : [...scopes],
      tenant,
      label,
      expiresAt: lifetime === undefined ? null : new Date(Date.now() + lifetime * DAY_MS),
    });
    return minted.key;
  });
  process.stdout.write(json ? `${JSON.stringify({ id, key })}\n` : `${key}\n(id ${id}; the key is not shown again)\n`);
}

async function list({ home, json }: KeyOptions): Promise<void> {
  const keys = await withStorage(home, (storage) => storage.keys.list());
  const shown = keys.map(({ id, prefix, label, tenant, scopes, expiresAt, revokedAt }) => ({
    id,
    prefix,
    label,
    tenant,
    scopes,
    expiresAt,
    state:
      revokedAt !== null ? 'revoked' : expiresAt !== null && expiresAt.getTime() < Date.now() ? 'expired' : 'valid',
  }));
  process.stdout.write(
    json
      ? `${JSON.stringify(shown)}\n`
      : shown
          .map(
            ({ id, prefix, state, tenant, label, scopes }) =>
              `${id}  msk_${prefix}_…  ${state.padEnd(8)} ${tenant}  ${label}  ${scopes.join(' ')}\n`,
          )
          .join(''),
  );
}

async function revoke(id: string, { home }: KeyOptions): Promise<void> {
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
  const wasValid = isUuid && (await withStorage(home, (storage) => storage.keys.revoke(id)));
  if (!wasValid) throw new Error('there is no valid key with this id; "medserve keys list" shows them');
  process.stdout.write('revoked\n');
}
