import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Decoded, GenerationRequest } from '@medserve/clinical';
import { orderOf, requestOf } from '../../../generation/generator-contract';
import type { GenerationOrder, Generator } from '../../../generation/generator';

/** Whole numbers from 0 to below `below`, the same in every run (a linear congruential generator; Numerical Recipes). */
export type Dice = (below: number) => number;

export function dice(seed: number): Dice {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const WORDS = 'lung heart left right no large small mass at the of opacity seen in both two is'.split(' ');
/** Longer than a block of the prefix cache, so that prompts find each other's beginnings there. */
const PREAMBLE = 'please look well and say shortly what is there: ';

export interface Caller {
  readonly order: GenerationOrder;
  /** Deltas after which it goes away; absent: never. */
  readonly leavesAfter: number | undefined;
  /** Turns of the event loop before the next one comes. */
  readonly pause: number;
}

export interface Crowd {
  /** Absent: of a model that sees nothing. */
  readonly picture: ((seed: number) => Decoded) | undefined;
  readonly adapters: readonly string[];
  /** Tokens of an answer at most. */
  readonly tokens: number;
}

export function callerOf(roll: Dice, { picture, adapters, tokens }: Crowd): Caller {
  const own = Array.from({ length: 1 + roll(20) }, () => WORDS[roll(WORDS.length)] ?? '').join(' ');
  const words = roll(2) === 0 ? own : `${PREAMBLE}${own}`;
  const images = picture ? Array.from({ length: roll(3) }, () => picture(roll(4))) : [];
  const parts = [
    ...images.map((_, image) => ({ kind: 'image' as const, image })),
    { kind: 'text' as const, text: words },
  ];
  const adapter = adapters[roll(adapters.length + 1)];
  const request: Partial<GenerationRequest> = {
    turns: [{ role: 'user', parts: roll(2) === 0 ? parts : parts.toReversed() }],
    maxTokens: 1 + roll(tokens),
    choices: 1 + roll(3),
    sampling: { temperature: roll(2), topP: 1, seed: roll(1_000), presencePenalty: 0, frequencyPenalty: 0 },
    ...(adapter === undefined ? {} : { adapter }),
  };
  return {
    order: orderOf(requestOf(words, request), { images, tenant: `tenant-${String(roll(2))}` }),
    leavesAfter: roll(4) === 0 ? roll(6) : undefined,
    pause: roll(4) === 0 ? 30 : roll(4),
  };
}

/** The text of every choice as far as it was told, when the generation has ended or its caller has left. */
export function texts(
  generator: Generator,
  { order, leavesAfter = Infinity }: Pick<Caller, 'order' | 'leavesAfter'>,
): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const told = Array.from({ length: order.request.choices }, () => '');
    let left = leavesAfter;
    const leave = (): void => {
      if (left > 0) return;
      generation.cancel();
      resolve(told);
    };
    const generation = generator.start(order, {
      delta: ({ choice, text = '' }) => {
        told[choice] = `${told[choice] ?? ''}${text}`;
        left -= 1;
        leave();
      },
      progress: () => undefined,
      done: ({ choices }) => {
        expect(choices.map(({ text }) => text)).toEqual(told);
        resolve(told);
      },
      failed: reject,
    });
    leave();
  });
}

/** Every caller alone, with a salt of its own so that nothing is found in a cache: what it is to be told among others. */
export async function alone(generator: Generator, callers: readonly Caller[]): Promise<readonly (readonly string[])[]> {
  const all = [];
  for (const [index, { order }] of callers.entries()) {
    const request = { ...order.request, cacheSalt: `alone-${String(index)}` };
    all.push(await texts(generator, { order: { ...order, request }, leavesAfter: undefined }));
  }
  return all;
}

/** All callers, each when the pause after the one before is over. */
export async function together(
  generator: Generator,
  callers: readonly Caller[],
): Promise<readonly (readonly string[])[]> {
  const all: Promise<readonly string[]>[] = [];
  for (const caller of callers) {
    all.push(texts(generator, caller));
    for (let turn = 0; turn < caller.pause; turn += 1) await nextTurn();
  }
  return Promise.all(all);
}

/** That those who stayed were told what they are told alone, and those who left the beginning of it. */
export function expectSame(
  callers: readonly Caller[],
  told: readonly (readonly string[])[],
  wanted: readonly (readonly string[])[],
): void {
  for (const [index, { leavesAfter }] of callers.entries()) {
    const whole = wanted[index] ?? [];
    const heard = told[index] ?? [];
    if (leavesAfter === undefined) expect(heard).toEqual(whole);
    else expect(heard).toEqual(whole.map((text, choice) => text.slice(0, heard[choice]?.length)));
  }
}
