import type { EventBus } from '@medserve/events';
import type { Tracer } from '@medserve/runtime';

/** The bus, whose every publishing is a span with links to the requests that are traced of those that its messages tell of. */
export const tracedBus = (bus: EventBus, tracer: Tracer): EventBus => ({
  partitions: bus.partitions,
  publish: async (partition, messages) => {
    const traceparents = messages.map(({ traceparent }) => traceparent);
    const span = tracer.together('relay', 'producer', traceparents);
    let isError = true;
    try {
      await bus.publish(partition, messages);
      isError = false;
    } finally {
      span?.note({ count: messages.length });
      span?.end({ isError });
    }
  },
  subscribe: (handler) => bus.subscribe(handler),
  ...(bus.inspect === undefined ? {} : { inspect: () => bus.inspect?.() ?? Promise.resolve(undefined) }),
  close: () => bus.close(),
});
