import type { Decoded, GenerationRequest } from '@medserve/clinical';
import { orderOf, requestOf, resultOf, told } from '../../generation/generator-contract';
import type { GenerationOrder, GenerationSink, Generator } from '../../generation/generator';
import { asPrompt, UNREADABLE, UNSPEAKABLE } from './testing/plain-language';
import { CountingEyes, picture, TinyModels } from './testing/tiny-model';

let models: TinyModels;
beforeAll(async () => {
  models = await TinyModels.write();
});
afterAll(() => models.remove());

const SILENT: GenerationSink = {
  delta: () => undefined,
  progress: () => undefined,
  done: () => undefined,
  failed: () => undefined,
};

const textOf = async (generator: Generator, order: GenerationOrder): Promise<string | undefined> =>
  (await resultOf(generator, order)).choices[0]?.text;

/** A question about images, which stand before it. */
function ask(
  question: string,
  images: readonly Decoded[],
  request: Partial<GenerationRequest> = {},
  order: Partial<GenerationOrder> = {},
): GenerationOrder {
  const shown = images.map((_, image) => ({ kind: 'image' as const, image }));
  const turns = [{ role: 'user' as const, parts: [...shown, { kind: 'text' as const, text: question }] }];
  return orderOf(requestOf('', { turns, ...request }), { images, ...order });
}

const ABOUT = 'a picture of the chest, taken from the front: ';

describe('the same image, and the next question', () => {
  it('is looked at once, read on from where it is known, and answered as if it were new', async () => {
    const eyes = new CountingEyes();
    const generator = await models.see({}, eyes);
    await resultOf(generator, ask(`${ABOUT}is there a mass?`, [picture(1)]));
    const next = ask(`${ABOUT}how large is it?`, [picture(1)]);
    const { usage, choices } = await resultOf(generator, next);
    expect(usage).toMatchObject({ image: 4, cached: 48, prompt: 4 + ABOUT.length + 'how large is it?'.length });
    expect(eyes.looks).toBe(1);
    const fresh = await models.see();
    expect(await textOf(fresh, next)).toBe(choices[0]?.text);
  });

  it('is looked at once, though nothing of the prompt is known', async () => {
    const eyes = new CountingEyes();
    const generator = await models.see({}, eyes);
    await resultOf(generator, ask('a', [picture(1)]));
    const { usage } = await resultOf(generator, ask('b', [picture(1)]));
    expect(usage.cached).toBe(0);
    expect(eyes.looks).toBe(1);
    expect(generator.stats()).toMatchObject({ imageHits: 1, imageMisses: 1 });
  });

  it.each([
    ['another tenant', { tenant: 'another' }, {}],
    ['another salt', {}, { cacheSalt: 'pepper' }],
  ])('is found by nobody else: not by %s', async (_, order, request) => {
    const eyes = new CountingEyes();
    const generator = await models.see({}, eyes);
    await resultOf(generator, ask(ABOUT, [picture(1)]));
    const { usage } = await resultOf(generator, ask(ABOUT, [picture(1)], request, order));
    expect(usage.cached).toBe(0);
    expect(eyes.looks).toBe(2);
  });

  it('is read anew by an adapter, as its numbers are others, but not looked at again', async () => {
    const eyes = new CountingEyes();
    const generator = await models.see({}, eyes);
    await resultOf(generator, ask(ABOUT, [picture(1)]));
    const { usage } = await resultOf(generator, ask(ABOUT, [picture(1)], { adapter: 'terse' }));
    expect(usage.cached).toBe(0);
    expect(eyes.looks).toBe(1);
  });

  it('is another image where a header says so, whatever its samples are', async () => {
    const eyes = new CountingEyes();
    const generator = await models.see({}, eyes);
    await resultOf(generator, ask(ABOUT, [picture(1)]));
    const windowed = { ...picture(1), window: { centre: 40, width: 400 } } as Decoded;
    const { usage } = await resultOf(generator, ask(ABOUT, [windowed]));
    expect(usage.cached).toBe(0);
    expect(eyes.looks).toBe(2);
  });

  it('is forgotten when the model is closed', async () => {
    const generator = await models.see();
    await resultOf(generator, ask(ABOUT, [picture(1)]));
    expect(generator.stats().cacheBytes).toBeGreaterThan(0);
    await generator.close();
    expect(generator.stats().cacheBytes).toBe(0);
  });
});

