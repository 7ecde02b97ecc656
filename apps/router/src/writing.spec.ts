import { setImmediate as turn } from 'node:timers/promises';
import type { GenerationDelta } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { deltaFrame, failureFrame, progressFrame, type FrameHandler, type LanguageEntry } from '@medserve/rpc';
import { catalogueEntry, startFakePod } from '@medserve/testkit';
import { fakeReplica, poolOf, type Exchange } from './testing/fake-replica';
import { echo, GatedHost, Harness, signpost } from './testing/harness';

const language: LanguageEntry = {
  generates: true,
  contextTokens: 512,
  maxAnswerTokens: 32,
  maxImages: 0,
  adapters: [],
  slots: 4,
};
const WRITER = catalogueEntry('m', { state: 'ready', instances: 4, language });

const part = (text: string): GenerationDelta => ({ choice: 0, text });
const delta = (id: string, text: string): Buffer => deltaFrame(id, part(text)).toBuffer();
const failing = (id: string, reason: 'unavailable' | 'deadline_exceeded'): Buffer =>
  failureFrame(id, new ServingError(reason, 'It is.')).toBuffer();

describe('the router before a model that writes', () => {
  const harness = new Harness();
  afterEach(() => harness.end());
  const pod = async (handle: FrameHandler, onEnsure: () => void = () => undefined) =>
    harness.add(await startFakePod({ models: [WRITER], handle, onEnsure }));

  it('hands on what is written as it comes, before the answer is whole', async () => {
    const heard: GenerationDelta[] = [];
    const first = signpost();
    const isRead = signpost();
    const fake = await pod(async (request) => {
      request.forward(delta(request.id, 'The '));
      await isRead.reached;
      request.forward(delta(request.id, 'lungs'));
      return echo(request);
    });
    const client = await harness.route([fake]);
    const onDelta = (written: GenerationDelta): void => {
      heard.push(written);
      first.reach();
    };
    const asked = harness.ask(client, {}, { onDelta });
    await first.reached;
    expect(heard).toEqual([part('The ')]);
    isRead.reach();
    await asked;
    expect(heard).toEqual([part('The '), part('lungs')]);
  });

  it('sends nothing again of which a part has left', async () => {
    let tries = 0;
    const client = await harness.route([
      await pod((request) => {
        tries += 1;
        request.forward(delta(request.id, 'The '));
        return Promise.reject(new ServingError('unavailable', 'The model is being unloaded.'));
      }),
    ]);
    const asked = harness.ask(client, {}, { onDelta: () => undefined });
    await expect(asked).rejects.toMatchObject({ reason: 'inference_failed' });
    expect(tries).toBe(1);
  });

  it('sends again what failed before its first part, over the stream that still stands', async () => {
    let tries = 0;
    let ensured = 0;
    const fake = await pod(
      (request) => {
        tries += 1;
        return tries === 1 ? Promise.reject(new ServingError('unavailable', 'No server of the pool.')) : echo(request);
      },
      () => (ensured += 1),
    );
    await harness.ask(await harness.route([fake]), {}, { onDelta: () => undefined });
    expect([tries, ensured]).toEqual([2, 1]);
  });

  it('sends stat to a host that has all it may have, as that makes room for it, and nothing else', async () => {
    const held = new GatedHost();
    const fake = await pod(held.handle);
    const client = await harness.route([fake]);
    const ask = (id: string, name: 'research' | 'stat') =>
      harness.ask(client, { id, class: name, deadlineMs: 3_600_000 }).catch(() => undefined);
    const asked = Array.from({ length: 12 }, (_, index) => ask(`research-${String(index)}`, 'research'));
    // Twice its slots: what it writes, and what can begin next.
    await held.until(({ arrived }) => arrived.length === 8);
    asked.push(...['a', 'b', 'c', 'd', 'e'].map((id) => ask(id, 'stat')));
    await held.until(({ arrived }) => arrived.length === 12);
    expect(held.arrived.slice(8)).toEqual(['a', 'b', 'c', 'd']);
    held.release();
    await held.until(({ arrived }) => arrived.length === 13);
    expect(held.arrived.at(-1)).toBe('e');
    let open = asked.length;
    for (const one of asked) void one.then(() => (open -= 1));
    while (open > 0) {
      held.release();
      await turn();
    }
  });

  it('fails a request whose host dies while it writes, once, and serves the next', async () => {
    let begun = 0;
    let stuck = true;
    const first = signpost();
    const fake = await pod((request) => {
      begun += 1;
      if (!stuck) return echo(request);
      request.forward(delta(request.id, 'The '));
      return new Promise(() => undefined);
    });
    const client = await harness.route([fake]);
    const lost = harness.ask(
      client,
      {},
      {
        onDelta: () => {
          first.reach();
        },
      },
    );
    await first.reached;
    stuck = false;
    const failed = expect(lost).rejects.toMatchObject({ reason: 'inference_failed' });
    await fake.killHost();
    await failed;
    expect(begun).toBe(1);
    await expect(harness.ask(client)).resolves.toMatchObject({ task: '' });
  });
});

describe('what is learned of a replica that writes', () => {
  const ask = async (exchange: Exchange, wantsDeltas: boolean, latencyMs = 5) => {
    const replica = fakeReplica('a:1', exchange, { latencyMs });
    const { ask: askPool } = poolOf([replica], 10, {}, WRITER);
    await askPool('', wantsDeltas).catch(() => undefined);
    return replica;
  };
  const answered: Exchange = (id) => progressFrame(id, 'running', 50).toBuffer();

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is how long the beginning of an answer took, and never how long the answer is', async () => {
    const { noted, learned } = await ask((id, onFrame) => {
      jest.advanceTimersByTime(100);
      onFrame(progressFrame(id, 'running', 50).toBuffer());
      onFrame(delta(id, 'The '));
      jest.advanceTimersByTime(60_000);
      onFrame(delta(id, 'lungs'));
      return answered(id, onFrame);
    }, true);
    expect(noted).toEqual([100]);
    expect(learned).toEqual([]);
  });

  it('is nothing where nobody reads along', async () => {
    const { noted, learned } = await ask((id, onFrame) => {
      jest.advanceTimersByTime(60_000);
      return answered(id, onFrame);
    }, false);
    expect(noted).toEqual([undefined]);
    expect(learned).toEqual([]);
  });

  it.each([
    ['an answer that was still being written', true, ['The '], false],
    ['an answer that nobody read along', false, [], false],
    ['an answer that had not begun by far', true, [], true],
  ])('a deadline that ends %s', async (_, wantsDeltas, texts, counts) => {
    const { observed } = await ask((id, onFrame) => {
      for (const text of texts) onFrame(delta(id, text));
      jest.advanceTimersByTime(60_000);
      return failing(id, 'deadline_exceeded');
    }, wantsDeltas);
    expect(observed).toEqual([counts]);
  });
});
