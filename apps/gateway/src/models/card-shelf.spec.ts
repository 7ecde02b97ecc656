import { ServingError } from '@medserve/errors';
import type { ModelCardEntry } from '@medserve/rpc';
import { catalogueEntry } from '@medserve/testkit';
import { CardShelf } from './card-shelf';

describe('the shelf of cards', () => {
  let nowMs: number;
  let asked: string[];
  let answer: () => Promise<ModelCardEntry>;
  let shelf: CardShelf;
  beforeEach(() => {
    nowMs = 0;
    asked = [];
    answer = () => Promise.resolve({ card: `# ${String(asked.length)}`, truncated: false, measured: [] });
    const source = {
      card: ({ name, version }: { name: string; version: string }) => {
        asked.push(`${name}:${version}`);
        return answer();
      },
    };
    shelf = new CardShelf(source, () => nowMs);
  });
  const net = (version = '1') => catalogueEntry('net', { version });
  const away = () => Promise.reject(new ServingError('unavailable', 'No pod can be asked.'));

  it('asks a pod once for many who look at the same time, and again after a while', async () => {
    const [first, second] = await Promise.all([shelf.of(net()), shelf.of(net())]);
    expect([first?.card, second?.card]).toEqual(['# 1', '# 1']);
    nowMs = 31_000;
    expect((await shelf.of(net()))?.card).toBe('# 2');
    expect(asked).toEqual(['net:1', 'net:1']);
  });

  it('goes on showing what it has while no pod can be asked', async () => {
    await shelf.of(net());
    nowMs = 31_000;
    answer = away;
    expect((await shelf.of(net()))?.card).toBe('# 1');
  });

  it('asks again the next time where it has nothing', async () => {
    const usual = answer;
    answer = away;
    expect(await shelf.of(net())).toBeUndefined();
    answer = usual;
    expect((await shelf.of(net()))?.card).toBe('# 2');
  });

  it('keeps so many cards and no more', async () => {
    for (let version = 1; version <= 65; version += 1) await shelf.of(net(String(version)));
    await shelf.of(net('65'));
    expect(asked).toHaveLength(65);
    await shelf.of(net('1'));
    expect(asked).toHaveLength(66);
  });
});
