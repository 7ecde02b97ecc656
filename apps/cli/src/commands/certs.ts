import { join, resolve } from 'node:path';
import { SERVICE_NAMES } from '@medserve/rpc';
import { keptAuthority, writeCertificate } from '@medserve/security';
import { Command, InvalidArgumentError } from 'commander';
import { days, MOST_DAYS } from '../options';

interface MakeOptions {
  readonly days: number;
  readonly trustDomain: string;
  readonly host: readonly string[];
}

/** The longest: both ends have to be given another one when it ends. */
const AUTHORITY_DAYS = MOST_DAYS;

/** By which the commands on the gateway's own machine reach it. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** The folder of the certificate by which callers from outside know the gateway. */
const DOOR = 'door';

function trustDomain(text: string): string {
  if (!/^[a-z0-9._-]{1,255}$/.test(text))
    throw new InvalidArgumentError('lower-case letters, digits, ".", "-" and "_", such as radiology.example.org');
  return text;
}

export function certsCommand(): Command {
  const certs = new Command('certs').description('certificates for TLS between the services, and in front of them');
  certs
    .command('make')
    .description('make or renew a certificate for each service, from one authority that the folder keeps')
    .argument('<dir>')
    .option('--days <n>', 'how long the certificates hold', days, 365)
    .option('--trust-domain <name>', 'stands in the names of the services', trustDomain, 'medserve.local')
    .option(
      '--host <name>',
      'name or address by which callers reach the gateway, repeatable; localhost, 127.0.0.1 and ::1 always count',
      (host: string, before: readonly string[]) => [...before, host],
      [] as readonly string[],
    )
    .addHelpText(
      'after',
      `
  medserve certs make ./tls
  MEDSERVE_TLS_DIR=./tls medserve up                        services prove to each other which they are
  MEDSERVE_DOOR_TLS_DIR=./tls/door medserve up              https and gRPC over TLS for callers
  curl --cacert ./tls/door/ca.crt https://localhost:8080/livez

Run it again before the certificates end: services read them anew, without a restart. Whoever has authority.key can be any
service: keep the folder to yourself. In a cluster cert-manager makes the same files.`,
    )
    .action(make);
  return certs;
}

async function make(directory: string, options: MakeOptions): Promise<void> {
  const root = resolve(directory);
  const authority = await keptAuthority(root, `MedServe ${options.trustDomain}`, AUTHORITY_DAYS);
  for (const service of SERVICE_NAMES) {
    const uri = `spiffe://${options.trustDomain}/medserve/${service}`;
    const issued = await authority.issue({ name: service, uri, days: options.days });
    writeCertificate(join(root, service), authority.certificate, issued);
  }
  const hosts = [...options.host, ...LOOPBACK];
  const door = await authority.issue({ name: hosts[0] ?? DOOR, hosts, days: options.days });
  writeCertificate(join(root, DOOR), authority.certificate, door);
  process.stdout.write(
    `certificates for ${[...SERVICE_NAMES, DOOR].join(', ')} are in ${directory}, good for ${String(options.days)} days\n`,
  );
}
