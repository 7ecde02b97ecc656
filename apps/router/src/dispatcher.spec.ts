import { RequestClass } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { fromRequestClass, type ClassName, type IncomingRequest } from '@medserve/rpc';
import type { Directory } from './directory';
import { Dispatcher } from './dispatcher';
import type { Fleet } from './fleet';
import type { ShedReason } from './settings';
import { Traffic } from './traffic';

/** A dispatcher with 1000 bytes for requests, all of which wait for one model. */
function full() {
  const shed: ShedReason[] = [];
  const traffic = new Traffic({ onShed: (reason) => shed.push(reason) });
  const queue: { request: IncomingRequest; refuse: (error: ServingError) => void }[] = [];
  const className = ({ routing }: IncomingRequest): ClassName => fromRequestClass(routing.requestClass);
  const pool = {
    serve: (request: IncomingRequest) => {
      traffic.queue(className(request), 1, request.bytes.byteLength);
      return new Promise((_, reject) => queue.push({ request, refuse: reject }));
    },
    waiting: {
      evictLessUrgentThan: (name: ClassName) => {
        const at = queue.findLastIndex(({ request }) => className(request) === 'research' && name !== 'research');
        const [victim] = at < 0 ? [] : queue.splice(at, 1);
        if (!victim) return undefined;
        traffic.queue('research', -1, victim.request.bytes.byteLength);
        victim.refuse(new ServingError('overloaded', 'Evicted.'));
        return victim.request;
      },
    },
  };
  const fleet = { crowded: () => [pool], pool: () => pool, complete: true } as unknown as Fleet;
  const directory = { resolve: () => ({}) } as unknown as Directory;
  const dispatcher = new Dispatcher(fleet, directory, traffic, { maxInFlight: 10, maxBytes: 1_000 });
  const refused: string[] = [];
  const ask = (id: string, bytes: number, requestClass: RequestClass): void => {
    const request = { id, routing: { requestClass, wantsProgress: false }, bytes: Buffer.alloc(bytes) };
    dispatcher.dispatch(request as unknown as IncomingRequest).catch(() => refused.push(id));
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { traffic, ask, refused, settle, shed };
}

describe('the places of the whole router', () => {
  it('are given to a more urgent request from as many as it needs, and never beyond the limit', async () => {
    const { traffic, ask, refused, settle } = full();
    for (const id of ['a', 'b', 'c', 'd']) ask(id, 250, RequestClass.RESEARCH);
    ask('stat', 450, RequestClass.STAT);
    expect(traffic.bytes).toBe(950);
    await settle();
    expect(refused).toEqual(['d', 'c']);
    expect(traffic).toMatchObject({ bytes: 950, inFlight: 3 });
  });

  it('are taken from nobody for a request that would not fit all the same', async () => {
    const { traffic, ask, refused, settle, shed } = full();
    ask('stat', 600, RequestClass.STAT);
    ask('research', 400, RequestClass.RESEARCH);
    ask('urgent', 900, RequestClass.URGENT);
    await settle();
    expect(refused).toEqual(['urgent']);
    expect(shed).toEqual(['full']);
    expect(traffic.bytes).toBe(1_000);
  });
});
