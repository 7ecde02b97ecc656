import { nextTab } from './next-tab';
import { recipesOf } from './recipes';

const PLACE = { url: 'https://medserve.example' };
const ASK = {
  files: ['a.dcm', 'b c.dcm'],
  request: {
    task: 'ground',
    modality: 'radiology',
    model: 'vqa-small:2',
    fallback: 'other',
    class: 'stat',
    parameters: { phrase: 'the tube; "x"' },
    allowMismatch: true,
  },
  asJob: false,
};

const textOf = (id: string, ask: Parameters<typeof recipesOf>[0] = ASK, place = PLACE): string =>
  recipesOf(ask, place).find((recipe) => recipe.id === id)?.text ?? '';

describe('the recipes', () => {
  it('take the key from the environment, each of them', () => {
    for (const { id, text } of recipesOf(ASK, PLACE)) expect([id, /MEDSERVE_(KEY|URL)/.test(text)]).toEqual([id, true]);
  });

  it('say everything that was asked, in the words of each door', () => {
    expect(textOf('curl')).toContain(`'request=${JSON.stringify(ASK.request)}'`);
    expect(textOf('curl')).toContain(`-F 'file=@"b c.dcm"'`);
    expect(textOf('node')).toContain(`const request = ${JSON.stringify(ASK.request)};`);
    expect(textOf('python')).toContain('"allowMismatch": True');
    expect(textOf('medserve')).toContain(`--parameters '{"phrase":"the tube; \\"x\\""}'`);
    expect(textOf('medserve')).toContain('--allow-mismatch');
  });

  it('speak to gRPC in its own words: the class as it is called there, the fallback beside the message', () => {
    const text = textOf('grpcurl');
    expect(text).toContain('"requestClass":"REQUEST_CLASS_STAT"');
    expect(text).toContain(`-H 'medserve-fallback: other'`);
    expect(text).not.toContain('"fallback"');
    expect(text).toContain('medserve.v1.MedServe/Infer ');
    expect(text).not.toContain('-plaintext');
    expect(textOf('grpcurl', ASK, { url: 'http://127.0.0.1:8080' })).toContain('-plaintext');
  });

  it('watch a job where it was one', () => {
    const job = { ...ASK, asJob: true };
    expect(textOf('curl', job)).toContain('/v1/jobs/$job/events" >&2');
    expect(textOf('grpcurl', job)).toContain('MedServe/InferStream');
    expect(textOf('python', job)).toContain('job["events"]');
    expect(textOf('node', job)).toContain('job.events');
  });

  it('name the files alone where nothing was wished', () => {
    expect(textOf('grpcurl', { ...ASK, request: {} })).toContain(`printf %s '{"files":['`);
  });
});

describe('the keys of the tabs', () => {
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 4, 0],
    ['ArrowLeft', 0, 4],
    ['Home', 3, 0],
    ['End', 1, 4],
    ['Enter', 1, undefined],
  ] as const)('%s at tab %i leads to %s', (key, at, next) => {
    expect(nextTab(key, at, 5)).toBe(next);
  });
});
