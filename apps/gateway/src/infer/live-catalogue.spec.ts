import { catalogueEntry } from '@medserve/testkit';
import { LiveCatalogue } from './live-catalogue';

const net = (version: string, more: object = {}) =>
  catalogueEntry('net', { version, serves: [{ task: 'classify', modality: 'radiology', default: true }], ...more });

function catalogue(entries: ReturnType<typeof net>[], complete = true): LiveCatalogue {
  const made = new LiveCatalogue(new Date(0));
  made.update(entries, { complete });
  return made;
}
const reason = (reason: string) => expect.objectContaining({ reason }) as Error;

describe('the live catalogue', () => {
  it('gives the newest version that is served, by number', () => {
    const found = catalogue([net('9'), net('10'), net('11', { state: 'broken' }), net('12', { state: 'unloaded' })]);
    expect(found.served({ name: 'net' }).version).toBe('10');
    expect(found.served({ name: 'net', version: '9' }).version).toBe('9');
    expect(found.versions({ name: 'net' }).map(({ version }) => version)).toEqual(['12', '11', '10', '9']);
  });

  it('says of a model that is not served why', () => {
    const found = catalogue([
      net('1', { state: 'unloaded' }),
      catalogueEntry('bad', { state: 'broken', reason: 'no ONNX' }),
    ]);
    expect(() => found.served({ name: 'net' })).toThrow(reason('model_unloaded'));
    expect(() => found.served({ name: 'bad' })).toThrow(/no ONNX/);
    expect(() => found.check({ model: { name: 'net' }, modality: 'radiology' })).toThrow(reason('model_unloaded'));
    expect(() => found.check({ modality: 'radiology' })).toThrow(reason('model_unloaded'));
  });

  it('names the model that it does not know, cut to a length that nobody minds', () => {
    const name = 'x'.repeat(10_000);
    expect(() => catalogue([net('1')]).served({ name })).toThrow(/^There is no model of this name: "x{128}"\.$/);
    expect(() => catalogue([net('1')]).checkModel({ name: 'net', version: '2' })).toThrow(reason('model_not_found'));
  });

  it('does not say that a model is not there while a pod cannot be heard', () => {
    const found = catalogue([net('1')], false);
    expect(() => found.served({ name: 'other' })).toThrow(reason('unavailable'));
    expect(() => found.check({ task: 'segment', modality: 'fundus' })).toThrow(reason('unavailable'));
    expect(found.served({ name: 'net' }).version).toBe('1');
  });

  it('knows what is left of a load since it was told', () => {
    let nowMs = 0;
    const made = new LiveCatalogue(new Date(0), () => nowMs);
    const warmth = (): unknown => made.check({ modality: 'radiology' }).warmth;
    made.update([net('1', { state: 'loading', expectedLoadMs: 4_000 })], { complete: true });
    nowMs = 1_000;
    expect(warmth()).toEqual({ kind: 'cold', expectedMs: 3_000 });
    made.update([net('1', { state: 'loading', expectedLoadMs: 2_900 })], { complete: true });
    expect(warmth()).toEqual({ kind: 'cold', expectedMs: 2_900 });
    made.update([net('1', { state: 'ready', expectedLoadMs: 4_100 })], { complete: true });
    expect(warmth()).toEqual({ kind: 'warm' });
  });

  it('is not there before the router has told it', () => {
    expect(() => new LiveCatalogue(new Date(0)).served({ name: 'net' })).toThrow(reason('unavailable'));
  });

  it.each([
    [{ model: { name: 'net' } }, '2'],
    [{ model: { name: 'net', version: '1' } }, '1'],
    [{ model: { name: 'net', version: '7' } }, undefined],
    [{ model: { name: 'other' } }, undefined],
    [{ task: 'classify', modality: 'radiology' }, '2'],
  ])('expects %j at version %s', (wanted, version) => {
    expect(catalogue([net('1'), net('2')]).expected(wanted)?.version).toBe(version);
  });
});
