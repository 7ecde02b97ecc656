import { createHash } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import type { RecordEvent } from '@medserve/events';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { SubjectReferences } from '@medserve/security';
import { v7 as uuidv7 } from 'uuid';
import { PhaseTimes } from './phase-times';
import type { Acceptance, Dispatched, Dispatcher, FinishOutcome, Records, StoredResult } from './ports';
import type { Prepared } from './prepared';
import type { Ticket } from '../quotas/ticket';
import { Road } from './road';
import { PRINCIPAL } from '../testing/image-world';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const ANSWER = Buffer.from('{"answer":"yes"}');
const DONE: Dispatched = {
  task: 'classify',
  model: { name: 'm', version: '1', digest: `sha256:${'0'.repeat(64)}` },
  engine: 'onnx',
  timings: {},
  batch: { rows: 1, batchRows: 1, leads: true },
};

/** A record in memory, which can be told to fail or to have ended a request otherwise. */
class FakeRecords implements Records {
  readonly events: RecordEvent[] = [];
  readonly results = new Map<string, StoredResult>();
  acceptance: Acceptance = { kind: 'accepted' };
  finishes: FinishOutcome['kind'][] = [];
  failures = 0;
  /** How many endings are committed and reported as lost. */
  lost = 0;
  /** What acceptances wait for, once they are written. */
  accepting: Promise<unknown> = Promise.resolve();

  fingerprints: string[] = [];

  async accept({ event, fingerprint }: Parameters<Records['accept']>[0]): Promise<Acceptance> {
    this.fingerprints.push(fingerprint.toString('hex'));
    if (this.acceptance.kind === 'accepted') this.events.push(event);
    await this.accepting;
    return this.acceptance;
  }

  finish({ id, event, result }: Parameters<Records['finish']>[0]): Promise<FinishOutcome> {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new ServingError('unavailable', 'The database is away.'));
    }
    const ended = this.events.find((known) => known.request === id && known.event !== 'accepted');
    const kind = this.finishes.shift() ?? (ended === undefined || ended.id === event.id ? 'recorded' : 'superseded');
    if (kind === 'recorded' && ended === undefined) {
      this.events.push(event);
      this.results.set(id, result);
    }
    if (this.lost > 0) {
      this.lost -= 1;
      return Promise.reject(new ServingError('unavailable', 'The connection was lost in the commit.'));
    }
    return Promise.resolve({ kind });
  }

  find(_tenant: string, id: string): Promise<{ status: string; result?: StoredResult }> {
    const result = this.results.get(id);
    return Promise.resolve(result === undefined ? { status: 'abandoned' } : { status: 'completed', result });
  }
}

function setUp(dispatch: Dispatcher['dispatch'] = () => Promise.resolve(DONE)) {
  const records = new FakeRecords();
  const instruments = noopInstruments();
  const counted: string[] = [];
  const road = new Road({
    records,
    dispatcher: { dispatch },
    instruments,
    logger: silentLogger,
    now: () => new Date(0),
    references: new SubjectReferences(Buffer.alloc(32)),
    meter: { ended: (_prepared, outcome) => void counted.push(outcome) },
  });
  const id = uuidv7();
  const named = { task: 'classify', modality: 'radiology', class: 'routine' } as const;
  const prepared: Prepared = {
    subject: { request: id, tenant: 't', by: PRINCIPAL, ...named, inputs: [sha256(Buffer.from('image'))] },
    fingerprint: Buffer.alloc(32),
    idempotencyKey: undefined,
    modelName: 'm',
    deadlineAtMs: performance.now() + 60_000,
    times: new PhaseTimes(instruments),
    order: { id, tenant: 't', ...named, inputs: [], input: { kind: 'tensor-bytes', tensors: [] } },
    compose: () => ANSWER,
  };
  return { road, records, prepared, id, counted, signal: new AbortController().signal };
}

/** A ticket that says what was taken of the quotas and not given back. */
function ticketOf(): { readonly ticket: Ticket; readonly cost: () => number } {
  let cost = 0;
  const ticket: Ticket = {
    accept: ({ costUnits }) => {
      cost += costUnits;
      return Promise.resolve(() => {
        cost -= costUnits;
      });
    },
    hold: () => () => undefined,
    leave: () => undefined,
  };
  return { ticket, cost: () => cost };
}

const EMPTY: StoredResult = { bytes: Buffer.from('{}'), contentType: '' };
const eventsOf = ({ events }: FakeRecords): string[] => events.map(({ event }) => event);
const codeOf = ({ bytes }: StoredResult): unknown => (JSON.parse(bytes.toString()) as { code: unknown }).code;

