import type { Decoded } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { encodeRequest, FramePayload, type DispatchInput } from '@medserve/rpc';
import { conversation, generationInput, resultOf } from '../host/testing/incoming';
import type { WrittenPart, WritingTally } from '../host/writer';
import { GenerationJobs } from './generation-jobs';
import { FakeGenerator } from './testing/fake-generator';
import { loadedWriter } from './testing/local-writer';

interface Asked {
  readonly input?: DispatchInput;
  readonly task?: string;
  readonly question?: string;
  readonly parameters?: Record<string, unknown>;
  readonly wantsDeltas?: boolean;
}

const PICTURE: Decoded = {
  kind: 'picture',
  width: 2,
  height: 2,
  channels: 1,
  sampleType: 'uint8',
  samples: new Uint8Array(4),
};
const SEEN: DispatchInput = { kind: 'decoded', decoded: PICTURE };
const ANSWER = { template: '{question}', reader: 'answer', parameters: {} };

describe('GenerationJobs', () => {
  let generator: FakeGenerator;
  let jobs: GenerationJobs;
  let parts: (readonly WrittenPart[])[];
  let ends: Map<number, { readonly frame: FramePayload | undefined; readonly tally: WritingTally | undefined }>;
  let phases: string[];

  const open = (rules: Parameters<typeof loadedWriter>[1] = {}): void => {
    generator = new FakeGenerator(4);
    parts = [];
    phases = [];
    ends = new Map();
    jobs = new GenerationJobs(loadedWriter(generator, rules), {
      onParts: (told) => parts.push(told),
      onProgress: (job, phase) => phases.push(`${String(job)} ${phase}`),
      onEnd: (job, frame, tally) => ends.set(job, { frame, tally }),
      onStats: () => undefined,
    });
  };
  const start = (job: number, { input = generationInput(conversation('one two')), ...more }: Asked = {}): void => {
    const { wantsDeltas = false, ...request } = more;
    const frame = encodeRequest(
      { id: `r${String(job)}`, tenant: 'clinic', class: 'routine', deadlineMs: 1, input, wantsDeltas, ...request },
      false,
    );
    jobs.start({
      job,
      frame: new Uint8Array(frame.toBuffer()),
      queuedMs: 7,
      wantsDeltas,
      wantsProgress: false,
    });
  };
  const resultOfJob = (job: number) => resultOf(ends.get(job)?.frame ?? new FramePayload([]));
  const reasonOf = (job: number): string => {
    try {
      resultOfJob(job);
      return 'answered';
    } catch (error) {
      return (error as ServingError).reason;
    }
  };
  const step = async (): Promise<void> => {
    generator.step();
    await Promise.resolve();
  };

  it('gives a conversation to the generator as it is, and its answer back whole', async () => {
    open();
    start(1);
    await step();
    await step();
    expect(generator.started).toMatchObject([{ id: 'r1', tenant: 'clinic', request: conversation('one two') }]);
    expect(resultOfJob(1)).toMatchObject({
      task: 'chat',
      model: { name: 'writer', version: '1' },
      engine: 'fake 1',
      generation: { choices: [{ text: 'one two', finish: 'stop' }], usage: { completion: 2 } },
      timings: { queue: 7, firstToken: 1 },
      batch: { rows: 1, batchRows: 1, leads: true },
    });
    expect(Object.keys(resultOfJob(1).timings)).toEqual(['queue', 'preprocess', 'run', 'read', 'firstToken']);
    expect(ends.get(1)?.tally).toEqual({ firstTokenMs: 1, tokens: 2, longestTokens: 2 });
  });

  it('tells all that is written in one step at once, and only of those who read along', async () => {
    open();
    start(1, { wantsDeltas: true });
    start(2, { wantsDeltas: true });
    start(3);
    await step();
    expect(parts).toEqual([
      [
        { job: 1, delta: { choice: 0, text: 'one' } },
        { job: 2, delta: { choice: 0, text: 'one' } },
      ],
    ]);
  });

  it('tells the last part of an answer before its end', async () => {
    open();
    start(1, { wantsDeltas: true, input: generationInput(conversation('one')) });
    generator.step();
    expect(parts.flat()).toHaveLength(1);
    expect(reasonOf(1)).toBe('answered');
    await Promise.resolve();
    expect(parts.flat()).toHaveLength(1);
  });

  it('says nothing of what is cancelled but that it has ended, and that once', () => {
    open();
    start(1, { wantsDeltas: true });
    generator.step();
    jobs.cancel(1);
    jobs.cancel(1);
    expect(generator.cancelled).toEqual(['r1']);
    expect(parts).toEqual([]);
    expect(ends.get(1)).toEqual({ frame: undefined, tally: undefined });
  });

  it('asks what a typed task is about by the prompt of the package, greedily, and reads the answer', async () => {
    open({ prompts: { answer: { ...ANSWER, system: 'Be short.' } } });
    start(1, { input: SEEN, task: 'answer', question: 'Is it round? {question}' });
    expect(generator.started).toMatchObject([
      {
        images: [{ width: 2, height: 2 }],
        request: {
          turns: [
            { role: 'system', parts: [{ kind: 'text', text: 'Be short.' }] },
            {
              role: 'user',
              parts: [
                { kind: 'image', image: 0 },
                { kind: 'text', text: 'Is it round? {question}' },
              ],
            },
          ],
          sampling: { temperature: 0 },
          choices: 1,
        },
      },
    ]);
    for (let words = 0; words < 5; words += 1) await step();
    expect(resultOfJob(1)).toMatchObject({
      task: 'answer',
      finding: { answer: { kind: 'text' } },
      generation: { choices: [{ text: '1-seen Is it round? {question}' }] },
    });
  });

  it('says with every typed answer what the package says that its reader has to know', async () => {
    open({ prompts: { answer: { ...ANSWER, warning: 'It guesses.' } } });
    start(1, { input: SEEN, task: 'answer', question: 'Is it round?' });
    for (let words = 0; words < 4; words += 1) await step();
    expect(resultOfJob(1).finding?.warnings).toContain('It guesses.');
  });

  it('refuses a typed task without its question, and one that the package has no prompt for', () => {
    open({ prompts: { answer: ANSWER } });
    start(1, { input: SEEN, task: 'answer' });
    start(2, { input: SEEN, task: 'chat' });
    expect([reasonOf(1), reasonOf(2)]).toEqual(['invalid_request', 'task_not_available']);
    expect(generator.started).toEqual([]);
  });

  it('refuses an image of more pixels than the package takes', () => {
    open();
    const large = { ...PICTURE, width: 5, height: 4, samples: new Uint8Array(20) };
    start(1, { input: generationInput(conversation('one'), [PICTURE, large]) });
    expect(reasonOf(1)).toBe('too_large');
  });

  it('fails a request as the generator does', () => {
    open();
    start(1);
    generator.fail(new ServingError('unavailable', 'Gone.'));
    expect(reasonOf(1)).toBe('unavailable');
  });

  it('is broken when a prompt names a reader that there is not, or one with parameters that do not fit', () => {
    const fault = (prompt: typeof ANSWER): string => {
      try {
        open({ prompts: { answer: prompt } });
      } catch (error) {
        return (error as Error).message;
      }
      return 'none';
    };
    expect(fault({ ...ANSWER, reader: 'tea-leaves' })).toContain('there is no reader "tea-leaves"');
    expect(fault({ ...ANSWER, parameters: { mood: 'grave' } })).toContain('mood');
    expect(fault(ANSWER)).toBe('none');
  });
});
