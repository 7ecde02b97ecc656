import { randomUUID } from 'node:crypto';
import type { EventBus, EventMessage } from '@medserve/events';

const message = (key: string, text: string): EventMessage => ({
  id: randomUUID(),
  key,
  bytes: Buffer.from(text),
});

/** Collects what arrives and lets a test wait for it. */
class Inbox {
  readonly received: EventMessage[] = [];
  private waiting: (() => void)[] = [];

  refuseOnce: string | undefined;

  readonly handler = (messages: readonly EventMessage[]): Promise<void> => {
    if (messages.some(({ id }) => id === this.refuseOnce)) {
      this.refuseOnce = undefined;
      return Promise.reject(new Error('not now'));
    }
    this.received.push(...messages);
    for (const wake of this.waiting.splice(0)) wake();
    return Promise.resolve();
  };

  async untilHas(ids: readonly string[]): Promise<void> {
    while (!ids.every((id) => this.received.some((message) => message.id === id))) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }
}

/**
 * What every event bus must do.
 * @param open a bus on a topic and group that no other test uses
 */
export function describeEventBusContract(name: string, open: () => Promise<EventBus>): void {
  describe(`${name} as an event bus`, () => {
    let bus: EventBus;
    const inbox = new Inbox();

    beforeAll(async () => {
      bus = await open();
      await bus.subscribe(inbox.handler);
    }, 60_000);

    afterAll(() => bus.close(), 30_000);

    it('delivers every message with its id, request and exact bytes', async () => {
      const sent = [message(randomUUID(), '{"a":1}'), message(randomUUID(), 'é\u0000'), message(randomUUID(), '')];
      await bus.publish(0, sent.slice(0, 2));
      await inbox.untilHas(sent.slice(0, 2).map(({ id }) => id));
      for (const one of sent.slice(0, 2)) {
        expect(inbox.received.find(({ id }) => id === one.id)).toEqual(one);
      }
    }, 60_000);

    it('delivers the trace of a request beside its event, and none of one that is not traced', async () => {
      const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
      const sent = [{ ...message(randomUUID(), 'traced'), traceparent }, message(randomUUID(), 'plain')];
      await bus.publish(0, sent);
      await inbox.untilHas(sent.map(({ id }) => id));
      expect(sent.map(({ id }) => inbox.received.find((arrived) => arrived.id === id))).toEqual(sent);
    }, 60_000);

    it('keeps the order within a partition, over many calls', async () => {
      const request = randomUUID();
      const sent = Array.from({ length: 60 }, (_, at) => message(request, String(at)));
      for (let at = 0; at < sent.length; at += 7) await bus.publish(bus.partitions - 1, sent.slice(at, at + 7));
      await inbox.untilHas(sent.map(({ id }) => id));
      const ids = new Set(sent.map(({ id }) => id));
      const arrived = inbox.received.filter(({ id }) => ids.has(id)).map(({ bytes }) => Number(bytes.toString()));
      // At least once: a repetition may stand behind, the first arrivals are in order.
      expect([...new Set(arrived)]).toEqual(sent.map((_, at) => at));
    }, 60_000);

    it('does not lose what a handler refuses: it comes again, from the bus or from whoever publishes', async () => {
      const one = message(randomUUID(), 'again');
      inbox.refuseOnce = one.id;
      await bus.publish(0, [one]).catch(() => bus.publish(0, [one]));
      await inbox.untilHas([one.id]);
      expect(inbox.refuseOnce).toBeUndefined();
    }, 60_000);
  });
}
