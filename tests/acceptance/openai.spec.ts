import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLanguagePackage } from '@medserve/testkit';
import OpenAI, { BadRequestError, NotFoundError, toFile } from 'openai';
import { Caller } from '../support/caller';
import { Platform, until } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';

type Question = OpenAI.ChatCompletionCreateParamsNonStreaming;
type Turns = Question['messages'];

const HELLO: Turns = [{ role: 'user', content: 'Is the heart enlarged?' }];
const QUESTION: Question = { model: 'chat', messages: HELLO, max_completion_tokens: 12, temperature: 0 };

/** Writes noise until it is stopped, and is nobody's default. */
const NOISE = {
  name: 'noise',
  sees: true,
  generation: { endTokens: [] },
  lines: { serves: [{ task: 'chat', modality: 'radiology' }] },
};

const aboutImage = (url: string): Turns => [
  {
    role: 'user',
    content: [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: 'Is the heart enlarged?' },
    ],
  },
];
const dataUrl = (slice: Buffer): string => `data:application/dicom;base64,${slice.toString('base64')}`;

describe.each(['single', 'split'] as const)('the API of OpenAI on a platform, shape %s', (shape) => {
  let platform: Platform;
  let models: string;
  let caller: Caller;
  let client: OpenAI;

  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'medserve-models-'));
    await writeLanguagePackage(models, NOISE);
    platform = await Platform.start({ shape, models: [models] });
    caller = new Caller(platform.ready);
    client = new OpenAI({ baseURL: `${platform.ready.url}/v1`, apiKey: platform.ready.key, maxRetries: 0 });
    // The first request has the model loaded.
    await client.chat.completions.create(QUESTION);
  }, 120_000);
  afterAll(async () => {
    await platform.remove();
    rmSync(models, { recursive: true, force: true });
  }, 30_000);

  const ask = (more: Partial<Question> = {}) => client.chat.completions.create({ ...QUESTION, ...more });
  const recordOf = ({ id }: { readonly id: string }): string => id.replace('chatcmpl-', '');

  it('lists the models that stand behind the aliases', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining(['chat', 'embed']));
    const chat = (await client.models.retrieve('chat')) as OpenAI.Model & { readonly root: string };
    expect(ids).toContain(chat.root);
    expect((await client.models.retrieve(chat.root)).id).toBe(chat.root);
  }, 30_000);

  it('answers at once, with the bytes of the answer on record', async () => {
    const { data, response } = await client.chat.completions.create(QUESTION).withResponse();
    const id = recordOf(data);
    expect(response.headers.get('x-medserve-request-id')).toBe(id);
    expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
    expect(await caller.events(id)).toEqual(['accepted', 'completed']);
    expect((await caller.call(`/v1/results/${id}`)).json).toEqual(JSON.parse(JSON.stringify(data)));
  }, 30_000);

  it('answers as it writes, in the same words, with the events on record', async () => {
    const whole = (await ask()).choices[0]?.message.content;
    const body = new TextEncoder().encode(JSON.stringify({ ...QUESTION, stream: true }));
    const { bytes } = await caller.call('/v1/chat/completions', { method: 'POST', body });
    const lines = bytes.toString().split('\n\n');
    const chunks = lines
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice('data: '.length)) as OpenAI.ChatCompletionChunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(whole);
    expect(lines.at(-2)).toBe('data: [DONE]');
    const id = recordOf(chunks[0] ?? { id: '' });
    const stored = await caller.call(`/v1/results/${id}`);
    expect(`${stored.bytes.toString()}data: [DONE]\n\n`).toBe(bytes.toString());
    expect(stored.headers.get('content-type')).toBe('text/event-stream');
    expect(await caller.events(id)).toEqual(['accepted', 'completed']);
  }, 30_000);

  it('sees a DICOM object, in the request or uploaded before', async () => {
    const slice = syntheticSlice();
    const [text, image] = [await ask(), await ask({ messages: aboutImage(dataUrl(slice)) })];
    expect(image.usage?.prompt_tokens).toBeGreaterThan(text.usage?.prompt_tokens ?? Infinity);
    const { id } = await client.files.create({ file: await toFile(slice, 'slice.dcm'), purpose: 'vision' });
    const uploaded = await ask({ messages: aboutImage(id) });
    expect(uploaded.choices).toEqual(image.choices);
    const [told] = (await caller.call(`/v1/audit?subject=file:${id.replace('file-', '')}`)).json[
      'entries'
    ] as unknown as { event: { event: string } }[];
    expect(told?.event.event).toBe('file_uploaded');
    await client.files.delete(id);
    await expect(ask({ messages: aboutImage(id) })).rejects.toThrow(NotFoundError);
  }, 60_000);

  it('is stopped by a caller who hangs up, with what had left on record', async () => {
    const hangUp = async (): Promise<string> => {
      const stream = await client.chat.completions.create({
        ...QUESTION,
        model: 'noise',
        max_completion_tokens: 400,
        n: 8,
        stream: true,
      });
      for await (const chunk of stream) {
        stream.controller.abort();
        return recordOf(chunk);
      }
      return '';
    };
    let id = '';
    // A small model may have written everything before the connection is closed: then it is asked again.
    await until('an answer to be cut off', async () => {
      id = await hangUp();
      await until('its end', async () => (await caller.events(id)).length === 2);
      return (await caller.events(id)).includes('cancelled');
    });
    const { bytes } = await caller.call(`/v1/results/${id}`);
    expect(bytes.toString()).toContain('"role":"assistant"');
    expect(bytes.toString()).not.toContain('"finish_reason":"');
  }, 60_000);

  it('refuses a prompt that the context does not hold, by its name', async () => {
    const messages: Turns = [{ role: 'user', content: 'word '.repeat(20_000) }];
    const refusal = await ask({ messages }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BadRequestError);
    expect(refusal).toMatchObject({ code: 'context_length_exceeded', message: expect.stringMatching(/\d/) as string });
  }, 30_000);

  it('turns texts into vectors', async () => {
    const texts = ['a pleural effusion', 'fluid around the lung', 'a broken wrist'];
    const { data, usage } = await client.embeddings.create({ model: 'embed', input: texts });
    const [effusion = [], fluid = [], wrist = []] = data.map(({ embedding }) => embedding);
    const alike = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
    expect(alike(effusion, fluid)).toBeGreaterThan(alike(effusion, wrist));
    expect(usage.prompt_tokens).toBeGreaterThan(0);
  }, 60_000);
});
