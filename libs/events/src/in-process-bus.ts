import type { EventBus, EventHandler, EventMessage, Subscription } from './event-bus';

/**
 * Hands events to the consumers in the same process, when no Kafka is configured. `publish` resolves when every consumer has
 * handled the messages, so nothing is ever under way: what fails is offered again by whoever publishes.
 */
export class InProcessBus implements EventBus {
  readonly partitions = 1;
  private readonly handlers = new Set<EventHandler>();
  private tail: Promise<void> = Promise.resolve();

  publish(_partition: number, messages: readonly EventMessage[]): Promise<void> {
    const done = this.tail.then(async () => {
      if (this.handlers.size === 0) throw new Error('Nobody consumes events yet.');
      for (const handler of this.handlers) await handler(messages);
    });
    this.tail = done.catch(() => undefined);
    return done;
  }

  subscribe(handler: EventHandler): Promise<Subscription> {
    this.handlers.add(handler);
    return Promise.resolve({
      close: async () => {
        await this.tail;
        this.handlers.delete(handler);
      },
    });
  }

  async close(): Promise<void> {
    await this.tail;
  }
}
