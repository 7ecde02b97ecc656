import { Argument, Command } from 'commander';
import { operatorsEntry } from '../../home/operator';
import { withStorage } from '../../home/with-storage';
import { homeOption, jsonOption } from '../../options';
import { tenantOption, word } from './options';
import { requireTenant } from './require';

interface HomeOptions {
  readonly home: string;
  readonly json: boolean;
}

const id = (): Argument => new Argument('<id>', 'as records call it').argParser(word);

export function tenantsCommand(): Command {
  const tenants = new Command('tenants').description('hospitals: add, list, suspend, resume').addHelpText(
    'after',
    `
A tenant is a legal entity, such as a hospital. It sees its own requests, results, keys and records, and no others.
A suspended tenant's credentials stop working within five seconds; nothing of it is deleted.

Examples:
  medserve tenants add north --name "Northern General"
  medserve tenants suspend north`,
  );
  tenants
    .command('add')
    .description('add a tenant')
    .addArgument(id())
    .requiredOption('--name <text>', 'what people call it')
    .addOption(homeOption())
    .action(add);
  tenants.command('list').description('the tenants').addOption(homeOption()).addOption(jsonOption()).action(list);
  for (const [verb, isSuspended, description] of [
    ['suspend', true, 'refuse all credentials of a tenant'],
    ['resume', false, 'let a suspended tenant back'],
  ] as const) {
    tenants
      .command(verb)
      .description(description)
      .addArgument(id())
      .addOption(homeOption())
      .action((tenant: string, options: HomeOptions) => suspend(tenant, isSuspended, options));
  }
  return tenants;
}

const changed = (tenant: string, change: string, subject = `tenant:${tenant}`) =>
  operatorsEntry(tenant, { event: 'tenant_changed', subject, facts: { change } });

async function add(tenant: string, { home, name }: HomeOptions & { readonly name: string }): Promise<void> {
  await withStorage(home, async (storage) => {
    const { tenants } = storage.identity;
    if (await tenants.add(tenant, name, changed(tenant, 'added'))) return;
    throw new Error(`there is a tenant "${tenant}" already`);
  });
  process.stdout.write(`added ${tenant}\n`);
}

async function list({ home, json }: HomeOptions): Promise<void> {
  const tenants = await withStorage(home, (storage) => storage.identity.tenants.list());
  if (json) {
    process.stdout.write(`${JSON.stringify(tenants)}\n`);
    return;
  }
  for (const { id: tenant, name, suspendedAt } of tenants) {
    process.stdout.write(
      `${tenant.padEnd(16)} ${(suspendedAt === null ? 'active' : 'suspended').padEnd(10)} ${name}\n`,
    );
  }
}

async function suspend(tenant: string, isSuspended: boolean, { home }: HomeOptions): Promise<void> {
  const word = isSuspended ? 'suspended' : 'resumed';
  await withStorage(home, async (storage) => {
    await requireTenant(storage, tenant);
    await storage.identity.tenants.suspend(tenant, isSuspended, changed(tenant, word));
  });
  process.stdout.write(`${word} ${tenant}\n`);
}

export function sitesCommand(): Command {
  const sites = new Command('sites').description('sites of a tenant: add, list');
  sites
    .command('add')
    .description('add a site, which keys, clients and tokens may then name')
    .addArgument(id())
    .requiredOption('--name <text>', 'what people call it')
    .addOption(tenantOption('whose site it is'))
    .addOption(homeOption())
    .action(addSite);
  sites
    .command('list')
    .description('the sites of a tenant')
    .addOption(tenantOption('whose sites'))
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(listSites);
  return sites;
}

interface SiteOptions extends HomeOptions {
  readonly tenant: string;
}

async function addSite(site: string, { home, tenant, name }: SiteOptions & { readonly name: string }): Promise<void> {
  await withStorage(home, async (storage) => {
    await requireTenant(storage, tenant);
    const entry = changed(tenant, 'added', `site:${site}`);
    if (await storage.identity.tenants.addSite({ tenant, id: site, name }, entry)) return;
    throw new Error(`the tenant "${tenant}" has a site "${site}" already`);
  });
  process.stdout.write(`added ${site} to ${tenant}\n`);
}

async function listSites({ home, json, tenant }: SiteOptions): Promise<void> {
  const sites = await withStorage(home, (storage) => storage.identity.tenants.sitesOf(tenant));
  process.stdout.write(
    json ? `${JSON.stringify(sites)}\n` : sites.map(({ id: site, name }) => `${site.padEnd(16)} ${name}\n`).join(''),
  );
}
