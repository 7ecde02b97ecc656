import { randomUUID } from 'node:crypto';
import { keyUrl, ROLES, SCOPES } from '@medserve/security';
import type { SignInClient, StoredIssuer } from '@medserve/storage';
import { Command, InvalidArgumentError } from 'commander';
import { operatorsEntry } from '../../home/operator';
import { withStorage } from '../../home/with-storage';
import { homeOption, jsonOption } from '../../options';
import { algorithmOption, pair, role, scopeOption, tenantOption, USUAL_SCOPES, word } from './options';
import { isId, requireTenant } from './require';
import { keepSecret, readSecret, removeSecret, signInOf, signInOptions, type SignInOptions } from './sign-in';

interface AddOptions extends SignInOptions {
  readonly home: string;
  readonly tenant: string;
  readonly issuer: string;
  readonly jwks: string;
  readonly audience: string;
  readonly algorithm: readonly string[];
  readonly typ: string;
  readonly scope: readonly string[];
  readonly client?: string;
  readonly claim?: readonly [name: string, value: string];
  readonly roleClaim?: string;
  readonly siteClaim?: string;
  readonly departmentClaim?: string;
  readonly purposeClaim?: string;
  readonly mapRole: readonly (readonly [string, string])[];
  readonly department: readonly string[];
}

function url(text: string): string {
  try {
    return keyUrl(text).href;
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function mapRole(text: string, before: AddOptions['mapRole']): AddOptions['mapRole'] {
  const [theirs, ours] = pair(text);
  return [...before, [theirs, role(ours)]];
}

export function issuersCommand(): Command {
  const issuers = new Command('issuers')
    .description('whose tokens are believed, and of which tenant: add, list, remove')
    .addHelpText(
      'after',
      `
The issuer of a hospital (Keycloak, Entra ID, an EHR) signs access tokens; its public keys stand at an address that its
/.well-known/openid-configuration calls "jwks_uri". That address is the only one that is ever asked. An issuer that serves
several tenants has a line for each, told apart by --client or --claim.

Roles: ${Object.keys(ROLES).join(', ')}
Scopes: ${SCOPES.join(', ')}

Examples:
  medserve issuers add --tenant north --issuer https://id.north.example/realms/main \\
    --jwks https://id.north.example/realms/main/protocol/openid-connect/certs --audience medserve \\
    --typ any --role-claim realm_access.roles --map-role radiologist=clinician --scope infer --scope result:read
  medserve issuers add --tenant north --issuer https://id.north.example/realms/main \\
    --jwks https://id.north.example/realms/main/protocol/openid-connect/certs --audience medserve \\
    --role-claim roles --sign-in-client medserve-console --sign-in-secret console.secret --sign-in-title "Northern General"
  medserve issuers list`,
    );
  const command = issuers
    .command('add')
    .description('believe the tokens of an issuer')
    .addOption(tenantOption('whose people and systems they stand for'))
    .requiredOption('--issuer <url>', 'the claim "iss", letter by letter')
    .requiredOption('--jwks <url>', 'where its public keys are', url)
    .requiredOption('--audience <text>', 'what the claim "aud" has to name: this platform')
    .addOption(algorithmOption())
    .option('--typ <text>', 'the header "typ" of its access tokens; "any" where it sends none', 'at+jwt')
    .addOption(scopeOption())
    .option('--client <id>', 'for tokens of this client only')
    .option('--claim <name=value>', 'for tokens with this value of this claim only', pair)
    .option('--role-claim <name>', 'which claim says the role, such as roles or realm_access.roles')
    .option('--map-role <theirs=ours>', 'a word of the issuer for a role, repeatable', mapRole, [])
    .option('--site-claim <name>', 'which claim says the site')
    .option('--department-claim <name>', 'which claim says the department')
    .option('--department <id>', 'a department that a token may name, repeatable; default: any', collect, [])
    .option('--purpose-claim <name>', 'which claim says the purpose of use (TREAT, HRESCH, ...)')
    .addOption(homeOption())
    .action(add);
  for (const option of signInOptions()) command.addOption(option);
  issuers
    .command('list')
    .description('the issuers that are believed')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(list);
  issuers
    .command('remove')
    .description('stop believing an issuer, within five seconds')
    .argument('<id>', 'as "issuers list" shows it')
    .addOption(homeOption())
    .action(remove);
  return issuers;
}

const collect = (value: string, before: readonly string[]): string[] => [...before, word(value)];

function lineOf(options: AddOptions, signIn: SignInClient | null): StoredIssuer {
  const { tenant, issuer, jwks, audience, algorithm, typ, scope, client, claim, mapRole: roles, department } = options;
  const claims = {
    role: options.roleClaim,
    site: options.siteClaim,
    department: options.departmentClaim,
    purpose: options.purposeClaim,
  };
  return {
    id: randomUUID(),
    tenant,
    issuer,
    client: client ?? null,
    claim: claim?.[0] ?? null,
    claimValue: claim?.[1] ?? null,
    jwksUri: jwks,
    audience,
    algorithms: algorithm.length === 0 ? ['RS256', 'ES256'] : algorithm,
    typ: typ === 'any' ? null : typ,
    scopes: scope.length === 0 ? USUAL_SCOPES : scope,
    claims: Object.fromEntries(
      Object.entries(claims).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    roles: Object.fromEntries(roles),
    departments: department.length === 0 ? null : department,
    signIn,
  };
}

const changed = (line: StoredIssuer, change: string) =>
  operatorsEntry(line.tenant, {
    event: 'issuer_changed',
    subject: `issuer:${line.id}`,
    facts: { change, scopes: line.scopes.length },
  });

async function add(options: AddOptions): Promise<void> {
  const secret = readSecret(options);
  const line = lineOf(options, signInOf(options));
  await withStorage(options.home, async (storage) => {
    await requireTenant(storage, line.tenant);
    // Before the line: a gateway that sees the line finds the secret.
    if (secret !== undefined) keepSecret(options.home, line.id, secret);
    if (await storage.identity.issuers.add(line, changed(line, 'added'))) return;
    removeSecret(options.home, line.id);
    throw new Error('there is a line with this issuer, client and claim already; "medserve issuers list" shows it');
  });
  process.stdout.write(`added ${line.id}\n`);
}

async function list({ home, json }: { readonly home: string; readonly json: boolean }): Promise<void> {
  const lines = await withStorage(home, (storage) => storage.identity.issuers.list());
  if (json) {
    process.stdout.write(`${JSON.stringify(lines)}\n`);
    return;
  }
  for (const { id, tenant, issuer, client, claim, claimValue, scopes, signIn } of lines) {
    const only = [
      client === null ? '' : `client ${client}`,
      claim === null ? '' : `${claim}=${String(claimValue)}`,
      signIn === null ? '' : `people sign in as ${signIn.client}`,
    ];
    process.stdout.write(`${[id, tenant, issuer, ...only.filter(Boolean), scopes.join(' ')].join('  ')}\n`);
  }
}

async function remove(id: string, { home }: { readonly home: string }): Promise<void> {
  await withStorage(home, async (storage) => {
    const line = (await storage.identity.issuers.list()).find((one) => one.id === id);
    if (!isId(id) || line === undefined)
      throw new Error('there is no issuer with this id; "medserve issuers list" shows them');
    await storage.identity.issuers.remove(line.tenant, id, changed(line, 'removed'));
    removeSecret(home, id);
  });
  process.stdout.write('removed\n');
}
