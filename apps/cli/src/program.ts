import { Command } from 'commander';
import { version } from './package';

/** How each command is made, in the order of the help. What one needs is loaded with it: all of them together take a second of CPU. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import('./up/up-command')).upCommand(),
  console: async () => (await import('./commands/console')).consoleCommand(),
  infer: async () => (await import('./commands/infer')).inferCommand(),
  inspect: async () => (await import('./commands/inspect')).inspectCommand(),
  models: async () => (await import('./commands/models')).modelsCommand(),
  pools: async () => (await import('./commands/pools')).poolsCommand(),
  catalog: async () => (await import('./catalog')).catalogCommand(),
  keys: async () => (await import('./commands/keys')).keysCommand(),
  tenants: async () => (await import('./commands/identity/tenants')).tenantsCommand(),
  sites: async () => (await import('./commands/identity/tenants')).sitesCommand(),
  issuers: async () => (await import('./commands/identity/issuers')).issuersCommand(),
  clients: async () => (await import('./commands/identity/clients')).clientsCommand(),
  quotas: async () => (await import('./commands/quotas')).quotasCommand(),
  usage: async () => (await import('./commands/usage')).usageCommand(),
  jobs: async () => (await import('./commands/jobs')).jobsCommand(),
  studies: async () => (await import('./commands/studies')).studiesCommand(),
  drift: async () => (await import('./commands/drift')).driftCommand(),
  audit: async () => (await import('./commands/audit')).auditCommand(),
  certs: async () => (await import('./commands/certs')).certsCommand(),
  privacy: async () => (await import('./commands/privacy')).privacyCommand(),
  doctor: async () => (await import('./commands/doctor')).doctorCommand(),
};

/**
 * The command `medserve`, with a help that teaches.
 *
 * @param wanted the first word after it: where that names a command, no other is there.
 */
export async function program(wanted?: string): Promise<Command> {
  const medserve = new Command('medserve')
    .description('Medical images in, typed and audited answers out. Not for clinical use with the reference models.')
    .version(version())
    // "models publish" has a --version of its own.
    .enablePositionalOptions()
    .showHelpAfterError('(run the command with --help to see what it takes)')
    .addHelpText(
      'after',
      `
Examples:
  medserve up                              start everything on this machine; Ctrl-C stops it
  medserve console                         an address of the page that signs a browser in
  medserve inspect scan.dcm                what it is, why, and what can be asked of it
  medserve infer scan.dcm                  ask about one image
  medserve infer series/                   the slices of one series are one volume
  medserve infer t1.nii.gz --modality mr3d a NIfTI file does not say what it shows: say it
  medserve models                          what can be asked of which images
  medserve audit verify                    prove that nothing was forgotten or changed
  medserve doctor                          what is wrong with this machine or home, and what to do`,
    );
  const one = wanted !== undefined && Object.hasOwn(COMMANDS, wanted) ? COMMANDS[wanted] : undefined;
  for (const make of one ? [one] : Object.values(COMMANDS)) medserve.addCommand(await make());
  return medserve;
}
