import type { GenerationDelta, Picture } from '@medserve/clinical';
import type { ServingError } from '@medserve/errors';
import type { FrameStreamClient } from '@medserve/rpc';
import { silentLogger } from '@medserve/runtime';
import { writeLanguagePackage } from '@medserve/testkit';
import type { WritingFigures } from '../host/messages';
import { conversation, generationInput } from '../host/testing/incoming';
import { ENSURE, TestPod } from './testing/test-pod';

jest.setTimeout(120_000);

const WRITER = { name: 'writer', version: '1' };
const SEER = { name: 'seer', version: '1' };

/** Of noise: never ends by itself before its limit. */
const LONG = { maxTokens: 400 };

const PICTURE: Picture = {
  kind: 'picture',
  width: 8,
  height: 8,
  channels: 1,
  sampleType: 'uint8',
  samples: Uint8Array.from({ length: 64 }, (_, at) => 4 * at),
};

const textOf = (deltas: readonly GenerationDelta[]): string => deltas.map(({ text = '' }) => text).join('');

/** A promise, and how it is kept. */
function signpost<T = void>() {
  let reach!: (value: T) => void;
  const reached = new Promise<T>((resolve) => (reach = resolve));
  return { reach, reached };
}

describe('a pod with models that write', () => {
  let pod: TestPod;
  /** Process ids of the hosts, in the order in which they began to serve. */
  const hosts: number[] = [];
  const reported = signpost<WritingFigures>();
  const died = signpost();
  const logger = {
    ...silentLogger,
    info: (_message: string, { hostPid }: { hostPid?: number } = {}) => {
      if (hostPid !== undefined) hosts.push(hostPid);
    },
  };

  beforeAll(async () => {
    const fill = async (repository: string): Promise<void> => {
      await writeLanguagePackage(repository, { name: 'writer', generation: { slots: 2, endTokens: [] } });
      await writeLanguagePackage(repository, {
        name: 'seer',
        sees: true,
        generation: { prompts: { answer: { template: '{question}', reader: 'answer' } } },
        lines: {
          serves: [
            { task: 'chat', modality: 'radiology', default: true },
            { task: 'answer', modality: 'radiology' },
          ],
        },
      });
      await writeLanguagePackage(repository, {
        name: 'unread',
        generation: { prompts: { answer: { template: '{question}', reader: 'tea-leaves' } } },
      });
    };
    pod = await TestPod.start(fill, {
      logger,
      onHostEvent: (event) => {
        if (event.kind === 'wrote' && event.figures.answers.length > 0) reported.reach(event.figures);
        if (event.kind === 'died') died.reach();
      },
    });
  });
  afterAll(() => pod.close());

  const connect = async (model: typeof WRITER) => pod.connect(await pod.client.ensure(model, ENSURE));

  it('lists what a caller has to know of them, and one with a prompt that nobody reads as broken', async () => {
    const models = await pod.catalogue();
    const find = (name: string) => models.find((model) => model.name === name);
    expect(find('writer')).toMatchObject({
      state: 'cold',
      instances: 2,
      language: { generates: true, contextTokens: 512, maxAnswerTokens: 32, maxImages: 0, adapters: [], slots: 2 },
    });
    expect(find('seer')?.language).toMatchObject({ maxImages: 3, adapters: ['terse', 'wordy'], slots: 8 });
    expect(find('unread')).toMatchObject({ state: 'broken', reason: expect.stringContaining('tea-leaves') as string });
  });

  it('writes an answer that is the same with and without company, read along or not', async () => {
    const stream = await connect(WRITER);
    const ask = (text: string, deltas?: GenerationDelta[]) =>
      pod.ask(stream, [], {
        input: generationInput(conversation(text)),
        ...(deltas ? { onDelta: (delta: GenerationDelta) => deltas.push(delta) } : {}),
      });
    const alone = await ask('The lungs are');
    const deltas: GenerationDelta[] = [];
    const [together] = await Promise.all([ask('The lungs are', deltas), ask('The heart is')]);
    const [choice] = together.generation?.choices ?? [];
    expect(choice?.text).toBe(alone.generation?.choices[0]?.text);
    expect(textOf(deltas)).toBe(choice?.text);
    expect(deltas.length).toBeGreaterThan(1);
    expect(together).toMatchObject({
      task: 'chat',
      model: WRITER,
      generation: { usage: { completion: 32 }, choices: [{ finish: 'length' }] },
      batch: { rows: 1, batchRows: 1 },
    });
    expect(Object.keys(together.timings)).toEqual(['queue', 'preprocess', 'run', 'read', 'firstToken']);
  });

  it('reports what it wrote, and what that took', async () => {
    const { stats, answers } = await reported.reached;
    expect(stats).toMatchObject({ slots: 2 });
    expect(stats.writtenTokens).toBeGreaterThanOrEqual(32);
    expect(answers[0]?.firstTokenMs).toBeGreaterThan(0);
    expect(answers[0]?.tokensPerSecond).toBeGreaterThan(0);
  });

  it('answers a typed task about an image, in words and as a finding', async () => {
    const stream = await connect(SEER);
    const deltas: GenerationDelta[] = [];
    const ask = { input: { kind: 'decoded', decoded: PICTURE }, task: 'answer' } as const;
    const answer = await pod.ask(stream, [], {
      ...ask,
      question: 'Is there a nodule?',
      onDelta: (delta) => deltas.push(delta),
    });
    const text = answer.generation?.choices[0]?.text;
    expect(answer).toMatchObject({
      task: 'answer',
      finding: { answer: { kind: 'text', text: text?.trim() } },
      generation: { usage: { image: 4 } },
    });
    expect(textOf(deltas)).toBe(text);
    await expect(pod.ask(stream, [], ask)).rejects.toMatchObject({ reason: 'invalid_request', field: 'question' });
  });

  /** So many that some are being written for sure when the first is read; resolves then. */
  const writeOn = async (stream: FrameStreamClient, signal?: AbortSignal) => {
    const read = signpost();
    const answers = Array.from({ length: 10 }, () =>
      pod.ask(stream, [], {
        input: generationInput(conversation('Write on.', LONG)),
        signal,
        onDelta: () => {
          read.reach();
        },
      }),
    );
    const ended = Promise.allSettled(answers);
    await read.reached;
    return async () => (await ended).flatMap((one) => (one.status === 'rejected' ? [one.reason as ServingError] : []));
  };

  it('gives the slots of who left to who waits', async () => {
    const stream = await connect(WRITER);
    const leaving = new AbortController();
    const lost = await writeOn(stream, leaving.signal);
    const next = pod.ask(stream, [], { input: generationInput(conversation('And now?', { maxTokens: 2 })) });
    leaving.abort();
    expect(new Set((await lost()).map(({ reason }) => reason))).toEqual(new Set(['cancelled']));
    await expect(next).resolves.toMatchObject({ generation: { usage: { completion: 2 } } });
  });

  it('ends an answer at its deadline', async () => {
    const stream = await connect(WRITER);
    const late = pod.ask(stream, [], { input: generationInput(conversation('Write on.', LONG)), deadlineMs: 5 });
    await expect(late).rejects.toMatchObject({ reason: 'deadline_exceeded' });
  });

  it('refuses what is beyond the model, typed', async () => {
    const stream = await connect(WRITER);
    const ask = (text: string, change: Parameters<typeof conversation>[1] = {}) =>
      pod.ask(stream, [], { input: generationInput(conversation(text, change)) });
    await expect(ask('a'.repeat(600))).rejects.toMatchObject({
      reason: 'invalid_request',
      limit: 'context tokens: 512',
    });
    await expect(ask('Hello', { choices: 3 })).rejects.toMatchObject({ reason: 'invalid_request', field: 'n' });
    await expect(ask('Hello', { adapter: 'terse' })).rejects.toMatchObject({ reason: 'invalid_request' });
    await expect(pod.ask(stream, [])).rejects.toMatchObject({ reason: 'task_not_available' });
  });

  it('ends requests typed whose host is killed while it writes, and answers the next from another host', async () => {
    const stream = await connect(WRITER);
    const lost = await writeOn(stream);
    process.kill(hosts[0] ?? 0, 'SIGKILL');
    expect(new Set((await lost()).map(({ reason }) => reason))).toEqual(new Set(['inference_failed']));
    // Before the pod has heard of it, it would name the host that is gone.
    await died.reached;
    const next = await pod.ask(await connect(WRITER), [], { input: generationInput(conversation('And now?')) });
    expect(next.generation?.choices).toHaveLength(1);
  });
});
