import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLanguagePackage } from '@medserve/testkit';
import type { Finding, Report } from '@medserve/clinical';
import { Caller } from '../support/caller';
import { boxOf, overlap, phantom, type Thing } from '../support/phantom';
import { Platform, ROOT } from '../support/platform';

const HAS_MODEL = existsSync(join(ROOT, 'models', 'vqa-small', '1', 'model.yaml'));
const NO_MODEL = '(skipped: the package models/vqa-small is not in this checkout; its recipe makes it)';

const DISC: Thing = { kind: 'disc', x: 0.3, y: 0.3, r: 0.18 };
const SQUARE: Thing = { kind: 'square', x: 0.72, y: 0.7, r: 0.1 };

type Document = Finding & { readonly provenance: { readonly streamed?: { readonly sha256: string } } };

/** Writes prompts of all typed tasks for a model whose words are noise. */
const PROMPTS = {
  answer: { template: '{question}', reader: 'answer' },
  report: { template: 'Report.', reader: 'report' },
  ground: { template: 'Where is {phrase}?', reader: 'ground', parameters: { coordinates: 100 } },
};

describe.each(['single', 'split'] as const)('typed tasks of a model that writes noise, shape %s', (shape) => {
  let platform: Platform;
  let caller: Caller;
  let repository: string;
  let picture: Buffer;

  beforeAll(async () => {
    repository = mkdtempSync(join(tmpdir(), 'medserve-test-'));
    await writeLanguagePackage(repository, {
      name: 'noise',
      sees: true,
      generation: { prompts: PROMPTS, maxAnswerTokens: 48 },
      lines: { serves: ['chat', ...Object.keys(PROMPTS)].map((task) => ({ task, modality: 'radiology' })) },
    });
    platform = await Platform.start({ shape, models: [repository] });
    caller = new Caller(platform.ready);
    picture = await phantom([DISC]);
  }, 120_000);
  afterAll(async () => {
    await platform.remove();
    rmSync(repository, { recursive: true });
  }, 30_000);

  const wishes = { modality: 'radiology', allowMismatch: true, model: 'noise' };
  const ask = (request: object, path?: string) => caller.inferFiles([picture], { ...wishes, ...request }, path);
  const send = (path: string, body: object) =>
    caller.call(path, {
      method: 'POST',
      body: new TextEncoder().encode(JSON.stringify(body)),
      headers: { 'content-type': 'application/json' },
    });
  const wordsIn = (events: string): string =>
    [...events.matchAll(/event: delta\ndata: (.*)\n/gu)]
      .map(([, data = '']) => (JSON.parse(data) as { text: string }).text)
      .join('');

  it('take noise for no answer: nothing is chosen, found or decided', async () => {
    const options = [
      { code: 'l', display: 'left' },
      { code: 'r', display: 'right' },
    ];
    const question = { task: 'answer', question: 'On which side is the disc?' };
    for (const parameters of [{ form: 'closed' }, { options }]) {
      const { status, json } = await ask({ ...question, parameters });
      expect(status).toBe(200);
      expect(json).toMatchObject({ task: 'answer', decision: 'abstained', answer: { kind: 'text' } });
      expect(json['answer']).not.toHaveProperty('reply');
    }
    const { json: open } = await ask({ ...question, parameters: { form: 'open' } });
    expect(open).toMatchObject({ decision: 'answered', answer: { reply: { form: 'open' } } });
    expect((open['confidence'] as unknown as Record<string, number>)['tokenProbability']).toBeGreaterThan(0);
    const { json: ground } = await ask({ task: 'ground', parameters: { phrase: 'the disc' } });
    expect(ground).toMatchObject({ decision: 'abstained', answer: { kind: 'regions', regions: [] } });
  }, 60_000);

  it('are refused without what the task needs, by its name', async () => {
    expect((await ask({ task: 'answer' })).json).toMatchObject({ code: 'invalid_request', field: 'question' });
    expect((await ask({ task: 'ground' })).json).toMatchObject({ field: 'parameters.phrase' });
    expect((await ask({ task: 'report', parameters: { language: '?' } })).json).toMatchObject({
      field: 'parameters.language',
    });
  }, 30_000);

  it('are told to who watches as they are written, and are on record with the hash of the words that left', async () => {
    const { status, json: job } = await ask({ task: 'report' }, '/v1/jobs');
    expect(status).toBe(202);
    const events = (await caller.call(String(job['events']))).bytes.toString();
    expect(events).toMatch(/event: completed\ndata: .*\n\n$/u);
    const { json } = await caller.call(String(job['result']));
    const { streamed } = json['provenance'] as unknown as Document['provenance'];
    expect(streamed?.sha256).toMatch(/^[0-9a-f]{64}$/u);
    // One that was over before anybody watched has nothing to tell but its end.
    const words = wordsIn(events);
    if (words !== '') expect(hash('sha256', words, 'hex')).toBe(streamed?.sha256);
  }, 30_000);

  it('go on in a session that remembers what was said and shown', async () => {
    const { status, json: session } = await send('/v1/sessions', { model: 'noise', purpose: 'HRESCH' });
    expect(status).toBe(201);
    const turns = `/v1/sessions/${String(session['id'])}/turns`;
    const inputs = [{ data: picture.toString('base64'), mediaType: 'image/png' }];
    const first = await send(turns, { text: 'What is it?', inputs });
    expect(first.json).toMatchObject({ session: { turn: 1 }, task: 'chat', answer: { kind: 'text' } });
    const usage = (reply: typeof first) =>
      (reply.json['provenance'] as unknown as { readonly usage: { readonly image: number } }).usage;
    const second = await send(turns, { text: 'Are you sure?', parameters: { maxTokens: 8 } });
    expect(second.json).toMatchObject({ session: { turn: 2 } });
    // The image of the first turn is part of the second one's prompt.
    expect([usage(first).image, usage(second).image]).toEqual([4, 4]);
    expect(await caller.events(String(second.json['id']))).toEqual(['accepted', 'completed']);
    const streamed = (
      await send(turns, { text: 'And now?', stream: true, parameters: { maxTokens: 8 } })
    ).bytes.toString();
    expect(wordsIn(streamed)).not.toBe('');
    const { json } = await caller.call(`/v1/sessions/${String(session['id'])}`);
    expect(json['turns']).toMatchObject([
      { text: 'What is it?' },
      { text: 'Are you sure?' },
      { answer: wordsIn(streamed) },
    ]);
    expect((await caller.call(`/v1/sessions/${String(session['id'])}`, { method: 'DELETE' })).status).toBe(204);
  }, 60_000);
});