describe('a conversation', () => {
  it('goes on from what was read before, and reads again what was answered', async () => {
    const generator = await models.open();
    const question = 'is there a mass in the left lung?';
    const { choices } = await resultOf(generator, orderOf(requestOf(question, { maxTokens: 32 })));
    const next = `${question}${asPrompt(choices[0]?.text ?? '')}`;
    const { usage } = await resultOf(generator, orderOf(requestOf(next)));
    expect(usage.cached).toBe(32);
  });
});

describe.each([
  ['the logits of one position', { parts: { decoder: 'decoder.onnx' } }],
  ['all logits, and takes positions', { parts: { decoder: 'counting.onnx' } }],
])('a decoder that gives %s', (_, rules) => {
  it.each([1, 7, 512])('reads what it wrote as it wrote it, in pieces of %d', async (prefillTokens) => {
    const generator = await models.open({ ...rules, prefillTokens });
    const question = 'what is seen there?';
    const answer = (text: string, maxTokens: number) =>
      textOf(generator, orderOf(requestOf(text, { maxTokens, cacheSalt: String(maxTokens) })));
    const whole = (await answer(question, 16)) ?? '';
    expect(whole).toHaveLength(16);
    expect(await answer(`${question}${asPrompt(whole.slice(0, 9))}`, 7)).toBe(whole.slice(9));
  });
});

describe('images', () => {
  it('are seen in the order of their turns', async () => {
    const generator = await models.see();
    const [one, other] = [picture(1), picture(2)];
    const texts = [
      await textOf(generator, ask('?', [one, other])),
      await textOf(generator, ask('?', [other, one])),
      await textOf(generator, ask('?', [one, one])),
    ];
    expect(new Set(texts).size).toBe(3);
  });

  it('are refused where there are more than the model sees', async () => {
    const generator = await models.see();
    const four = [1, 2, 3, 4].map(picture);
    const { error } = await told(generator, ask('?', four));
    expect(error).toMatchObject({ reason: 'invalid_request', field: 'messages', limit: 'images: 3' });
  });

  it('are refused by a model that sees nothing', async () => {
    const generator = await models.open();
    const { error } = await told(generator, ask('?', [picture(1)]));
    expect(error).toMatchObject({ reason: 'invalid_request', field: 'messages', limit: 'images: 0' });
  });

  it('have to be there', async () => {
    const generator = await models.see();
    const order = { ...ask('?', [picture(1)]), images: [] };
    expect((await told(generator, order)).error).toMatchObject({ reason: 'invalid_request', field: 'messages' });
  });
});

describe('limits', () => {
  it('end an answer where the context ends', async () => {
    const generator = await models.open({ contextTokens: 48 });
    const { usage, choices } = await resultOf(generator, orderOf(requestOf('x'.repeat(40), { maxTokens: 100 })));
    expect(usage).toMatchObject({ prompt: 40, completion: 8 });
    expect(choices[0]?.finish).toBe('length');
  });

  it('are those of the package where the request names none', async () => {
    const generator = await models.open({ maxAnswerTokens: 5 });
    const { maxTokens, ...request } = requestOf('x');
    expect(maxTokens).toBe(8);
    const { usage } = await resultOf(generator, orderOf(request));
    expect(usage.completion).toBe(5);
  });

  it('count the positions of images as tokens of the prompt', async () => {
    const generator = await models.see({ contextTokens: 16 });
    const { error } = await told(generator, ask('x'.repeat(8), [picture(1), picture(2)]));
    expect(error).toMatchObject({ limit: 'context tokens: 16' });
    const { result } = await told(generator, ask('x'.repeat(7), [picture(1), picture(2)]));
    expect(result?.usage).toMatchObject({ prompt: 15, completion: 1 });
  });

  it('refuse a conversation of which nothing is left to read, and answer the others', async () => {
    const generator = await models.open();
    const [empty, other] = await Promise.all([
      told(generator, orderOf(requestOf(''))),
      told(generator, orderOf(requestOf('hello', { maxTokens: 30 }))),
    ]);
    expect(empty.error).toMatchObject({ reason: 'invalid_request', field: 'messages' });
    expect(other.result?.usage.completion).toBe(30);
  });

  it('refuse more choices than there are slots', async () => {
    const generator = await models.open({ slots: 2 });
    const { error } = await told(generator, orderOf(requestOf('x', { choices: 3 })));
    expect(error).toMatchObject({ reason: 'invalid_request', field: 'n', limit: 'choices: 2' });
  });
});

