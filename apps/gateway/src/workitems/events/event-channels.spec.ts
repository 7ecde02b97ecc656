import { setTimeout as delay } from 'node:timers/promises';
import { ServingError } from '@medserve/errors';
import { createInstruments } from '@medserve/runtime';
import type { Subscriber, WaitingReport } from '@medserve/storage';
import { EventChannels, type EventChannelsParts, type EventSocket } from './event-channels';

const NORTH: Subscriber = { tenant: 'north', aet: 'VIEWER' };
const report = (position: number): WaitingReport => ({
  position: String(position),
  uid: `2.25.${String(position)}`,
  uuid: null,
  event: 1,
  says: { '00741000': { vr: 'CS', Value: ['SCHEDULED'] } },
});

/** What subscribers are still to be told. */
class Store {
  readonly kept = new Map<string, WaitingReport[]>();
  isAway = false;

  put({ tenant, aet }: Subscriber, ...reports: readonly WaitingReport[]): void {
    const name = `${tenant} ${aet}`;
    this.kept.set(name, [...(this.kept.get(name) ?? []), ...reports]);
  }
  left({ tenant, aet }: Subscriber): string[] {
    return (this.kept.get(`${tenant} ${aet}`) ?? []).map(({ position }) => position);
  }
  waiting(subscribers: readonly Subscriber[]): Promise<Subscriber[]> {
    if (this.isAway) return Promise.reject(new ServingError('unavailable', 'away'));
    return Promise.resolve(subscribers.filter((one) => this.left(one).length > 0));
  }
  next({ tenant, aet }: Subscriber, most: number): Promise<WaitingReport[]> {
    return Promise.resolve((this.kept.get(`${tenant} ${aet}`) ?? []).slice(0, most));
  }
  told({ tenant, aet }: Subscriber, positions: readonly string[]): Promise<void> {
    const name = `${tenant} ${aet}`;
    this.kept.set(
      name,
      (this.kept.get(name) ?? []).filter(({ position }) => !positions.includes(position)),
    );
    return Promise.resolve();
  }
}

class Socket implements EventSocket {
  readonly got: { readonly uid: unknown; readonly messageId: unknown }[] = [];
  readonly closes: number[] = [];
  pings = 0;
  isTerminated = false;
  isBroken = false;
  confirms = true;
  private gone: (error: Error) => void = () => undefined;
  /** Takes nothing until it is released. */
  stalled: Promise<void> | undefined;
  private heard: () => void = () => undefined;
  private closed: () => void = () => undefined;

  constructor(private readonly answersPings = true) {}

  async send(text: string): Promise<void> {
    await this.stalled;
    if (this.isBroken) throw new Error('broken');
    const dataSet = JSON.parse(text) as Record<string, { readonly Value: readonly unknown[] }>;
    this.got.push({ uid: dataSet['00001000']?.Value[0], messageId: dataSet['00000110']?.Value[0] });
  }
  /** Once it hears that all came. */
  confirmed(): Promise<void> {
    return this.confirms ? Promise.resolve() : new Promise((_resolve, reject) => (this.gone = reject));
  }
  ping(): void {
    this.pings += 1;
    if (this.answersPings) this.heard();
  }
  close(code: number): void {
    this.closes.push(code);
    this.closed();
  }
  terminate(): void {
    this.isTerminated = true;
    this.gone(new Error('closed'));
    this.closed();
  }
  onPong(heard: () => void): void {
    this.heard = heard;
  }
  onClose(closed: () => void): void {
    this.closed = closed;
  }
}

const known = (): Promise<void> => Promise.resolve();
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(2);
}

