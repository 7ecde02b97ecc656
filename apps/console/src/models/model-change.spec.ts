import { isWebLink } from './is-web-link';
import { answeringAfter, firstWaitMs } from './model-change';
import type { ModelDetails, ModelVersion } from './model-types';

const version = (number: string, more: Partial<ModelVersion> = {}) =>
  ({ version: number, state: 'cold', isWarm: false, expectedLoadMs: 80, ...more }) as ModelVersion;

const seen = (versions: ModelVersion[], previous: string | null = null) =>
  ({ name: 'net', versions, default: { previous } }) as unknown as ModelDetails;

describe('a change of what is served', () => {
  const model = seen([version('3', { state: 'broken' }), version('2', { isWarm: true }), version('1')], '1');

  it('says which version will answer: the one chosen, or the newest that is served', () => {
    const choose = (wanted: string | null) =>
      answeringAfter({ kind: 'choose', model: 'net', version: wanted, expected: 1 }, model);
    expect([choose('1'), choose(null), choose('3')]).toEqual(['1', '2', '2']);
    expect(answeringAfter({ kind: 'back', model: 'net', expected: 1 }, model)).toBe('1');
    expect(answeringAfter({ kind: 'unload', model: 'net' }, model)).toBeUndefined();
  });

  it('says how long the first request waits: not at all where it is loaded, unknown where nobody measured it', () => {
    expect(firstWaitMs('2', model)).toBe(0);
    expect(firstWaitMs('1', model)).toBe(80);
    expect(firstWaitMs('1', seen([version('1', { expectedLoadMs: null })]))).toBeUndefined();
  });
});

describe('a link of a card', () => {
  it.each([
    ['https://example.org/a', true],
    ['HTTP://example.org', true],
    ['javascript:alert(1)', false],
    ['data:text/html,<script>', false],
    ['/v1/keys', false],
    ['#here', false],
    ['//example.org', false],
    ['https://', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (href, isLink) => {
    expect(isWebLink(href)).toBe(isLink);
  });
});
