import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import { silentLogger } from '@medserve/runtime';
import type { DefaultChange, StoredDefault, TellOfDefault } from '@medserve/storage';
import { catalogueEntry } from '@medserve/testkit';
import { LiveCatalogue } from '../infer/live-catalogue';
import { PRINCIPAL } from '../testing/image-world';
import { ToldActivities } from '../testing/told-activities';
import { DefaultVersions } from './default-versions';
import { ModelDefaults } from './model-defaults';

const net = (version: string, more: object = {}) =>
  catalogueEntry('net', { version, serves: [{ task: 'classify', modality: 'radiology', default: true }], ...more });

/** What the database keeps, for the gateways that share it. */
class Shared {
  readonly rows = new Map<string, StoredDefault>();
  readonly told: ActivityEvent[] = [];
  isAway = false;

  list = (): Promise<readonly StoredDefault[]> =>
    this.isAway ? Promise.reject(new ServingError('unavailable', 'away')) : Promise.resolve([...this.rows.values()]);

  change = ({ model, version, expectedRevision }: DefaultChange, tell: TellOfDefault): Promise<StoredDefault> => {
    const before = this.rows.get(model);
    const revision = before?.revision ?? 0;
    if (expectedRevision !== undefined && expectedRevision !== revision) {
      return Promise.reject(new ServingError('model_default_changed', 'It was changed meanwhile.'));
    }
    const from = before?.version ?? null;
    const to = version === undefined ? (before?.previous ?? null) : version;
    this.told.push(tell(from, to));
    const stored = { model, version: to, previous: from, revision: revision + 1, changedAt: new Date(0) };
    this.rows.set(model, stored);
    return Promise.resolve(stored);
  };
}

async function gateway(shared: Shared, entries = [net('1'), net('2')], warnings: unknown[] = []) {
  const catalogue = new LiveCatalogue(new Date(0));
  catalogue.update(entries, { complete: true });
  const unkept: number[] = [];
  const known = new DefaultVersions({
    store: shared,
    catalogue,
    logger: { ...silentLogger, warn: (_: string, fields: unknown) => void warnings.push(fields) },
    onUnkept: (count) => unkept.push(count),
  });
  await known.refresh();
  const { activities } = new ToldActivities();
  return { catalogue, known, unkept, defaults: new ModelDefaults({ catalogue, known, store: shared, activities }) };
}

