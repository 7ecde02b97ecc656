import type { GenerationDelta, GenerationRequest, GenerationResult } from '@medserve/clinical';
import type { ServingError } from '@medserve/errors';
import type { Generation, GenerationOrder, Generator } from './generator';

export interface GeneratorFixture {
  /** A generator of its own for each call, with at least four slots; the suite closes it. */
  open(): Promise<Generator>;
  /** An adapter that the model has; absent: it has none. */
  readonly adapter?: string;
  /** A prompt that is longer than the model's context takes; absent: the server does not tell that from other failures. */
  readonly tooLong?: string;
  /** Whether the same seed gives the same answer; default true. */
  readonly seeded?: boolean;
  /** Whether it can write several choices of one request; default true. */
  readonly choices?: boolean;
}

/** How a generation ended, with all that its sink was told before. */
interface Told {
  readonly deltas: readonly GenerationDelta[];
  readonly result: GenerationResult | undefined;
  readonly error: ServingError | undefined;
}

const GREEDY = { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 } as const;

/** A request with one turn of the user, answered greedily in at most eight tokens, as far as `rest` says nothing else. */
export const requestOf = (text: string, rest: Partial<GenerationRequest> = {}): GenerationRequest => ({
  turns: [{ role: 'user', parts: [{ kind: 'text', text }] }],
  sampling: GREEDY,
  maxTokens: 8,
  stop: [],
  choices: 1,
  format: { kind: 'text' },
  tools: [],
  toolChoice: 'none',
  parallelToolCalls: false,
  ...rest,
});

let orders = 0;

/** Ids are of a counter: no two orders of a process have one. */
export function orderOf(request: GenerationRequest, rest: Partial<GenerationOrder> = {}): GenerationOrder {
  orders += 1;
  return { id: `order-${String(orders)}`, tenant: 'tenant', request, images: [], ...rest };
}

/** Starts a generation and resolves with what its sink was told, when it has ended. */
export function told(
  generator: Generator,
  order: GenerationOrder,
  onDelta: (generation: Generation, deltas: readonly GenerationDelta[]) => void = () => undefined,
): Promise<Told> {
  const deltas: GenerationDelta[] = [];
  return new Promise((resolve) => {
    const end = (result: GenerationResult | undefined, error: ServingError | undefined) => {
      resolve({ deltas, result, error });
    };
    const generation = generator.start(order, {
      delta: (delta) => {
        deltas.push(delta);
        onDelta(generation, deltas);
      },
      progress: () => undefined,
      done: (result) => {
        end(result, undefined);
      },
      failed: (error) => {
        end(undefined, error);
      },
    });
  });
}

/** Of a generation that has to go well. @throws what it failed of */
export async function resultOf(generator: Generator, order: GenerationOrder): Promise<GenerationResult> {
  const { result, error } = await told(generator, order);
  if (!result) throw error ?? new Error('no end');
  return result;
}

const textOf = ({ deltas }: Told, choice = 0): string =>
  deltas
    .filter((delta) => delta.choice === choice)
    .map(({ text = '' }) => text)
    .join('');