describe('the memory of large tensors', () => {
  const LARGE_BYTES = 1 << 20;
  const tensorsOf = (bytes: Uint8Array) => [{ name: 'x', datatype: 'UINT8', shape: [LARGE_BYTES], bytes }] as const;

  it('is given back when the answer is on record, and what is counted by its size was counted', async () => {
    const { road, prepared, counted, signal } = setUp();
    const bytes = new Uint8Array(LARGE_BYTES);
    const order = { ...prepared.order, input: { kind: 'tensor-bytes', tensors: tensorsOf(bytes) } as const };
    const { ended } = await road.accept({ ...prepared, order }, { signal });
    expect(bytes.byteLength).toBe(LARGE_BYTES);
    await ended;
    expect(counted).toEqual(['completed']);
    expect(bytes.byteLength).toBe(0);
  });

  it('is left to the collector when no model answered: somebody may still be sending from it', async () => {
    const failed = () => Promise.reject(new ServingError('deadline_exceeded', 'It took too long.'));
    const { road, prepared, signal } = setUp(failed);
    const bytes = new Uint8Array(LARGE_BYTES);
    const order = { ...prepared.order, input: { kind: 'tensor-bytes', tensors: tensorsOf(bytes) } as const };
    await (
      await road.accept({ ...prepared, order }, { signal })
    ).ended;
    expect(bytes.byteLength).toBe(LARGE_BYTES);
  });
});

