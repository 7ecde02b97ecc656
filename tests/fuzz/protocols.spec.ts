import { httpBytes } from './generators/framing';
import { JSON_TEXTS, jsonDocument, NAUGHTY_TEXTS } from './generators/json';
import { RequestsOf, type OpenApi } from './generators/open-api';
import { runCampaign } from './support/campaign';
import type { Draw } from './support/draw';
import type { HttpCase } from './support/http-case';
import { sendBytes } from './support/raw-http';
import { Target } from './support/target';
import { syntheticSlice } from '../support/synthetic';

const MEMBERS = [
  'task',
  'modality',
  'model',
  'question',
  'parameters',
  'class',
  'deadlineMs',
  'inputs',
  'data',
  'ref',
  'allowMismatch',
  'id',
  'outputs',
  'name',
  'datatype',
  'shape',
  'fallback',
  'mediaType',
];
const JSON_PATHS = [
  '/v1/infer',
  '/v1/jobs',
  '/v2/models/organ-modality/infer',
  '/v2/repository/index',
  '/v2/repository/models/stain-nuclei/load',
  '/v1/cache/purge',
];
const LOOPBACKS = [
  '127.0.0.1',
  'localhost',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '0.0.0.0',
  '169.254.169.254',
  'metadata.google.internal',
  '127.0.0.1.nip.io',
  '[fe80::1%25eth0]',
  '①②⑦.⓪.⓪.①',
];

const posting = (path: string, body: Buffer): HttpCase => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body,
});

describe('what nobody should send over HTTP', () => {
  let target: Target;
  let base64: string;

  beforeAll(async () => {
    target = await Target.start();
    base64 = syntheticSlice().toString('base64');
  }, 120_000);
  afterAll(() => target.stop(), 60_000);

  it('is no HTTP at all: lengths that contradict each other, odd lines, floods of headers', async () => {
    const port = Number(new URL(target.ready.url).port);
    const before = target.servers();
    const failures = await runCampaign<Buffer>({
      family: 'http-framing',
      cases: 3_000,
      make: (draw) => httpBytes(draw, target.ready.key),
      run: async (bytes) => {
        const answer = await sendBytes(port, bytes);
        const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
        // A 5xx that is right says that a method or a version is not spoken here.
        return status?.startsWith('5') === true && !['501', '503', '505'].includes(status)
          ? `status ${status}`
          : undefined;
      },
      describe: (bytes) => ({ bytes: bytes.toString('base64') }),
    });
    expect(failures).toEqual([]);
    await target.expectSound(before);
  }, 600_000);

  it('reads all JSON and nothing else', async () => {
    expect(JSON_TEXTS.length).toBeGreaterThan(318);
    const wrong: string[] = [];
    for (const { text, isJson } of JSON_TEXTS) {
      // A member that takes anything, in a request that is refused for another reason when its JSON was read.
      const body = Buffer.from(`{"task":"no-such-task","parameters":{"x":${text}},"inputs":[{"data":"${base64}"}]}`);
      const { status, body: answer } = await target.http.send(posting('/v1/infer', body));
      const isRead = !(status === 400 && answer.includes('not valid JSON'));
      if (isRead !== isJson) wrong.push(`${JSON.stringify(text)}: ${String(status)} ${answer}`);
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  it('is JSON of any shape', async () => {
    const make = (draw: Draw) => posting(draw.pick(JSON_PATHS), jsonDocument(draw, MEMBERS));
    await target.attack('json', 5_000, make);
  }, 600_000);

  it('is like what the OpenAPI document describes, and not quite', async () => {
    const { body } = await target.http.send({ method: 'GET', path: '/openapi.json', headers: {} });
    const ids = ['01930000-0000-7000-8000-000000000000', 'stain-nuclei', 'no-such-model', '1', 'home', 'infer'];
    const requests = new RequestsOf(JSON.parse(body) as OpenApi, ids);
    const make = (draw: Draw) => requests.draw(draw);
    expect((await target.attack('semantics', 10_000, make)).kinds).toBeGreaterThan(3);
  }, 600_000);

  it('is a credential of any form', async () => {
    const make = (draw: Draw): HttpCase => ({
      method: 'GET',
      path: '/v1/models',
      headers: { authorization: credential(draw, target.ready.key) },
    });
    const tally = await target.attack('credentials', 1_000, make);
    expect(tally.toString()).not.toContain('200');
  }, 600_000);

  it('points to places that nobody may look into', async () => {
    const make = (draw: Draw) => {
      const host = draw.pick(LOOPBACKS);
      const url = draw.pick([
        `http://${host}:1/`,
        `https://a@${host}/`,
        `//${host}/x`,
        `file:///proc/self/environ`,
        `data:image/png;base64,${'A'.repeat(draw.below(5_000))}`,
        `http://a.example#@${host}/`,
        `gopher://${host}:1/`,
        `\\\\${host}\\share`,
      ]);
      return posting(
        draw.pick(['/v1/infer', '/v1/jobs']),
        Buffer.from(JSON.stringify({ task: 'classify', inputs: [{ ref: url }] })),
      );
    };
    expect((await target.attack('references', 500, make)).toString()).toMatch(/^400 \d+$/);
  }, 600_000);

  it('is a question that wants something else', async () => {
    const make = (draw: Draw) => {
      const question = Array.from({ length: 1 + draw.below(4) }, () => draw.pick(NAUGHTY_TEXTS).slice(0, 400)).join(
        ' ',
      );
      return posting(
        '/v1/infer',
        Buffer.from(
          JSON.stringify({
            question,
            task: draw.pick(['answer', 'classify', 'ground']),
            modality: 'pathology',
            inputs: [{ data: base64 }],
          }),
        ),
      );
    };
    await target.attack('questions', 600, make);
  }, 600_000);
});

/** A key or token that is none, though it may look like one. */
function credential(draw: Draw, key: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return draw.pick([
    () => `Bearer ${key.slice(0, draw.below(key.length))}`,
    () => `Bearer ${key}${draw.pick(['x', '.', '=', ' x'])}`,
    () => {
      const at = 8 + draw.below(key.length - 8);
      return `Bearer ${key.slice(0, at)}${key[at] === 'A' ? 'B' : 'A'}${key.slice(at + 1)}`;
    },
    () => `Basic ${Buffer.from(`a:${key}`).toString('base64')}`,
    () => key,
    () =>
      `Bearer ${part({ alg: draw.pick(['none', 'HS256', 'RS256', 'ES256', 'x']), typ: 'JWT', kid: draw.pick(['', '../../x', "' OR 1=1"]), jku: 'http://127.0.0.1:1/' })}.${part({ iss: 'https://a.example', exp: draw.pick([0, 1e10, -1, 1e400]), sub: 'x', aud: 'medserve' })}.${draw.bytes(draw.below(70)).toString('base64url')}`,
    () => `Bearer ${draw.bytes(draw.below(300)).toString('base64url')}.${draw.bytes(20).toString('base64url')}.x`,
    () => `Bearer ${'.'.repeat(draw.below(500))}`,
    () => `Bearer ${'a'.repeat(draw.pick([1, 1_000, 12_000]))}`,
  ])();
}
