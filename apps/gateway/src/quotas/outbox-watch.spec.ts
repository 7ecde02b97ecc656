import { createInstruments, mergeMetrics, silentLogger, type Logger } from '@medserve/runtime';
import { OutboxWatch } from './outbox-watch';

const CEILING = { events: 100, bytes: 10_000 };

function setUp() {
  const depth = { events: 0, bytes: 0 };
  const told: string[] = [];
  const tell = (message: string): void => void told.push(message);
  const logger: Logger = { ...silentLogger, info: tell, warn: tell, error: tell };
  const instruments = createInstruments({ processMetrics: false });
  let isAway = false;
  const watch = new OutboxWatch({
    reader: { outboxDepth: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve({ ...depth })) },
    ceiling: CEILING,
    instruments,
    logger,
  });
  const look = async (events: number): Promise<OutboxWatch['state']> => {
    depth.events = events;
    await watch.look();
    return watch.state;
  };
  return { watch, look, told, instruments, lose: () => void (isAway = true), find: () => void (isAway = false) };
}

describe('the watch over the outbox', () => {
  it('lets requests in below the ceiling, and warns once when it comes near', async () => {
    const { watch, look, told } = setUp();
    expect([await look(79), await look(80), await look(99)]).toEqual(['open', 'near', 'near']);
    expect(() => {
      watch.check();
    }).not.toThrow();
    expect(told).toEqual(['the outbox is near its ceiling']);
  });

  it('refuses at the ceiling, naming it and when to come back, until there is room again', async () => {
    const { watch, look, told } = setUp();
    await look(100);
    expect(() => {
      watch.check();
    }).toThrow(
      expect.objectContaining({
        reason: 'unavailable',
        limit: 'outbox: 100 events or 10000 bytes',
        retryAfterMs: 5_000,
      }) as Error,
    );
    expect([await look(96), await look(50)]).toEqual(['full', 'open']);
    expect(told).toEqual([
      'the outbox is full: new requests are refused',
      'the outbox has room again: requests are accepted',
    ]);
  });

  it('keeps what it saw last while the database does not answer', async () => {
    const { watch, look, lose } = setUp();
    await look(100);
    lose();
    expect(await look(0)).toBe('full');
    await watch.close();
  });

  it('refuses when it could not see for half a minute, and lets in again when it sees that there is room', async () => {
    const { look, lose, find } = setUp();
    await look(1);
    lose();
    for (let count = 1; count < 30; count += 1) expect(await look(1)).toBe('open');
    expect(await look(1)).toBe('full');
    find();
    expect(await look(1)).toBe('open');
  });

  it('shows what it saw as metrics', async () => {
    const { look, instruments } = setUp();
    await look(42);
    expect(await mergeMetrics([await instruments.collect()])).toContain('medserve_outbox_events 42');
  });
});