describe('the road of an accepted request', () => {
  it('goes on with what it costs, as its quotas counted it', async () => {
    const sent: (number | undefined)[] = [];
    const { road, prepared, signal } = setUp(({ costUnits }) => {
      sent.push(costUnits);
      return Promise.resolve(DONE);
    });
    const { ticket, cost } = ticketOf();
    const { ended } = await road.accept(prepared, { signal, ticket });
    await ended;
    expect(sent).toEqual([cost()]);
  });

  it('ends in the answer, whose very bytes are stored and hashed in the record', async () => {
    const { road, records, prepared, id, signal } = setUp();
    const { ended } = await road.accept(prepared, { signal });
    expect((await ended).bytes).toBe(ANSWER);
    expect(eventsOf(records)).toEqual(['accepted', 'completed']);
    expect(records.events[1]).toMatchObject({ request: id, outputSha256: sha256(ANSWER), model: DONE.model });
    expect(records.results.get(id)?.bytes).toBe(ANSWER);
  });

  it('is known again by a fingerprint that tells nobody what was asked', async () => {
    const { road, records, prepared, signal } = setUp();
    const { subject } = prepared;
    for (const tenant of ['north', 'north', 'south']) {
      await (
        await road.accept({ ...prepared, subject: { ...subject, tenant } }, { signal })
      ).ended;
    }
    const [first, again, elsewhere] = records.fingerprints;
    expect(again).toBe(first);
    expect(elsewhere).not.toBe(first);
    expect(first).not.toBe(prepared.fingerprint.toString('hex'));
  });

  it.each([
    ['inference_failed', 'failed'],
    ['deadline_exceeded', 'failed'],
    ['cancelled', 'cancelled'],
  ] as const)('ends in a record also when it %s', async (reason, event) => {
    const { road, records, prepared, signal } = setUp(() => Promise.reject(new ServingError(reason, 'No.')));
    const { ended } = await road.accept(prepared, { signal });
    const problem = await ended;
    expect(codeOf(problem)).toBe(reason);
    expect(eventsOf(records)).toEqual(['accepted', event]);
    expect(records.events[1]).toMatchObject({ reason, outputSha256: sha256(problem.bytes) });
  });

  it('keeps the text of an unexpected error from the caller', async () => {
    const { road, prepared, signal } = setUp(() => Promise.reject(new Error('Doe^Jane')));
    const { bytes } = await (await road.accept(prepared, { signal })).ended;
    expect(bytes.toString()).not.toContain('Doe');
  });

  it('gives no answer while the record cannot be committed, and commits it when it can', async () => {
    const { road, records, prepared, counted, signal } = setUp();
    records.failures = 4;
    const { ended } = await road.accept(prepared, { signal });
    await expect(ended).rejects.toMatchObject({ reason: 'unavailable' });
    expect(eventsOf(records)).toEqual(['accepted']);
    expect(counted).toEqual([]);
    await road.drain();
    expect(eventsOf(records)).toEqual(['accepted', 'failed']);
    expect(counted).toEqual(['failed']);
  });

  it('answers with its tensors when the connection was lost after the commit of the answer', async () => {
    const tensors = [{ name: 'y', datatype: 'FP32', shape: [1], bytes: new Uint8Array(4) }] as const;
    const { road, records, prepared, signal } = setUp(() => Promise.resolve({ ...DONE, tensors }));
    records.lost = 1;
    const { ended } = await road.accept(prepared, { signal });
    expect(await ended).toMatchObject({ bytes: ANSWER, tensors, model: DONE.model });
    expect(eventsOf(records)).toEqual(['accepted', 'completed']);
  });

  it('ends a keyed request whose acceptance was lost after its commit, so that its key does not stand for it', async () => {
    const { road, records, prepared, id, signal } = setUp();
    records.accepting = Promise.reject(new ServingError('unavailable', 'The connection was lost in the commit.'));
    const keyed = { ...prepared, idempotencyKey: 'key' };
    await expect(road.accept(keyed, { signal })).rejects.toMatchObject({ reason: 'unavailable' });
    await road.drain();
    expect(eventsOf(records)).toEqual(['accepted', 'failed']);
    expect(codeOf(records.results.get(id) ?? EMPTY)).toBe('unavailable');
  });

  it('waits for the record no longer than until the deadline, and ends what is accepted later', async () => {
    let accept: () => void = () => undefined;
    const { road, records, prepared, signal } = setUp();
    records.accepting = new Promise<void>((resolve) => (accept = resolve));
    const late = { ...prepared, idempotencyKey: 'key', deadlineAtMs: performance.now() };
    await expect(road.accept(late, { signal })).rejects.toMatchObject({ reason: 'deadline_exceeded' });
    accept();
    await road.drain();
    expect(eventsOf(records)).toEqual(['accepted', 'failed']);
  });

  it('lets a repeated key wait for the first request no longer than until its own deadline', async () => {
    const { road, records, prepared, id, signal } = setUp(() => new Promise(() => undefined));
    await road.accept(prepared, { signal });
    records.acceptance = { kind: 'replay', id };
    const { ended } = await road.accept({ ...prepared, deadlineAtMs: performance.now() }, { signal });
    await expect(ended).rejects.toMatchObject({ reason: 'deadline_exceeded' });
  });

  it('sends what is on record when the request had ended otherwise', async () => {
    const { road, records, prepared, id, signal } = setUp();
    records.finishes = ['superseded'];
    records.results.set(id, { bytes: Buffer.from('on record'), contentType: 'application/json' });
    const { ended } = await road.accept(prepared, { signal });
    expect((await ended).bytes.toString()).toBe('on record');
  });

  it('says that a request was abandoned when nothing is on record', async () => {
    const { road, records, prepared, signal } = setUp();
    records.finishes = ['superseded', 'superseded'];
    const { ended } = await road.accept(prepared, { signal });
    await expect(ended).rejects.toMatchObject({ reason: 'inference_failed' });
    expect(eventsOf(records)).toEqual(['accepted']);
  });

  it('gives a repeated key the end of the request that runs, without another dispatch', async () => {
    let finish: (done: Dispatched) => void = () => undefined;
    let dispatches = 0;
    const { road, records, prepared, id, signal } = setUp(() => {
      dispatches += 1;
      return new Promise((resolve) => (finish = resolve));
    });
    const first = await road.accept(prepared, { signal });
    records.acceptance = { kind: 'replay', id };
    const second = await road.accept(prepared, { signal });
    finish(DONE);
    expect(await second.ended).toBe(await first.ended);
    expect(dispatches).toBe(1);
  });

  it('refuses a key that stands for another request', async () => {
    const { road, records, prepared, signal } = setUp();
    records.acceptance = { kind: 'reused' };
    await expect(road.accept(prepared, { signal })).rejects.toMatchObject({ reason: 'idempotency_key_reused' });
  });

  it('takes in no more of a class than its share of the places, records nothing of what it refuses, and frees the places', async () => {
    const ends: ((done: Dispatched) => void)[] = [];
    const { road, records, prepared, signal } = setUp(() => new Promise((resolve) => ends.push(resolve)));
    const another = (urgency: 'routine' | 'stat'): Prepared => {
      const request = uuidv7();
      return { ...prepared, subject: { ...prepared.subject, request, class: urgency } };
    };
    const running: Promise<unknown>[] = [];
    let refusal: unknown;
    while (refusal === undefined) {
      const accepted = await road.accept(another('routine'), { signal }).catch((error: unknown) => error);
      if (accepted instanceof ServingError) refusal = accepted;
      else running.push((accepted as { ended: Promise<unknown> }).ended);
    }
    expect(refusal).toMatchObject({ reason: 'overloaded' });
    expect(records.events).toHaveLength(running.length);
    running.push((await road.accept(another('stat'), { signal })).ended);
    for (const end of ends.splice(0)) end(DONE);
    await Promise.all(running);
    await expect(road.accept(another('routine'), { signal })).resolves.toBeDefined();
    for (const end of ends) end(DONE);
  });

  describe('and the quotas', () => {
    const costly = (prepared: Prepared): Prepared => {
      const tensor = { name: 'x', datatype: 'UINT8', shape: [1], bytes: new Uint8Array(1) } as const;
      return { ...prepared, order: { ...prepared.order, input: { kind: 'tensor-bytes', tensors: [tensor] } } };
    };

    it('pays for what is accepted', async () => {
      const { road, prepared, signal } = setUp();
      const { ticket, cost } = ticketOf();
      await (
        await road.accept(costly(prepared), { signal, ticket })
      ).ended;
      expect(cost()).toBe(1);
    });

    it.each([
      ['its key stands for another request', (records: FakeRecords) => (records.acceptance = { kind: 'reused' })],
      [
        'its record cannot be written',
        (records: FakeRecords) => (records.accepting = Promise.reject(new ServingError('unavailable', 'Away.'))),
      ],
    ])('pays nothing when %s', async (_name, spoil) => {
      const { road, records, prepared, signal } = setUp();
      const { ticket, cost } = ticketOf();
      void spoil(records);
      await expect(road.accept(costly(prepared), { signal, ticket })).rejects.toBeInstanceOf(ServingError);
      expect(cost()).toBe(0);
    });

    it('pays again for a repeated key', async () => {
      const { road, records, prepared, id, signal } = setUp();
      const { ticket, cost } = ticketOf();
      records.acceptance = { kind: 'replay', id };
      records.results.set(id, EMPTY);
      await (
        await road.accept(costly(prepared), { signal, ticket })
      ).ended;
      expect(cost()).toBe(1);
    });

    it('is not asked to pay when there is no place for it', async () => {
      const { road, prepared, signal } = setUp(() => new Promise(() => undefined));
      const another = (): Prepared => ({ ...prepared, subject: { ...prepared.subject, request: uuidv7() } });
      const fill = async (): Promise<unknown> => {
        for (;;) await road.accept(another(), { signal });
      };
      await expect(fill()).rejects.toMatchObject({ reason: 'overloaded' });
      const { ticket, cost } = ticketOf();
      const asked = jest.spyOn(ticket, 'accept');
      await expect(road.accept(costly(another()), { signal, ticket })).rejects.toMatchObject({ reason: 'overloaded' });
      expect([asked.mock.calls.length, cost()]).toEqual([0, 0]);
    });

    it('gives its place back when they refuse it', async () => {
      const { road, prepared, signal } = setUp();
      const { ticket } = ticketOf();
      jest.spyOn(ticket, 'accept').mockRejectedValue(new ServingError('quota_exceeded', 'No.'));
      for (let count = 0; count < 1_100; count += 1) {
        await expect(road.accept(prepared, { signal, ticket })).rejects.toMatchObject({ reason: 'quota_exceeded' });
      }
    });
  });

  it('gives a place back when the request is not accepted after all', async () => {
    const { road, records, prepared, signal } = setUp();
    records.acceptance = { kind: 'reused' };
    for (let count = 0; count < 1_100; count += 1) {
      await expect(road.accept(prepared, { signal })).rejects.toMatchObject({ reason: 'idempotency_key_reused' });
    }
  });

  it('ends in what left of an answer that was read along, as it is stored and hashed', async () => {
    const { road, records, prepared, id, signal } = setUp(() => Promise.reject(new ServingError('cancelled', 'Gone.')));
    const left: StoredResult = { bytes: Buffer.from('data: No'), contentType: 'text/event-stream' };
    const { ended } = await road.accept({ ...prepared, composeCutOff: () => left }, { signal });
    expect(await ended).toEqual({ ...left });
    expect(records.results.get(id)).toBe(left);
    expect(records.events[1]).toMatchObject({ event: 'cancelled', outputSha256: sha256(left.bytes) });
  });

  it('is stopped by who holds its answer, and ends in their reason, though its caller waits', async () => {
    const stop = new AbortController();
    const { road, records, prepared, signal } = setUp(
      (_order, options) =>
        new Promise((_resolve, reject) => {
          options.signal.addEventListener('abort', () => {
            reject(new ServingError('cancelled', 'Gone.'));
          });
        }),
    );
    const keyed = { ...prepared, idempotencyKey: 'k', stop: stop.signal };
    const { ended } = await road.accept(keyed, { signal });
    setImmediate(() => {
      stop.abort(new ServingError('too_large', 'Too much.'));
    });
    expect(codeOf(await ended)).toBe('too_large');
    expect(records.events[1]).toMatchObject({ event: 'failed', reason: 'too_large' });
  });
});
