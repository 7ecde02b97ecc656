import type { FinishReason, GeneratedChoice, GenerationDelta, GenerationRequest } from '@medserve/clinical';
import type { AnswerWriter, Language } from '../../../language';

/* A language in which every token is a character of its own: what a decoder chose can be read off an answer. */

const FIRST = 0x4e00;
const IMAGE = 1;

/** In a prompt: a token that the model does not have, so that the run that reads it fails. */
export const UNREADABLE = '\u{1f4a5}';
/** In a prompt: every answer to it is such a token. */
export const UNSPEAKABLE = '\u{1f910}';
const NO_TOKEN = 1_000_000;

/** The prompt that an answer would be. */
export const asPrompt = (answer: string): string =>
  String.fromCodePoint(...Array.from(answer, (each) => (each.codePointAt(0) ?? FIRST) - FIRST - 2));

const characterOf = (token: number): string => String.fromCodePoint(FIRST + token);

const tokenOf = (character: string): number =>
  character === UNREADABLE ? NO_TOKEN : 2 + ((character.codePointAt(0) ?? 0) % 256);

function bestOf(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token += 1) {
    if ((logits[token] ?? 0) > (logits[best] ?? 0)) best = token;
  }
  return best;
}

/** Noise of a seed for a token in a place (a hash of integers; T. Mueller's finaliser). */
function noise(...numbers: readonly number[]): number {
  let state = 0x9e3779b9;
  for (const each of numbers) state = Math.imul(state ^ each ^ ((state ^ each) >>> 16), 0x45d9f3b);
  return ((state >>> 0) + 1) / (2 ** 32 + 2);
}

class PlainWriter implements AnswerWriter {
  finish: FinishReason | undefined;
  private text = '';
  private untold = '';
  private count = 0;

  constructor(
    private readonly request: GenerationRequest,
    private readonly choice: number,
  ) {}

  next(logits: Float32Array): number {
    const { temperature, seed = 0 } = this.request.sampling;
    if (temperature > 0) {
      // The most likely after noise of this distribution is a sample (Gumbel's trick).
      for (let token = 0; token < logits.length; token += 1) {
        const drawn = -Math.log(-Math.log(noise(seed, this.choice, this.count, token)));
        logits[token] = (logits[token] ?? 0) / temperature + drawn;
      }
    }
    const token = bestOf(logits);
    const character = characterOf(token);
    this.count += 1;
    if (JSON.stringify(this.request.turns).includes(UNSPEAKABLE)) return NO_TOKEN;
    if (this.request.stop.includes(character)) this.finish = 'stop';
    else {
      this.text += character;
      this.untold += character;
    }
    return token;
  }

  take(): GenerationDelta | undefined {
    if (this.untold === '') return undefined;
    const text = this.untold;
    this.untold = '';
    return { choice: this.choice, text };
  }

  end(limit: boolean): GeneratedChoice {
    return { text: this.text, toolCalls: [], finish: limit ? 'length' : (this.finish ?? 'stop') };
  }
}

/** Its prompts are the characters' codes below 256, and one token for each image. */
export const plainLanguage = (vocabularySize: number): Language => ({
  vocabularySize,
  endTokens: new Set(),
  prompt: ({ turns }) => {
    const tokens: number[] = [];
    const images: { position: number; image: number }[] = [];
    for (const part of turns.flatMap(({ parts }) => parts)) {
      if (part.kind === 'image') {
        images.push({ position: tokens.length, image: part.image });
        tokens.push(IMAGE);
      } else tokens.push(...Array.from(part.text, tokenOf));
    }
    return { tokens, images };
  },
  writer: (request, choice) => new PlainWriter(request, choice),
});