/** What every generator keeps, those that speak to servers elsewhere among them. Call it inside a Jest file. */
export function describeGeneratorContract(title: string, fixture: GeneratorFixture): void {
  describe(`${title} keeps the generator contract`, () => {
    let generator: Generator;
    const ask = (text: string, rest: Partial<GenerationRequest> = {}) =>
      told(generator, orderOf(requestOf(text, rest)));

    beforeAll(async () => {
      generator = await fixture.open();
    });
    afterAll(() => generator.close());
    afterEach(() => {
      expect(generator.stats().busySlots).toBe(0);
    });

    it('answers: its deltas together are the text of its result', async () => {
      const answer = await ask('The lungs are');
      expect(answer.error).toBeUndefined();
      expect(answer.result?.choices).toHaveLength(1);
      expect(answer.result?.choices[0]?.text).toBe(textOf(answer));
    });

    it('counts the tokens of prompt and answer', async () => {
      const { result } = await ask('The lungs are', { maxTokens: 3 });
      expect(result?.usage.prompt).toBeGreaterThan(0);
      expect(result?.usage.completion).toBeGreaterThan(0);
      expect(result?.usage.completion).toBeLessThanOrEqual(3);
    });

    it('says that an answer ended at its limit', async () => {
      const { result } = await ask('The lungs are', { maxTokens: 1 });
      expect(result).toMatchObject({ choices: [{ finish: 'length' }], usage: { completion: 1 } });
    });

    it('tells its sink nothing before start has returned', async () => {
      let returned = false;
      const early: string[] = [];
      await new Promise<void>((resolve) => {
        const note = (what: string) => (): void => {
          if (!returned) early.push(what);
          if (what === 'end') resolve();
        };
        generator.start(orderOf(requestOf('The lungs are', { adapter: 'there-is-none' })), {
          delta: note('delta'),
          progress: note('progress'),
          done: note('end'),
          failed: note('end'),
        });
        returned = true;
      });
      expect(early).toEqual([]);
    });

    it('answers several at once as it answers each alone', async () => {
      const prompts = ['The heart is', 'One, two, three,', 'There is no'];
      const alone = [];
      for (const prompt of prompts) alone.push(textOf(await ask(prompt)));
      const together = await Promise.all(prompts.map((prompt) => ask(prompt)));
      expect(together.map((each) => textOf(each))).toEqual(alone);
    });

    it('ends before a stop text', async () => {
      const whole = textOf(await ask('The lungs are'));
      const stop = whole.slice(-1);
      const answer = await ask('The lungs are', { stop: [stop] });
      expect(answer.result?.choices[0]).toMatchObject({
        text: whole.slice(0, whole.indexOf(stop)),
        finish: 'stop',
      });
      expect(textOf(answer)).toBe(answer.result?.choices[0]?.text);
    });

    if (fixture.seeded !== false) {
      it('writes the same from the same seed', async () => {
        const sampling = { ...GREEDY, temperature: 1, seed: 7 };
        const [once, again] = [await ask('The lungs are', { sampling }), await ask('The lungs are', { sampling })];
        expect(textOf(again)).toBe(textOf(once));
      });
    }

    if (fixture.choices !== false) {
      it('writes as many choices as were asked for, each told apart', async () => {
        const answer = await ask('The lungs are', { choices: 3 });
        expect(answer.result?.choices).toHaveLength(3);
        for (const [index, choice] of (answer.result?.choices ?? []).entries()) {
          expect(choice.text).toBe(textOf(answer, index));
        }
      });
    }

    const { adapter } = fixture;
    if (adapter !== undefined) {
      it('answers by an adapter as by the model itself', async () => {
        const answer = await ask('The lungs are', { adapter });
        expect(answer.error).toBeUndefined();
        expect(answer.result?.choices[0]?.text).toBe(textOf(answer));
      });
    }

    it('refuses an adapter that there is not as the caller’s mistake, without naming it', async () => {
      const { error } = await ask('The lungs are', { adapter: 'somebody-elses' });
      expect(error).toMatchObject({ reason: 'invalid_request', field: 'model' });
      expect(JSON.stringify([error?.message, error?.limit])).not.toContain('somebody-elses');
    });

    const { tooLong } = fixture;
    if (tooLong !== undefined) {
      it('refuses a prompt beyond the context, and names the limit', async () => {
        const { error } = await ask(tooLong);
        expect(error).toMatchObject({ reason: 'invalid_request', field: 'messages' });
        expect(error?.limit).toMatch(/^context tokens: [1-9]\d*$/);
      });
    }

    it('says nothing after it was cancelled, and has the slot free at once', async () => {
      const heard: string[] = [];
      await new Promise<void>((resolve) => {
        const generation = generator.start(orderOf(requestOf('The lungs are', { maxTokens: 64 })), {
          delta: () => {
            heard.push('delta');
            if (heard.length > 1) return;
            generation.cancel();
            generation.cancel();
            resolve();
          },
          progress: () => undefined,
          done: () => heard.push('done'),
          failed: () => heard.push('failed'),
        });
      });
      expect(generator.stats().busySlots).toBe(0);
      await ask('The heart is');
      expect(heard).toEqual(['delta']);
    });

    it('counts its slots and what it wrote', async () => {
      const before = generator.stats();
      expect(before.slots).toBe(generator.slots);
      const { result } = await ask('The heart is');
      const after = generator.stats();
      expect(after.writtenTokens - before.writtenTokens).toBe(result?.usage.completion);
      expect(after.promptTokens).toBeGreaterThan(before.promptTokens);
    });

    it('fails what is under way when it is closed, and what comes after', async () => {
      const closing = await fixture.open();
      let closed: Promise<void> | undefined;
      const order = orderOf(requestOf('The lungs are', { maxTokens: 64 }));
      const answer = await told(closing, order, () => {
        closed ??= closing.close();
      });
      await closed;
      expect(answer.error).toMatchObject({ reason: 'unavailable' });
      const late = await told(closing, orderOf(requestOf('The lungs are')));
      expect(late.error).toMatchObject({ reason: 'unavailable' });
    });
  });
}