describe('a long prompt', () => {
  it('is read in pieces, between which others are answered on', async () => {
    const generator = await models.open({ prefillTokens: 16 });
    const events: string[] = [];
    let begun = false;
    await new Promise<void>((resolve) => {
      const long = () =>
        generator.start(orderOf(requestOf('y'.repeat(160))), {
          ...SILENT,
          progress: () => events.push('piece'),
          done: () => {
            resolve();
          },
        });
      generator.start(orderOf(requestOf('x', { maxTokens: 64 })), {
        ...SILENT,
        delta: () => {
          if (events.length > 0) events.push('token');
          if (begun) return;
          begun = true;
          long();
        },
      });
    });
    const pieces = events.slice(0, events.lastIndexOf('piece') + 1);
    expect(pieces.filter((event) => event === 'piece')).toHaveLength(10);
    expect(pieces.filter((event) => event === 'token')).toHaveLength(9);
  });

  it('is left where it is when its caller goes away, and whoever comes next is answered as ever', async () => {
    const generator = await models.open({ prefillTokens: 16, slots: 1 });
    const next = orderOf(requestOf('who is next?'));
    const wanted = await textOf(generator, orderOf(requestOf('who is next?', { cacheSalt: 'x' })));
    await new Promise<void>((resolve) => {
      const generation = generator.start(orderOf(requestOf('y'.repeat(160))), {
        ...SILENT,
        progress: () => {
          generation.cancel();
          resolve();
        },
      });
    });
    expect(generator.stats().busySlots).toBe(0);
    expect(await textOf(generator, next)).toBe(wanted);
  });
});

describe('a run that fails', () => {
  it('fails the request whose prompt it read, and no other', async () => {
    const generator = await models.open();
    const [bad, good] = await Promise.all([
      told(generator, orderOf(requestOf(`hello ${UNREADABLE}`))),
      told(generator, orderOf(requestOf('hello', { maxTokens: 30 }))),
    ]);
    expect(bad.error).toMatchObject({ reason: 'inference_failed' });
    expect(good.result?.usage.completion).toBe(30);
  });

  it('fails the answers that it wrote, and none after it', async () => {
    const generator = await models.open();
    const during = await Promise.all([
      told(generator, orderOf(requestOf('hello', { maxTokens: 30 }))),
      told(generator, orderOf(requestOf(UNSPEAKABLE))),
    ]);
    expect(during.map(({ error }) => error?.reason)).toEqual(['inference_failed', 'inference_failed']);
    expect(during[0].deltas.length).toBeGreaterThan(0);
    expect(generator.stats().busySlots).toBe(0);
    await resultOf(generator, orderOf(requestOf('hello')));
  });
});

it('counts how full its steps are', async () => {
  const generator = await models.open();
  await Promise.all([1, 2, 3, 4].map(() => resultOf(generator, orderOf(requestOf('hello', { maxTokens: 17 })))));
  const { steps, rows, writtenTokens } = generator.stats();
  expect(writtenTokens).toBe(4 * 17);
  // The first token of each comes of its prompt; they join one a step.
  expect({ steps, rows }).toEqual({ steps: 19, rows: 64 });
});
