import { prefixOfApiKey } from '@medserve/security';
import { Command } from 'commander';
import { runningOn } from '../home/running';
import { withStorage } from '../home/with-storage';
import { homeOption, jsonOption } from '../options';
import { ADDRESS_MINUTES, consoleAddress } from '../up/console-address';

interface ConsoleOptions {
  readonly home: string;
  readonly json: boolean;
}

export function consoleCommand(): Command {
  return new Command('console')
    .description('print an address of the page that signs a browser in, once, with the key of this run')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The address is good for one browser, within ${String(ADDRESS_MINUTES)} minutes; "medserve up" prints the first one. Whoever opens it may do what
the key of the run may. Others sign in with a key of their own ("medserve keys create"), or at their issuer.

Examples:
  medserve console                         an address to open
  medserve console --home /data/medserve   of the platform that runs on this home`,
    )
    .action(print);
}

async function print({ home, json }: ConsoleOptions): Promise<void> {
  const running = runningOn(home);
  if (running === undefined) throw new Error(`no platform runs on ${home}: start one with "medserve up"`);
  if (running.console === '') throw new Error('the page is not built: "npm run build" builds it, for the next start');
  const address = await withStorage(home, async (storage) => {
    const key = await storage.keys.findByPrefix(prefixOfApiKey(running.key) ?? '');
    if (key === undefined) throw new Error('the platform is stopping: start it again with "medserve up"');
    return consoleAddress(storage, running.console, { tenant: key.tenant, key: key.id });
  });
  process.stdout.write(
    json
      ? `${JSON.stringify({ url: address })}\n`
      : `${address}\nOpen this in a browser within ${String(ADDRESS_MINUTES)} minutes; it signs in once.\n`,
  );
}