const describeWithModel = HAS_MODEL ? describe : describe.skip;

describeWithModel(`typed answers of a model that writes ${HAS_MODEL ? '' : NO_MODEL}`, () => {
  let platform: Platform;
  let caller: Caller;
  let picture: Buffer;

  beforeAll(async () => {
    platform = await Platform.start({ shape: 'single' });
    caller = new Caller(platform.ready);
    picture = await phantom([DISC, SQUARE]);
  }, 120_000);
  afterAll(() => platform.remove(), 30_000);

  const wishes = { modality: 'radiology', allowMismatch: true, model: 'vqa-small' };
  const ask = (request: object, path?: string) => caller.inferFiles([picture], { ...wishes, ...request }, path);
  const answerTo = async (request: object): Promise<Document> => {
    const { status, json } = await ask(request);
    expect(status).toBe(200);
    return json as unknown as Document;
  };

  it('say yes and no, with how sure the model was of its words', async () => {
    const about = async (kind: string): Promise<Document> =>
      answerTo({ task: 'answer', question: `Is there a ${kind}?`, parameters: { form: 'closed' } });
    const [yes, no] = [await about('disc'), await about('cross')];
    expect(yes.answer).toMatchObject({ kind: 'text', reply: { form: 'closed', value: 'yes' }, language: 'und-Latn' });
    expect(no.answer).toMatchObject({ reply: { value: 'no' } });
    expect(yes.decision).toBe('answered');
    expect(yes.confidence['tokenProbability']).toBeGreaterThan(0.5);
  }, 60_000);

  it('choose of the options or abstain, and never anything else', async () => {
    const options = [
      { code: 'l', display: 'left' },
      { code: 'r', display: 'right' },
    ];
    const question = 'On which side is the disc?';
    const { answer, decision } = await answerTo({ task: 'answer', question, parameters: { options } });
    const chosen = answer.kind === 'text' && answer.reply?.form === 'choice' ? answer.reply.chosen : [];
    expect(chosen).toHaveLength(decision === 'answered' ? 1 : 0);
    expect(options).toEqual(expect.arrayContaining([...chosen]));
  }, 30_000);

  it('find a thing where it is, and say when it is not there', async () => {
    const found = await answerTo({ task: 'ground', parameters: { phrase: 'the disc' } });
    const [region] = found.answer.kind === 'regions' ? found.answer.regions : [];
    expect(region?.label).toEqual({ code: 'phrase', display: 'the disc' });
    expect(overlap(region?.box ?? boxOf(SQUARE), boxOf(DISC))).toBeGreaterThan(0.5);
    const missing = await answerTo({ task: 'ground', parameters: { phrase: 'the cross' } });
    expect(missing).toMatchObject({ answer: { kind: 'regions', regions: [] }, decision: 'answered' });
  }, 60_000);

  it('report in sections of sentences', async () => {
    const { answer, decision } = await answerTo({ task: 'report' });
    expect((answer as Report).sections.map(({ code }) => code)).toEqual(['findings', 'impression']);
    expect(JSON.stringify(answer)).toMatch(/2 objects/u);
    expect(decision).toBe('answered');
  }, 30_000);
});
