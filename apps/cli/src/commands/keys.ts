import { randomUUID } from 'node:crypto';
import { ROLES, loadPepper, mintApiKey, scopesOf, type Role } from '@medserve/security';
import { Command } from 'commander';
import { operatorsEntry } from '../home/operator';
import { withStorage } from '../home/with-storage';
import { DAY_MS, days, homeOption, jsonOption } from '../options';
import { departmentOption, role, scopeOption, siteOption, tenantOption, USUAL_SCOPES } from './identity/options';
import { isId, requireSite, requireTenant } from './identity/require';

interface KeyOptions {
  readonly home: string;
  readonly json: boolean;
}

interface CreateOptions extends KeyOptions {
  readonly label: string;
  readonly tenant: string;
  readonly scope: readonly string[];
  readonly role?: Role;
  readonly site?: string;
  readonly department?: string;
  readonly days?: number;
}

export function keysCommand(): Command {
  const keys = new Command('keys').description('API keys: create, list, revoke').addHelpText(
    'after',
    `
Roles, and what a key for one may do where no --scope is given:
${Object.entries(ROLES)
  .map(([name, { scopes }]) => `  ${name.padEnd(22)}${scopes.join(', ')}`)
  .join('\n')}

Examples:
  medserve keys create --label "CT 2" --role device --site main --department radiology
  medserve keys create --label "nightly export" --tenant north --scope result:read --days 90`,
  );
  keys
    .command('create')
    .description('mint a key; it is shown once and stored as a hash')
    .requiredOption('--label <text>', 'what it is for, such as the name of the sending system')
    .addOption(tenantOption('whose data it reaches'))
    .addOption(scopeOption())
    .option('--role <role>', `in which role it asks: ${Object.keys(ROLES).join(', ')}`, role)
    .addOption(siteOption())
    .addOption(departmentOption())
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

const scopesFor = ({ scope, role: ofRole }: CreateOptions): readonly string[] =>
  scope.length > 0 ? scope : ofRole === undefined ? USUAL_SCOPES : scopesOf(ofRole);

async function create(options: CreateOptions): Promise<void> {
  const { json, label, tenant, role: ofRole, site, department, days: lifetime } = options;
  const id = randomUUID();
  const scopes = scopesFor(options);
  const key = await withStorage(options.home, async (storage, home) => {
    await requireTenant(storage, tenant);
    await requireSite(storage, tenant, site);
    const minted = mintApiKey(loadPepper(home.pepper));
    const entry = operatorsEntry(tenant, {
      event: 'key_created',
      subject: `key:${id}`,
      facts: {
        scopes: scopes.length,
        expires: lifetime !== undefined,
        ...(ofRole === undefined ? {} : { role: ofRole }),
      },
    });
    const made = {
      id,
      prefix: minted.prefix,
      hash: minted.hash,
      scopes,
      tenant,
      label,
      site: site ?? null,
      department: department ?? null,
      role: ofRole ?? null,
      expiresAt: lifetime === undefined ? null : new Date(Date.now() + lifetime * DAY_MS),
    };
    await storage.keys.create(made, entry);
    return minted.key;
  });
  process.stdout.write(json ? `${JSON.stringify({ id, key })}\n` : `${key}\n(id ${id}; the key is not shown again)\n`);
}

async function list({ home, json }: KeyOptions): Promise<void> {
  const keys = await withStorage(home, (storage) => storage.keys.list());
  const shown = keys.map(
    ({ id, prefix, label, tenant, scopes, role: ofRole, site, department, expiresAt, revokedAt }) => ({
      id,
      prefix,
      label,
      tenant,
      scopes,
      role: ofRole,
      site,
      department,
      expiresAt,
      state:
        revokedAt !== null ? 'revoked' : expiresAt !== null && expiresAt.getTime() < Date.now() ? 'expired' : 'valid',
    }),
  );
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
  await withStorage(home, async (storage) => {
    const found = (await storage.keys.list()).find((key) => key.id === id && key.revokedAt === null);
    if (!isId(id) || found === undefined)
      throw new Error('there is no valid key with this id; "medserve keys list" shows them');
    const entry = operatorsEntry(found.tenant, { event: 'key_revoked', subject: `key:${id}` });
    await storage.keys.revoke(found.tenant, id, entry);
  });
  process.stdout.write('revoked\n');
}
