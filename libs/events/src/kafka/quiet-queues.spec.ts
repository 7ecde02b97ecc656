import './quiet-queues';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const SILENT = { debug: () => undefined, warn: () => undefined };

describe('the queue of a connection to a broker', () => {
  const sent: number[] = [];
  let queue: RequestQueue;

  beforeEach(() => {
    jest.useFakeTimers();
    sent.length = 0;
    const facts = { maxInFlightRequests: 1, requestTimeout: 60_000, clientId: 'test', broker: 'test', logger: SILENT };
    queue = new RequestQueue(facts);
  });
  afterEach(() => {
    queue.destroy();
    jest.useRealTimers();
  });

  const ask = (correlationId: number): void => {
    queue.push({
      entry: { correlationId, resolve: () => undefined },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    });
  };
  const answer = (correlationId: number): void => {
    queue.fulfillRequest({ correlationId, size: 0, payload: undefined });
  };

  it('sets no timer while nothing waits', () => {
    ask(1);
    answer(1);
    ask(2);
    answer(2);
    expect(sent).toEqual([1, 2]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends what waited, and looks for it until nothing waits any more', () => {
    ask(1);
    ask(2);
    expect(sent).toEqual([1]);
    expect(jest.getTimerCount()).toBe(1);
    answer(1);
    expect(sent).toEqual([1, 2]);
    answer(2);
    jest.advanceTimersByTime(1_000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
