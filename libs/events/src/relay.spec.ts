import type { EventBus, EventMessage } from './event-bus';
import { partitionOf } from './event-bus';
import type { Outbox } from './outbox';
import { relayOnce, runRelay } from './relay';

const event = (id: string, key: string): EventMessage => ({ id, key, bytes: Buffer.from(id) });

class MemoryOutbox implements Outbox {
  constructor(readonly fresh: EventMessage[]) {}

  unsent(limit: number, isWanted: (key: string) => boolean = () => true): Promise<EventMessage[]> {
    return Promise.resolve(this.fresh.filter(({ key }) => isWanted(key)).slice(0, limit));
  }

  sent(ids: readonly string[]): Promise<void> {
    for (const id of ids)
      this.fresh.splice(
        this.fresh.findIndex((event) => event.id === id),
        1,
      );
    return Promise.resolve();
  }

  reclaim(): Promise<number> {
    return Promise.resolve(0);
  }
}

class RecordingBus implements EventBus {
  readonly partitions = 3;
  readonly calls: { partition: number; ids: string[] }[] = [];
  failing: number | undefined;

  publish(partition: number, messages: readonly EventMessage[]): Promise<void> {
    if (partition === this.failing) return Promise.reject(new Error('no leader'));
    this.calls.push({ partition, ids: messages.map(({ id }) => id) });
    return Promise.resolve();
  }

