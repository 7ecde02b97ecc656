import { catalogueEntry } from '@medserve/testkit';
import type { CatalogueEntry } from '@medserve/rpc';
import type { DispatchOrder } from '../infer/ports';
import { cachedModels } from './cached-model';

const asked = (entry: CatalogueEntry | undefined): unknown =>
  cachedModels({ expected: () => entry })({} as DispatchOrder);

describe('which models’ answers are kept', () => {
  it('those whose configuration says so, and no others', () => {
    const keeps = catalogueEntry('keeps', { configJson: '{"response_cache":{"enable":true}}' });
    expect(asked(keeps)).toBe(keeps);
    expect(asked(catalogueEntry('off', { configJson: '{"response_cache":{"enable":false}}' }))).toBeUndefined();
    expect(asked(catalogueEntry('silent', { configJson: '{}' }))).toBeUndefined();
    expect(asked(catalogueEntry('unknown', { configJson: '' }))).toBeUndefined();
    expect(asked(undefined)).toBeUndefined();
  });
});
