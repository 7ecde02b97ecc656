import type { GenerationRequest } from '@medserve/clinical';
import fc from 'fast-check';
import { z } from 'zod';
import { byteLevelTokenizer } from '../testing/small-tokenizers';
import { requestOf } from '../testing/request';
import { seededRandom } from '../sampling/random';
import type { Tokenizer } from '../text/tokenizer';
import { Formats } from './formats';

const WORDS = [
  'left',
  'right',
  '":',
  '", "',
  '{"',
  '"}',
  'true',
  'false',
  ' the',
  '12',
  '100',
  '},{',
  'ä',
  '心',
  '\n\n',
  '  ',
];

let tokenizer: Tokenizer;
let end: Set<number>;

beforeAll(async () => {
  tokenizer = await byteLevelTokenizer(WORDS);
  end = new Set([tokenizer.idOf('<|im_end|>')!]);
});

const asked = (schema: Record<string, unknown>, rest: Partial<GenerationRequest> = {}): GenerationRequest =>
  requestOf({ format: { kind: 'schema', name: 'x', schema }, ...rest });

/** An answer by a model that likes every token as much as any other. */
function randomAnswer(
  request: GenerationRequest,
  seed: number,
  limit: number,
): { text: string; isWhole: boolean; tokens: number } {
  const run = new Formats(tokenizer, end).run(request)!;
  const random = seededRandom(BigInt(seed));
  const bytes: number[] = [];
  let tokens = 0;
  while (!run.isOver && tokens < limit) {
    const row = new Float32Array(tokenizer.size);
    expect(run.mask(row, limit - tokens)).toBe(true);
    const allowed = Array.from(row.keys()).filter((id) => row[id] !== -Infinity);
    const id = allowed[Math.floor(random() * allowed.length)]!;
    tokens += 1;
    if (end.has(id)) break;
    run.accept(id);
    bytes.push(...tokenizer.bytesOf(id));
  }
  return {
    text: new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes)),
    isWhole: run.isWhole,
    tokens,
  };
}

const scalar = fc.oneof(
  fc.record({
    type: fc.constant('string'),
    minLength: fc.integer({ min: 0, max: 3 }),
    maxLength: fc.integer({ min: 3, max: 9 }),
  }),
  fc.constant({ type: 'string' }),
  fc.constant({ type: 'boolean' }),
  fc.constant({ type: 'null' }),
  fc.constant({ type: 'integer' }),
  fc.constant({ type: 'number' }),
  fc
    .tuple(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: 0, max: 500 }))
    .map(([minimum, more]) => ({ type: 'integer', minimum, maximum: minimum + more })),
  fc
    .tuple(fc.integer({ min: -200, max: 200 }), fc.integer({ min: 1, max: 500 }))
    .map(([low, more]) => ({ type: 'number', exclusiveMinimum: low / 8, maximum: (low + more) / 8 })),
  fc.constant({ type: 'string', pattern: '^[A-Z]{2}-[0-9]{1,3}$' }),
  fc
    .array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), { minLength: 1, maxLength: 4 })
    .map((values) => ({ enum: values })),
);

const { schema } = fc.letrec<{ schema: Record<string, unknown> }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc
      .tuple(tie('schema'), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 2, max: 4 }))
      .map(([items, minItems, maxItems]) => ({ type: 'array', items, minItems, maxItems })),
    fc
      .tuple(
        fc.dictionary(
          fc.string({ maxLength: 5 }).filter((name) => name !== '__proto__'),
          tie('schema'),
          { maxKeys: 4 },
        ),
        fc.integer(),
      )
      .map(([properties, pick]) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).filter((_, at) => ((pick >> at) & 1) === 0),
        additionalProperties: false,
      })),
  ),
}));

describe('an answer held to a schema', () => {
  it('fits it, whatever the model would have liked', () => {
    fc.assert(
      fc.property(schema, fc.integer({ min: 0 }), (wanted, seed) => {
        const { text, isWhole } = randomAnswer(asked(wanted), seed, 400);
        expect(isWhole).toBe(true);
        const validator = z.fromJSONSchema(wanted);
        expect(validator.safeParse(JSON.parse(text)).error).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it('is whole within any limit that is enough for the shortest', () => {
    const wanted = {
      type: 'object',
      properties: {
        side: { enum: ['left', 'right'] },
        text: { type: 'string' },
        more: { type: 'array', items: { type: 'string' } },
      },
      required: ['side', 'text'],
      additionalProperties: false,
    };
    for (let seed = 0; seed < 20; seed += 1)
      for (const limit of [30, 40, 60]) {
        const { text, isWhole, tokens } = randomAnswer(asked(wanted), seed, limit);
        expect({ isWhole, isWithin: tokens <= limit }).toEqual({ isWhole: true, isWithin: true });
        expect(Object.keys(JSON.parse(text) as object).slice(0, 2)).toEqual(['side', 'text']);
      }
  });

  it('of any JSON is an object', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { text, isWhole } = randomAnswer(requestOf({ format: { kind: 'json' } }), seed, 80);
      expect(isWhole).toBe(true);
      expect(JSON.parse(text)).toEqual(expect.any(Object));
      expect(text.startsWith('{')).toBe(true);
    }
  });
});
