import { join } from 'node:path';
import type { AnyTensor } from '@medserve/clinical';
import type { Session } from '../engine';
import { onnxEngine } from '../onnx/onnx-engine';
import type { TextRules } from './text-rules';
import { loadTextRows, MAX_TEXTS } from './text-rows';
import { textSession } from './text-session';

const folder = join(__dirname, '../../../../models/text-embed/1');
const rules: TextRules = {
  tokenizer: 'tokenizer.json',
  maxTokens: 256,
  inputs: { ids: 'input_ids', mask: 'attention_mask' },
  output: 'sentence_vector',
};

/** Gives each row its length and the sum of its ids, and counts what it was given. */
function countingSession() {
  const shapes: (readonly number[])[] = [];
  const session: Session = {
    inputs: [],
    outputs: [],
    close: () => Promise.resolve(),
    run: (feeds: readonly AnyTensor[]) => {
      const [ids, mask] = feeds.map(({ data }) => Array.from(data as BigInt64Array, Number));
      const [rows = 0, length = 0] = feeds[0]!.shape;
      shapes.push([rows, length]);
      const sumOf = (values: number[], row: number): number =>
        values.slice(row * length, (row + 1) * length).reduce((sum, value) => sum + value, 0);
      const data = Float32Array.from({ length: rows * 2 }, (_, at) => sumOf(at % 2 ? ids! : mask!, at >> 1));
      return Promise.resolve([{ name: 'sentence_vector', datatype: 'FP32', shape: [rows, 2], data }]);
    },
  };
  return { session, shapes };
}

describe('texts for a model that makes vectors', () => {
  it('stand between the tokens that the model wants around them', async () => {
    const texts = await loadTextRows(folder, rules);
    const { feeds, tokens } = texts.feedsOf(['Hello world']);
    const [ids, mask] = feeds.map(({ data }) => Array.from(data as BigInt64Array, Number));
    expect(ids!.slice(0, 5)).toEqual([101, 7592, 2088, 102, 0]);
    expect(mask!.slice(0, 5)).toEqual([1, 1, 1, 1, 0]);
    expect({ shape: feeds[0]!.shape, tokens }).toEqual({ shape: [1, 32], tokens: 4 });
  });

  it('never become control tokens, whatever they spell', async () => {
    const texts = await loadTextRows(folder, rules);
    const [ids] = texts.feedsOf(['[SEP] [CLS]']).feeds.map(({ data }) => Array.from(data as BigInt64Array, Number));
    expect(ids!.filter((id) => id === 101 || id === 102)).toHaveLength(2);
  });

  it('are cut where the model stops to read, with their last token kept', async () => {
    const texts = await loadTextRows(folder, rules);
    const { feeds, tokens } = texts.feedsOf(['heart '.repeat(1000)]);
    expect({ shape: feeds[0]!.shape, tokens }).toEqual({ shape: [1, 256], tokens: 256 });
    expect((feeds[0]!.data as BigInt64Array)[255]).toBe(102n);
  });

  it('may be ids of the model, which stand as they are', async () => {
    const texts = await loadTextRows(folder, rules);
    expect(texts.feedsOf([[101, 7592, 102]]).tokens).toBe(3);
    expect(() => texts.feedsOf([[999_999]])).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
    expect(() => texts.feedsOf([[]])).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it('are refused where there are none, or too many', async () => {
    const texts = await loadTextRows(folder, rules);
    expect(() => texts.feedsOf([])).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
    const many = new Array<string>(MAX_TEXTS + 1).fill('a');
    expect(() => texts.feedsOf(many)).toThrow(
      expect.objectContaining({ reason: 'too_large', limit: `texts: ${String(MAX_TEXTS)}` }) as Error,
    );
  });

  it('run with those of a like length, each as short as it may be, and come back in order', async () => {
    const texts = await loadTextRows(folder, rules);
    const { session, shapes } = countingSession();
    const words = ['a '.repeat(200), 'a', 'a '.repeat(198), 'b', ...new Array<string>(60).fill('a '.repeat(190))];
    const { feeds } = texts.feedsOf(words);
    const [vectors] = await textSession(session, rules).run(feeds, ['sentence_vector']);
    const lengths = Array.from({ length: words.length }, (_, row) => (vectors!.data as Float32Array)[row * 2]);
    expect(lengths).toEqual(words.map((text) => text.trim().split(' ').length + 2));
    expect(shapes.every(([rows = 0, length = 0]) => rows * length <= 8_192)).toBe(true);
    expect(shapes[0]![1]!).toBeLessThanOrEqual(192);
    expect(shapes.length).toBeLessThan(4);
  });

  it('lie as near to each other as those who made the model say', async () => {
    const texts = await loadTextRows(folder, rules);
    const spec = { folder, modelFile: 'model.onnx', threads: 1 };
    const session = textSession(await onnxEngine.load(spec, new AbortController().signal), rules);
    const { feeds } = texts.feedsOf([
      'The weather is lovely today.',
      "It's so sunny outside!",
      'He drove to the stadium.',
    ]);
    const [vectors] = await session.run(feeds, [rules.output]);
    const row = (at: number) => (vectors!.data as Float32Array).subarray(at * 384, (at + 1) * 384);
    const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    // Of the plain model: 0.6660 and 0.1046; the int8 one moves them by less than 0.02.
    expect(cosine(row(0), row(1))).toBeCloseTo(0.666, 1);
    expect(cosine(row(0), row(2))).toBeCloseTo(0.1046, 1);
    await session.close();
  });
});
