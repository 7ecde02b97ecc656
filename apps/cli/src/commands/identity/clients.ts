import { randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keyUrl, readJwks, rotateOwnKey } from '@medserve/security';
import type { StoredClient } from '@medserve/storage';
import { Command, InvalidArgumentError, Option } from 'commander';
import { operatorsEntry, tell } from '../../home/operator';
import { withStorage } from '../../home/with-storage';
import { homeOption, jsonOption } from '../../options';
import { HOME_TENANT } from '../../up/run-key';
import { departmentOption, scopeOption, siteOption, tenantOption, USUAL_SCOPES } from './options';
import { isId, requireSite, requireTenant } from './require';

interface AddOptions {
  readonly home: string;
  readonly json: boolean;
  readonly tenant: string;
  readonly label: string;
  readonly scope: readonly string[];
  readonly site?: string;
  readonly department?: string;
  readonly jwks?: object;
  readonly jwksUri?: string;
  readonly certificate?: string;
  readonly certificateName?: string;
}

/** What the option is given as, or why it is not that. */
function read<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

const jwksFile = (path: string): object => read(() => readJwks(JSON.parse(readFileSync(path, 'utf8'))));
const url = (text: string): string => read(() => keyUrl(text).href);
const fingerprint = (path: string): string =>
  read(() => new X509Certificate(readFileSync(path)).fingerprint256.replaceAll(':', '').toLowerCase());

function certificateName(text: string): string {
  if (/^(?:URI|DNS):[!-~]{1,490}$/.test(text)) return text;
  throw new InvalidArgumentError('has to be URI:... or DNS:..., as a certificate has it among its alternative names');
}

export function clientsCommand(): Command {
  const clients = new Command('clients').description('systems with a key of their own: add, list, revoke').addHelpText(
    'after',
    `
A client proves itself by an assertion that it signs (SMART Backend Services) and gets an access token of five minutes at
POST /oauth/token, or by the certificate with which it opens the connection. Its private key never leaves it.

Examples:
  medserve clients add --tenant north --label "PACS gateway" --jwks pacs.jwks.json
  medserve clients add --tenant north --label RIS --jwks-uri https://ris.north.example/jwks --scope infer
  medserve clients add --tenant north --label "CT 2" --certificate ct2.pem --site main --department radiology
  medserve clients revoke ID`,
  );
  clients
    .command('add')
    .description('register a client; its id is its "iss" and "sub"')
    .requiredOption('--label <text>', 'what it is, such as the name of the sending system')
    .addOption(tenantOption('whose data it reaches'))
    .addOption(new Option('--jwks <file>', 'its public keys (RFC 7517)').argParser(jwksFile).conflicts('jwksUri'))
    .option('--jwks-uri <url>', 'where it publishes them', url)
    .option('--certificate <file>', 'its certificate (PEM), by which alone it is known', fingerprint)
    .option('--certificate-name <name>', 'a name in its certificates, URI:... or DNS:...', certificateName)
    .addOption(scopeOption())
    .addOption(siteOption())
    .addOption(departmentOption())
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(add);
  clients.command('list').description('the clients').addOption(homeOption()).addOption(jsonOption()).action(list);
  clients
    .command('revoke')
    .description('stop a client and its tokens from working, within five seconds')
    .argument('<id>', 'as "clients list" shows it')
    .addOption(homeOption())
    .action(revoke);
  clients
    .command('rotate')
    .description('sign access tokens with a new key; those of the old one stay valid for their five minutes')
    .addOption(homeOption())
    .action(rotate);
  return clients;
}

async function add({ home, json, ...options }: AddOptions): Promise<void> {
  const { tenant, label, scope, site, department, jwks, jwksUri, certificate } = options;
  if ([jwks, jwksUri, certificate, options.certificateName].every((proof) => proof === undefined)) {
    throw new Error('a client needs --jwks, --jwks-uri, --certificate or --certificate-name to prove itself by');
  }
  const client = {
    id: randomUUID(),
    tenant,
    label,
    jwks: jwks ?? null,
    jwksUri: jwksUri ?? null,
    certificateSha256: certificate ?? null,
    certificateName: options.certificateName ?? null,
    scopes: scope.length === 0 ? USUAL_SCOPES : scope,
    site: site ?? null,
    department: department ?? null,
  };
  await withStorage(home, async (storage) => {
    await requireTenant(storage, tenant);
    await requireSite(storage, tenant, site);
    if (await storage.identity.clients.add(client, changed(client, 'added'))) return;
    throw new Error('another client has this certificate or its name; "medserve clients list" shows it');
  });
  process.stdout.write(json ? `${JSON.stringify({ id: client.id })}\n` : `added ${client.id}\n`);
}

const changed = ({ tenant, id }: Pick<StoredClient, 'tenant' | 'id'>, change: string) =>
  operatorsEntry(tenant, { event: 'client_changed', subject: `client:${id}`, facts: { change } });

async function list({ home, json }: { readonly home: string; readonly json: boolean }): Promise<void> {
  const clients = await withStorage(home, (storage) => storage.identity.clients.list());
  if (json) {
    process.stdout.write(`${JSON.stringify(clients)}\n`);
    return;
  }
  for (const client of clients) {
    const { id, tenant, label, scopes, revokedAt } = client;
    const state = (revokedAt === null ? 'valid' : 'revoked').padEnd(8);
    process.stdout.write(`${id}  ${state} ${tenant}  ${label}  ${proofOf(client)}  ${scopes.join(' ')}\n`);
  }
}

function proofOf({ jwks, jwksUri, certificateName: name }: StoredClient): string {
  if (jwks !== null) return 'keys';
  return jwksUri ?? name ?? 'certificate';
}

async function revoke(id: string, { home }: { readonly home: string }): Promise<void> {
  await withStorage(home, async (storage) => {
    const client = (await storage.identity.clients.list()).find((one) => one.id === id && one.revokedAt === null);
    if (!isId(id) || client === undefined)
      throw new Error('there is no valid client with this id; "medserve clients list" shows them');
    await storage.identity.clients.revoke(client.tenant, id, changed(client, 'revoked'));
  });
  process.stdout.write('revoked\n');
}

async function rotate({ home }: { readonly home: string }): Promise<void> {
  await withStorage(home, async (storage, { tokenKeys }) => {
    await tell(storage, HOME_TENANT, { event: 'signing_key_changed', subject: 'key:access-tokens' });
    rotateOwnKey(tokenKeys);
  });
  process.stdout.write('access tokens are signed with a new key within five seconds\n');
}
