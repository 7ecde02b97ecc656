import { hash } from 'node:crypto';
import { LanguageWorld, USAGE } from '../testing/language-world';

const PATH = '/v1/embeddings';
const FLOATS = [0.5, -1, 0.25, 1, 2, 3];
const BYTES = Buffer.from(Float32Array.from(FLOATS).buffer);

interface Answer {
  readonly data: readonly { readonly embedding: unknown; readonly index: number }[];
}

describe('POST /v1/embeddings', () => {
  let world: LanguageWorld;

  beforeEach(async () => {
    world = new LanguageWorld();
    await world.start();
  });
  afterEach(() => world.close());

  /** Asked, and answered with so many rows of three. */
  const asked = async (body: object, rows: number) => {
    const asking = world.post(PATH, { model: 'embed', ...body });
    const { order, answer } = await world.next();
    const bytes = BYTES.subarray(0, rows * 12);
    answer({ choices: [], usage: { ...USAGE, completion: 0 } }, [
      { name: 'sentence_vector', datatype: 'FP32', shape: [rows, 3], bytes },
    ]);
    const response = await asking;
    return { order, status: response.status, json: (await response.json()) as Answer };
  };

  it('gives a vector for each text, in order, and says what it took', async () => {
    const { order, json } = await asked({ input: ['an effusion', 'none'] }, 2);
    expect(json).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.5, -1, 0.25] },
        { object: 'embedding', index: 1, embedding: [1, 2, 3] },
      ],
      model: 'embed',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
    expect(order).toMatchObject({ task: 'embed', modality: 'text', input: { texts: ['an effusion', 'none'] } });
    expect(world.events.map(({ event, task, modality }) => [event, task, modality])).toEqual([
      ['accepted', 'embed', 'text'],
      ['completed', 'embed', 'text'],
    ]);
    const [input] = world.events[0]?.inputs ?? [];
    expect(input).toMatch(/^[0-9a-f]{64}$/);
    // Under the tenant's key: who guesses the words finds them by no hash of their own.
    expect(input).not.toBe(hash('sha256', '["an effusion","none"]'));
  });

  it('gives the same numbers in base64', async () => {
    const { json } = await asked({ input: 'lung', encoding_format: 'base64', model: 'minds:1', dimensions: 3 }, 1);
    expect(json.data[0]?.embedding).toBe(BYTES.subarray(0, 12).toString('base64'));
  });

  it.each([
    ['one text as tokens', [1, 2], [[1, 2]]],
    ['several', [[1, 2], [3]], [[1, 2], [3]]],
  ])('takes %s', async (_, input, texts) => {
    const { order } = await asked({ input }, texts.length);
    expect(order.input).toEqual({ kind: 'texts', texts });
  });

  it('fails, on record, where the model gives other than one vector a text', async () => {
    const { status } = await asked({ input: ['a', 'b'] }, 1);
    expect(status).toBe(502);
    expect(world.events[1]).toMatchObject({ event: 'failed', reason: 'inference_failed' });
  });

  it.each<[string, object, number, string]>([
    ['nothing', { input: '' }, 400, 'invalid_request'],
    ['no texts', { input: [] }, 400, 'invalid_request'],
    ['what is no text', { input: [{}] }, 400, 'invalid_request'],
    ['too many texts', { input: Array.from({ length: 2_049 }, () => 'x') }, 400, 'invalid_request'],
    ['too long texts', { input: 'x'.repeat(9 << 20) }, 413, 'too_large'],
    ['vectors of another length', { input: 'x', dimensions: 4 }, 400, 'invalid_request'],
    ['an encoding that is none', { input: 'x', encoding_format: 'hex' }, 400, 'invalid_request'],
    ['a model that writes', { input: 'x', model: 'chat' }, 400, 'task_not_available'],
    ['a model of images', { input: 'x', model: 'xray' }, 400, 'task_not_available'],
    ['a model that is none', { input: 'x', model: 'none' }, 404, 'model_not_found'],
  ])('refuses %s', async (_, body, status, code) => {
    const response = await world.post(PATH, { model: 'embed', ...body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect(world.events).toEqual([]);
  });

  it.each(['', [''], null, 5])('names what an input may be where it is %j', async (input) => {
    const { error } = (await (await world.post(PATH, { model: 'embed', input })).json()) as {
      error: { message: string };
    };
    expect(error.message).toMatch(
      /has to be a text that is not empty, or the tokens of one|has to be a text, the tokens of one/,
    );
  });
});
