import { InProcessBus, relayOnce } from '@medserve/events';
import { migrate, openStorage, startEmbeddedPostgres, type Storage } from '@medserve/storage';
import { existsSync } from 'node:fs';
import { homeAt, makeHome, type Home } from './home';
import { lockHome } from './lock';
import { runningOn } from './running';

const BATCH = 500;

/**
 * Works on the database of a home, whether the platform runs or not. When it does not, the embedded server is started for the
 * time of the work, under the home's lock, and what a killed platform had committed is first brought into the ledger.
 *
 * @throws Error where there is no such home; `HomeInUseError` while a platform is starting on it
 */
export async function withStorage<T>(
  directory: string,
  work: (storage: Storage, home: Home) => Promise<T>,
): Promise<T> {
  const home = homeAt(directory);
  const given = process.env['MEDSERVE_DATABASE_URL'];
  const running = runningOn(directory)?.databaseUrl;
  if (running !== undefined) return onDatabase(running, (storage) => work(storage, home));
  if (given !== undefined) {
    return onDatabase(given, async (storage) => {
      await intoLedger(storage);
      return work(storage, home);
    });
  }
  if (!existsSync(home.database))
    throw new Error(`there is no platform's data in ${home.root}; --home names another folder`);
  makeHome(home);
  const unlock = lockHome(home.lock);
  try {
    const server = await startEmbeddedPostgres({ dir: home.database });
    try {
      await migrate(server.url);
      return await onDatabase(server.url, async (storage) => {
        await storage.abandonSweep(0).sweep(performance.now());
        await intoLedger(storage);
        return work(storage, home);
      });
    } finally {
      await server.stop();
    }
  } finally {
    unlock();
  }
}

async function onDatabase<T>(url: string, work: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await openStorage({
    url,
    poolSize: 4,
    applicationName: 'medserve-command',
    // A large log takes minutes to verify, and who waits for a command can end it.
    replyTimeoutMs: 0,
    // What was published stands against a database that is an older copy, here as in the recorder.
    publishedDir: process.env['MEDSERVE_LEDGER_DIR'],
  });
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}

/** What the recorder would do, and may be doing elsewhere: an event that two bring is taken once. */
async function intoLedger(storage: Storage): Promise<void> {
  await storage.outbox.reclaim(0);
  const bus = new InProcessBus();
  await bus.subscribe(async (messages) => {
    await storage.ledger.append(messages);
  });
  while ((await relayOnce(storage.outbox, bus, BATCH)) > 0);
  await bus.close();
}
