import { ServingError } from '@medserve/errors';
import type { CatalogueEntry, CatalogueState } from '@medserve/rpc';
import { catalogueEntry } from '@medserve/testkit';
import { LiveCatalogue } from '../infer/live-catalogue';
import { Models, type ModelControl } from './models';

const versions = (state: CatalogueState = 'cold', ...names: string[]) =>
  names.map((version) => catalogueEntry('net', { version, state }));

function setUp(entries: readonly CatalogueEntry[], control: Partial<ModelControl> = {}) {
  const catalogue = new LiveCatalogue(new Date(0));
  const tell = (next: readonly CatalogueEntry[]): void => {
    catalogue.update(next, { complete: true });
  };
  tell(entries);
  const nothing = (): Promise<void> => Promise.resolve();
  return { models: new Models(catalogue, { load: nothing, unload: nothing, refresh: nothing, ...control }), tell };
}

describe('the models as the protocol shows them', () => {
  it('name the versions that are served, and describe the newest', () => {
    const { models } = setUp([
      ...versions('ready', '2', '10'),
      ...versions('broken', '11'),
      catalogueEntry('other', { engine: 'onnx', inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }] }),
    ]);
    expect(models.metadata('net', undefined).versions).toEqual(['2', '10']);
    expect(models.metadata('other', '1')).toEqual({
      name: 'other',
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }],
      outputs: [],
    });
  });

  it.each<[CatalogueState, string, boolean]>([
    ['cold', 'READY', true],
    ['loading', 'READY', true],
    ['ready', 'READY', true],
    ['unloaded', 'UNAVAILABLE', false],
    ['broken', 'UNAVAILABLE', false],
  ])('call a model that is %s %s', (state, shown, isReady) => {
    const { models } = setUp(versions(state, '1'));
    expect(models.index(false)).toMatchObject([{ name: 'net', version: '1', state: shown }]);
    expect(models.index(true)).toHaveLength(isReady ? 1 : 0);
    expect(models.ready('net', undefined)).toBe(isReady);
  });

  it('are not ready and not found where there are none, which the words name', () => {
    const { models } = setUp(versions('ready', '1'));
    expect(models.ready('nope', undefined)).toBe(false);
    expect(models.ready('net', '77')).toBe(false);
    expect(() => models.metadata('nope', undefined)).toThrow(/"nope"/);
    expect(() => models.config('net', '77')).toThrow(expect.objectContaining({ reason: 'model_not_found' }) as Error);
  });

  it('refuse to describe what cannot be served and was never read, with the reason and no version that it has not', () => {
    const { models } = setUp([catalogueEntry('net', { version: '', state: 'broken', reason: 'there is no version' })]);
    const refusal = expect.objectContaining({
      reason: 'model_broken',
      message: 'The model "net" cannot be served: there is no version',
    }) as Error;
    expect(() => models.metadata('net', undefined)).toThrow(refusal);
    expect(() => models.config('net', undefined)).toThrow(refusal);
  });

  it('are described while they are unloaded, and when they broke after they were read', () => {
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [-1, 4] }];
    const { models } = setUp([
      catalogueEntry('gone', { state: 'unloaded' }),
      catalogueEntry('broke', { state: 'broken', inputs }),
    ]);
    expect(models.metadata('gone', undefined)).toMatchObject({ versions: ['1'] });
    expect(models.config('gone', undefined)).toEqual({ name: 'gone' });
    expect(models.metadata('broke', undefined)).toMatchObject({ inputs });
  });

  it('give the configuration that the package has', () => {
    const { models } = setUp([catalogueEntry('net', { configJson: '{"name":"net","max_batch_size":8}' })]);
    expect(models.config('net', undefined)).toEqual({ name: 'net', max_batch_size: 8 });
  });
});

describe('a change of the models', () => {
  it('is visible when the call returns, however late the catalogue hears of it', async () => {
    let looks = 0;
    const { models, tell } = setUp(versions('ready', '1'), {
      refresh: () => {
        looks += 1;
        if (looks === 3) tell(versions('unloaded', '1'));
        return Promise.resolve();
      },
    });
    await models.unload('net');
    expect(models.ready('net', undefined)).toBe(false);
  });

  it('that is refused names the model', async () => {
    const { models } = setUp(versions('ready', '1'), {
      load: () => Promise.reject(new ServingError('model_broken', 'The file is no ONNX model.')),
    });
    await expect(models.load({ name: 'net' })).rejects.toMatchObject({
      reason: 'model_broken',
      message: '"net": The file is no ONNX model.',
      // Waiting changes nothing about the file.
      retryAfterMs: undefined,
    });
  });
});
