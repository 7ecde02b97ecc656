import { answerJson, beginEvents, type Handler, type Received } from '../../pools/testing/scripted-server';

/** What is read of a body by the server that plays along. */
export interface SentBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly max_tokens: number;
  readonly n?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly cache_salt?: string;
}

export const MODEL = 'the-model';
export const ADAPTER = 'the-model-terse';
export const CONTEXT_CHARACTERS = 256;

export const bodyOf = ({ body }: Received): SentBody => JSON.parse(body.toString('utf8')) as SentBody;

export const chunk = (choices: readonly unknown[], rest: object = {}): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices, ...rest })}\n\n`;

export const says = (content: string, index = 0): string => chunk([{ index, delta: { content } }]);
export const ends = (finish: string, index = 0): string => chunk([{ index, delta: {}, finish_reason: finish }]);
export const DONE = 'data: [DONE]\n\n';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';

/** Letters that depend on prompt, choice and seed alone, no letter twice: a token is a letter. */
function write({ messages, seed = 0, max_tokens: most }: SentBody, choice: number): string {
  const length = JSON.stringify(messages).length;
  return Array.from({ length: Math.min(most, 26) }, (_, at) => ALPHABET[(length + seed + choice + at) % 26]).join('');
}

/** A server whose model writes letters, with what clients lean on: limits, stop texts, choices, usage, errors. */
export const chatServer: Handler = async (received) => {
  const { path, response } = received;
  if (path === '/health') {
    answerJson(received, 200, {});
    return;
  }
  if (path === '/v1/models') {
    answerJson(received, 200, { object: 'list', data: [{ id: MODEL }, { id: ADAPTER }] });
    return;
  }
  if (path !== '/v1/chat/completions') {
    answerJson(received, 404, {});
    return;
  }
  const body = bodyOf(received);
  const length = JSON.stringify(body.messages).length;
  if (length > CONTEXT_CHARACTERS) {
    answerJson(received, 400, { error: { message: "This model's maximum context length is 42 tokens.", code: 400 } });
    return;
  }
  beginEvents(received);
  let completion = 0;
  for (let index = 0; index < (body.n ?? 1); index += 1) {
    const whole = write(body, index);
    const cuts = (body.stop ?? []).map((stop) => whole.indexOf(stop)).filter((at) => at >= 0);
    const text = whole.slice(0, Math.min(...cuts, whole.length));
    for (const letter of text) {
      response.write(says(letter, index));
      completion += 1;
      // So that a caller who hangs up is noticed between two letters.
      await new Promise((resolve) => setImmediate(resolve));
      if (response.destroyed) return;
    }
    response.write(ends(cuts.length > 0 ? 'stop' : 'length', index));
  }
  response.end(chunk([], { usage: { prompt_tokens: length, completion_tokens: completion } }) + DONE);
};
