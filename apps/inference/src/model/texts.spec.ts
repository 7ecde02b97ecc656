import { join } from 'node:path';
import { decodeFrame, decodeResult, encodeRequest, type DispatchInput, type ReceivedResult } from '@medserve/rpc';
import { answerBatch } from './answer-batch';
import { loadModel, type LoadedModel } from './load-model';

const FOLDER = join(__dirname, '..', '..', '..', '..', 'models', 'text-embed', '1');

let model: LoadedModel;

beforeAll(async () => {
  const loaded = await loadModel({ layout: 'medserve', folder: FOLDER }, undefined, () => undefined);
  if (loaded.kind !== 'runs') throw new Error('the package does not run');
  model = loaded;
});

afterAll(() => model.session.close());

/** Answers requests that came together: of each the result, or the reason of its failure. */
async function ask(...inputs: DispatchInput[]) {
  const jobs = inputs.map((input, at) => {
    const request = { id: String(at), tenant: 't', task: 'embed', class: 'routine', deadlineMs: 1_000, input } as const;
    return { frame: Uint8Array.from(encodeRequest(request, false).toBuffer()), queuedMs: 0 };
  });
  const { frames, runs } = await answerBatch(model, jobs, () => undefined);
  const answers = frames.map((payload) => {
    const frame = decodeFrame(Uint8Array.from(payload.toBuffer()));
    if (frame.body?.$case === 'failure') return { failed: frame.body.value.reason };
    if (frame.body?.$case !== 'response') throw new Error('no answer');
    return decodeResult(frame.body.value, frame);
  });
  return { answers, runs };
}

const texts = (...given: (string | number[])[]): DispatchInput => ({ kind: 'texts', texts: given });

const vectorOf = (answer: unknown, row: number): Float32Array => {
  const [tensor] = (answer as Required<ReceivedResult>).tensors;
  const bytes = Uint8Array.from(tensor!.bytes);
  return new Float32Array(bytes.buffer, row * 384 * 4, 384);
};

describe('requests of texts', () => {
  it('are answered with one vector a text, and what the texts took', async () => {
    const { answers } = await ask(texts('The heart is enlarged.', 'No fracture.'));
    expect(answers[0]).toMatchObject({
      task: 'embed',
      tensors: [{ name: 'embedding', datatype: 'FP32', shape: [2, 384] }],
      generation: { choices: [], usage: { prompt: 12, completion: 0, cached: 0, image: 0 } },
    });
  });

  it('of a like length run together, and each gets its own', async () => {
    const { answers, runs } = await ask(
      texts('a', 'The heart is enlarged.'),
      texts('The heart is enlarged.'),
      texts('b'),
    );
    expect(runs).toBe(1);
    const [one, same] = [vectorOf(answers[0], 1), vectorOf(answers[1], 0)];
    expect(Array.from(one, (value, at) => Math.abs(value - same[at]!)).every((difference) => difference < 1e-5)).toBe(
      true,
    );
    expect((answers as { batch: unknown }[]).map(({ batch }) => batch)).toMatchObject([
      { rows: 2, batchRows: 4 },
      { rows: 1 },
      { rows: 1 },
    ]);
  });

  it('that cannot be read fail alone', async () => {
    const { answers } = await ask(texts([999_999]), texts('a'));
    expect(answers).toMatchObject([{ failed: 'invalid_request' }, { task: 'embed' }]);
  });
});
