import { generateKeyPairSync } from 'node:crypto';
import type { EventBus } from '@medserve/events';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { openStorage, type Storage } from '@medserve/storage';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { fulfil, type Duties } from './duties';

const { privateKey } = generateKeyPairSync('ed25519');
const EVERY_MS = 20;

describe('the duties of the recorder that holds the seat', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 5, applicationName: 'spec' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const withoutTransport = (): Duties => ({
    storage,
    bus: new Promise<EventBus>(() => undefined),
    keys: { current: () => privateKey, next: () => undefined, turn: () => undefined },
    witnesses: [],
    logger: silentLogger,
    instruments: noopInstruments(),
    times: {
      sweepEveryMs: EVERY_MS,
      graceMs: 0,
      reconcileEveryMs: EVERY_MS,
      resendAfterMs: EVERY_MS,
      checkpointEveryMs: EVERY_MS,
      watchClockEveryMs: EVERY_MS,
      monthsEveryMs: EVERY_MS,
    },
  });

  it.each([
    ['before they begin', 0],
    ['while they run', 100],
  ])(
    'end with the seat, lost %s, though no broker answers',
    async (_, afterMs) => {
      const seat = new AbortController();
      const over = fulfil(withoutTransport(), { signal: seat.signal, untilWoken: () => Promise.resolve() });
      if (afterMs === 0) seat.abort();
      else
        setTimeout(() => {
          seat.abort();
        }, afterMs);
      await expect(over).resolves.toBeUndefined();
    },
    20_000,
  );
});