  subscribe(): Promise<{ close(): Promise<void> }> {
    return Promise.resolve({ close: () => Promise.resolve() });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const EVENTS = Array.from({ length: 40 }, (_, at) => event(`e${String(at)}`, `r${String(at % 9)}`));
const keyOf = new Map(EVENTS.map(({ id, key }) => [id, key]));

const turn = (): Promise<void> => new Promise(setImmediate);

describe('the relay', () => {
  it('publishes one partition a call, the events of a request in their order', async () => {
    const bus = new RecordingBus();
    expect(await relayOnce(new MemoryOutbox([...EVENTS]), bus, 500)).toBe(40);
    for (const { partition, ids } of bus.calls) {
      for (const id of ids) expect(partitionOf(keyOf.get(id) ?? '', 3)).toBe(partition);
      expect(ids).toEqual(EVENTS.map(({ id }) => id).filter((id) => ids.includes(id)));
    }
    expect(bus.calls.flatMap(({ ids }) => ids).sort()).toEqual(EVENTS.map(({ id }) => id).sort());
  });

  it('keeps the events of a partition that fails, and sends the others', async () => {
    const outbox = new MemoryOutbox([...EVENTS]);
    const bus = new RecordingBus();
    bus.failing = 1;
    await expect(relayOnce(outbox, bus, 500)).rejects.toThrow('no leader');
    expect(outbox.fresh).toEqual(EVENTS.filter(({ key }) => partitionOf(key, 3) === 1));
    bus.failing = undefined;
    await relayOnce(outbox, bus, 500);
    expect(bus.calls.flatMap(({ ids }) => ids).sort()).toEqual(EVENTS.map(({ id }) => id).sort());
  });

  it('goes on after a failure, and ends when it is told to', async () => {
    const outbox = new MemoryOutbox([...EVENTS]);
    const bus = new RecordingBus();
    bus.failing = 0;
    const closing = new AbortController();
    const failures: unknown[] = [];
    await runRelay(outbox, bus, {
      signal: closing.signal,
      pauseMs: 0,
      onFailure: (error) => {
        failures.push(error);
        bus.failing = undefined;
      },
      untilWoken: () => {
        if (outbox.fresh.length === 0) closing.abort();
        return turn();
      },
    });
    expect(failures).toHaveLength(1);
    expect(outbox.fresh).toHaveLength(0);
  });

  const ofPartition = (wanted: number): EventMessage[] => EVENTS.filter(({ key }) => partitionOf(key, 3) === wanted);

  /** Looks at once, as often as it may, until each in turn is so; then it is over. */
  async function relayUntil(
    { outbox, bus, batch }: { outbox: Outbox; bus: EventBus; batch: number },
    ...isSo: (() => boolean)[]
  ): Promise<unknown[]> {
    const closing = new AbortController();
    const failures: unknown[] = [];
    const running = runRelay(outbox, bus, {
      batch,
      patienceMs: 1,
      pauseMs: 1,
      betweenLooksMs: 1,
      signal: closing.signal,
      untilWoken: turn,
      onFailure: (error) => failures.push(error),
    });
    for (const isDone of isSo) while (!isDone()) await turn();
    closing.abort();
    await running;
    return failures;
  }

  it('goes on with the others while the events of a partition, more than a batch, do not leave', async () => {
    const [sick, others] = [ofPartition(1), [...ofPartition(0), ...ofPartition(2)]];
    const outbox = new MemoryOutbox([...sick, ...others]);
    const bus = new RecordingBus();
    const publish = bus.publish.bind(bus);
    let [begun, recover] = [0, (): void => undefined];
    bus.publish = async (partition, messages) => {
      if (partition === 1 && (begun += 1) === 1) await new Promise<void>((resolve) => (recover = resolve));
      return publish(partition, messages);
    };
    await relayUntil(
      { outbox, bus, batch: 5 },
      () => outbox.fresh.length === sick.length,
      () => {
        // Never a second one beside the first: which of them arrives first nobody knows.
        expect(begun).toBe(1);
        recover();
        return true;
      },
      () => outbox.fresh.length === 0,
    );
    const sent = bus.calls.flatMap(({ ids }) => ids);
    for (const partition of [0, 1, 2]) {
      const ids = ofPartition(partition).map(({ id }) => id);
      expect(sent.filter((id) => ids.includes(id))).toEqual(ids);
    }
  });

  it('lets a partition that fails rest, so that more of it than a batch keeps no others waiting', async () => {
    const sick = ofPartition(1);
    const outbox = new MemoryOutbox([...sick, ...ofPartition(0), ...ofPartition(2)]);
    const bus = new RecordingBus();
    bus.failing = 1;
    const failures = await relayUntil({ outbox, bus, batch: 5 }, () => outbox.fresh.length === sick.length);
    expect(outbox.fresh).toEqual(sick);
    expect(failures).toContainEqual(new Error('no leader'));
  });

  it('does not look at each wake while it passes a partition over, and wants nothing of it', async () => {
    const outbox = new MemoryOutbox([...EVENTS]);
    const bus = new RecordingBus();
    bus.publish = (partition) => (partition === 1 ? new Promise(() => undefined) : Promise.resolve());
    const looks = jest.spyOn(outbox, 'unsent');
    const closing = new AbortController();
    let wakes = 0;
    const untilWoken = (): Promise<void> => {
      wakes += 1;
      return turn();
    };
    const running = runRelay(outbox, bus, {
      signal: closing.signal,
      patienceMs: 1,
      betweenLooksMs: 60_000,
      untilWoken,
      onFailure: () => undefined,
    });
    while (outbox.fresh.length > ofPartition(1).length) await turn();
    for (let at = 0; at < 100; at += 1) await turn();
    closing.abort();
    await running;
    expect(looks.mock.calls.length).toBeLessThan(3);
    expect(wakes).toBeLessThan(3);
  });

  it('ends when it is told to though the transport does not answer', async () => {
    const outbox = new MemoryOutbox([...EVENTS]);
    const bus = new RecordingBus();
    const closing = new AbortController();
    bus.publish = () => {
      closing.abort();
      return new Promise(() => undefined);
    };
    const untilWoken = (): Promise<void> => Promise.resolve();
    await runRelay(outbox, bus, { signal: closing.signal, untilWoken, onFailure: () => undefined });
    expect(outbox.fresh).toEqual(EVENTS);
  });
});