describe('EventChannels', () => {
  let store: Store;
  let channels: EventChannels;
  const failures: unknown[] = [];
  const open = (more: Partial<EventChannelsParts> = {}): EventChannels => {
    store = new Store();
    failures.length = 0;
    return new EventChannels({
      store,
      instruments: createInstruments({ processMetrics: false }).studies,
      onFailure: (error) => failures.push(error),
      pollMs: 5,
      pingMs: 60_000,
      recheckMs: 60_000,
      ...more,
    });
  };
  afterEach(() => {
    channels.close();
  });

  it('tell what was kept, and what comes, in order and once', async () => {
    channels = open();
    const many = Array.from({ length: 250 }, (_, at) => report(at));
    store.put(NORTH, ...many);
    const socket = new Socket();
    channels.add(NORTH, socket, known);
    await until(() => socket.got.length === 250);
    store.put(NORTH, report(250));
    await until(() => store.left(NORTH).length === 0);
    expect(socket.got.map(({ uid }) => uid)).toEqual([...many, report(250)].map(({ uid }) => uid));
    expect(socket.got.map(({ messageId }) => messageId)).toEqual(socket.got.map((_, at) => at + 1));
  });

  it('tell each subscriber its own, each of its connections the same, and nothing to others of its name', async () => {
    channels = open();
    const south = { ...NORTH, tenant: 'south' };
    const [one, other, foreign] = [new Socket(), new Socket(), new Socket()];
    channels.add(NORTH, one, known);
    channels.add(NORTH, other, known);
    channels.add(south, foreign, known);
    store.put(NORTH, report(1));
    store.put(south, report(2));
    await until(() => store.left(NORTH).length + store.left(south).length === 0);
    expect([one, other, foreign].map(({ got }) => got.map(({ uid }) => uid))).toEqual([
      ['2.25.1'],
      ['2.25.1'],
      ['2.25.2'],
    ]);
  });

  it('keep what no connection took, and tell it to the next', async () => {
    channels = open();
    const broken = new Socket();
    store.put(NORTH, report(2), report(3));
    broken.isBroken = true;
    channels.add(NORTH, broken, known);
    await delay(20);
    broken.terminate();
    const next = new Socket();
    channels.add(NORTH, next, known);
    await until(() => store.left(NORTH).length === 0);
    expect(next.got.map(({ uid }) => uid)).toEqual(['2.25.2', '2.25.3']);
  });

  it('tell again what they do not know to have come', async () => {
    channels = open();
    const lost = new Socket();
    lost.confirms = false;
    store.put(NORTH, report(1), report(2));
    channels.add(NORTH, lost, known);
    await until(() => lost.got.length === 2);
    expect(store.left(NORTH)).toEqual(['1', '2']);
    lost.terminate();
    const next = new Socket();
    channels.add(NORTH, next, known);
    await until(() => store.left(NORTH).length === 0);
    expect(next.got.map(({ uid }) => uid)).toEqual(['2.25.1', '2.25.2']);
  });

  it('have enough of one of several that has it', async () => {
    channels = open();
    const [lost, here] = [new Socket(), new Socket()];
    lost.isBroken = true;
    channels.add(NORTH, lost, known);
    channels.add(NORTH, here, known);
    store.put(NORTH, report(1));
    await until(() => store.left(NORTH).length === 0);
    expect(here.got).toHaveLength(1);
  });

  it('hold nobody up by one that takes nothing', async () => {
    channels = open();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const [stalled, free] = [new Socket(), new Socket()];
    stalled.stalled = promise;
    const other = { ...NORTH, aet: 'OTHER' };
    channels.add(NORTH, stalled, known);
    channels.add(other, free, known);
    store.put(NORTH, report(1));
    store.put(other, report(2));
    await until(() => free.got.length === 1);
    store.put(other, report(3));
    await until(() => free.got.length === 2);
    expect(stalled.got).toEqual([]);
    resolve(undefined);
    await until(() => store.left(NORTH).length === 0);
  });

  it('go on when the database is there again', async () => {
    channels = open();
    const socket = new Socket();
    channels.add(NORTH, socket, known);
    store.isAway = true;
    store.put(NORTH, report(1));
    await until(() => failures.length > 1);
    store.isAway = false;
    await until(() => socket.got.length === 1);
  });

  it('end one that answers no ping', async () => {
    channels = open({ pingMs: 20 });
    const [here, gone] = [new Socket(), new Socket(false)];
    channels.add(NORTH, here, known);
    channels.add(NORTH, gone, known);
    await until(() => here.pings > 4);
    expect([here.isTerminated, gone.isTerminated, gone.pings]).toEqual([false, true, 1]);
  });

  it('close one whose key was revoked, and none because the database is away', async () => {
    channels = open({ recheckMs: 10 });
    const [revoked, unsure] = [new Socket(), new Socket()];
    let looks = 0;
    channels.add(NORTH, revoked, () => Promise.reject(new ServingError('unauthenticated', 'revoked')));
    channels.add(NORTH, unsure, () => {
      looks += 1;
      return Promise.reject(new ServingError(looks % 2 === 0 ? 'unavailable' : 'overloaded', 'away'));
    });
    await until(() => looks > 2);
    expect([revoked.closes, unsure.closes]).toEqual([[1008], []]);
  });

  it('are as many as there may be', () => {
    channels = open({ most: { all: 2, ofTenant: 1 } });
    const refusal = expect.objectContaining({ reason: 'overloaded' }) as Error;
    const enter = (tenant: string) => (): void => {
      channels.insistOnRoom(tenant);
      channels.add({ ...NORTH, tenant }, new Socket(), known);
    };
    enter('north')();
    expect(enter('north')).toThrow(refusal);
    enter('south')();
    expect(enter('east')).toThrow(refusal);
  });
});