describe('the version that a bare name stands for', () => {
  let shared: Shared;
  beforeEach(() => {
    shared = new Shared();
  });

  it('is the newest that is served until somebody chooses, on record', async () => {
    const { catalogue, defaults } = await gateway(shared);
    expect(defaults.show('net')).toEqual({
      model: 'net',
      version: null,
      answering: '2',
      previous: null,
      canGoBack: false,
      revision: 0,
    });
    const chosen = await defaults.choose(PRINCIPAL, 'net', { version: '1' });
    expect(chosen).toMatchObject({ version: '1', answering: '1', previous: null, canGoBack: true, revision: 1 });
    expect(catalogue.served({ name: 'net' }).version).toBe('1');
    expect(shared.told).toMatchObject([
      {
        event: 'model_default_changed',
        subject: 'model:net',
        actor: PRINCIPAL.id,
        outcome: 'success',
        facts: { from: 'newest', to: '1' },
      },
    ]);
  });

  it('is sent out with every request that names no version, and with no other', async () => {
    const { catalogue, defaults } = await gateway(shared);
    expect(catalogue.pinned({ model: { name: 'net' } })).toEqual({ name: 'net' });
    await defaults.choose(PRINCIPAL, 'net', { version: '1' });
    expect(catalogue.pinned({ model: { name: 'net' } })).toEqual({ name: 'net', version: '1' });
    expect(catalogue.pinned({ task: 'classify', modality: 'radiology' })).toEqual({ name: 'net', version: '1' });
    expect(catalogue.pinned({ model: { name: 'net', version: '2' } })).toEqual({ name: 'net', version: '2' });
    expect(catalogue.pinned({ task: 'segment' })).toBeUndefined();
    expect(catalogue.check({ modality: 'radiology' })).toMatchObject({ version: '1' });
    expect(catalogue.toView(net('1'))).toMatchObject({ isWarm: false });
    expect(catalogue.list().map((entry) => catalogue.toView(entry).isDefault)).toEqual([true, false]);
  });

  it('goes back, and forward again', async () => {
    const { defaults } = await gateway(shared);
    await expect(defaults.back(PRINCIPAL, 'other', undefined)).rejects.toMatchObject({ reason: 'model_not_found' });
    await defaults.choose(PRINCIPAL, 'net', { version: '1' });
    expect(await defaults.back(PRINCIPAL, 'net', undefined)).toMatchObject({ version: null, answering: '2' });
    expect(await defaults.back(PRINCIPAL, 'net', undefined)).toMatchObject({ version: '1', answering: '1' });
    await expect(defaults.back(PRINCIPAL, 'net', 1)).rejects.toMatchObject({ reason: 'model_default_changed' });
  });

  it.each([
    ['is not there', '7', {}, 'model_not_found'],
    ['is broken', '3', { state: 'broken', reason: 'no ONNX' }, 'model_broken'],
    ['is not trusted', '3', { state: 'broken', untrusted: true }, 'model_untrusted'],
    ['was unloaded', '3', { state: 'unloaded' }, 'model_unloaded'],
  ])('is no version that %s', async (_, version, more, reason) => {
    const { defaults } = await gateway(shared, [net('1'), net('3', more)]);
    await expect(defaults.choose(PRINCIPAL, 'net', { version })).rejects.toMatchObject({ reason });
    expect(shared.told).toEqual([]);
  });

  it('falls back to the newest that is served while the chosen one is not, and says so once', async () => {
    const warnings: unknown[] = [];
    const { catalogue, known, defaults, unkept } = await gateway(shared, undefined, warnings);
    await defaults.choose(PRINCIPAL, 'net', { version: '1' });
    catalogue.update([net('1', { state: 'broken', reason: 'no ONNX' }), net('2')], { complete: true });
    await known.refresh();
    await known.refresh();
    expect(defaults.show('net')).toMatchObject({
      version: '1',
      answering: '2',
      warning: expect.stringContaining('no ONNX') as string,
    });
    expect(catalogue.pinned({ model: { name: 'net' } })).toEqual({ name: 'net' });
    expect(warnings).toEqual([{ model: 'net', modelVersion: '1' }]);
    expect(unkept.at(-1)).toBe(1);
    catalogue.update([net('1'), net('2')], { complete: true });
    await known.refresh();
    expect(defaults.show('net')).toMatchObject({ answering: '1' });
    expect(unkept.at(-1)).toBe(0);
  });

  it('is heard by another gateway, survives a restart, and holds while the database is away', async () => {
    const [first, second] = [await gateway(shared), await gateway(shared)];
    await first.defaults.choose(PRINCIPAL, 'net', { version: '1' });
    expect(second.catalogue.served({ name: 'net' }).version).toBe('2');
    await second.known.refresh();
    expect(second.catalogue.served({ name: 'net' }).version).toBe('1');
    expect((await gateway(shared)).catalogue.served({ name: 'net' }).version).toBe('1');
    shared.isAway = true;
    await expect(second.known.refresh()).rejects.toMatchObject({ reason: 'unavailable' });
    expect(second.catalogue.served({ name: 'net' }).version).toBe('1');
  });

  it('does not fall behind by a reading that was begun before a change', async () => {
    const { catalogue, known, defaults } = await gateway(shared);
    await defaults.choose(PRINCIPAL, 'net', { version: '1' });
    const before = [...shared.rows.values()];
    await defaults.choose(PRINCIPAL, 'net', { version: '2' });
    known.learn(before);
    expect(catalogue.served({ name: 'net' }).version).toBe('2');
  });
});
