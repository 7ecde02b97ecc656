import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@medserve/runtime';
import { demandOf, FakeRouter } from '@medserve/testkit';
import { RouterWatches } from './router-watches';

/** What happens, in order; a test waits for a word of it. */
class Story {
  private readonly words: string[] = [];
  private readonly readers = new Set<() => void>();

  readonly add = (word: string): void => {
    this.words.push(word);
    for (const reader of [...this.readers]) reader();
  };

  async until(word: string): Promise<void> {
    while (!this.words.includes(word)) {
      await new Promise<void>((resolve) => {
        const reader = (): void => {
          this.readers.delete(reader);
          resolve();
        };
        this.readers.add(reader);
      });
    }
  }

  has(word: string): boolean {
    return this.words.includes(word);
  }
}

describe('the routers that are listened to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-routers-'));
  const file = join(folder, 'routers.json');
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const list = (...routers: readonly FakeRouter[]): void => {
    writeFileSync(`${file}.new`, JSON.stringify(routers.map(({ address }) => address)));
    renameSync(`${file}.new`, file);
  };

  async function router(pool: string): Promise<FakeRouter> {
    const fake = await FakeRouter.start();
    closers.push(() => fake.close());
    fake.tell(demandOf(pool));
    return fake;
  }

  function watch(): Story {
    const story = new Story();
    const watches = new RouterWatches({
      sources: [{ kind: 'file', path: file }],
      link: undefined,
      logger: silentLogger,
      listener: {
        expect: (address) => {
          story.add(`expect ${address}`);
        },
        forget: (address) => {
          story.add(`forget ${address}`);
        },
        hear: (_address, { pools }) => {
          story.add(`hear ${pools[0]?.pool ?? ''}`);
        },
        sourcesRead: (isEvery) => {
          story.add(isEvery ? 'all sources' : 'not all sources');
        },
      },
    });
    closers.push(() => {
      watches.close();
    });
    return story;
  }

  it('are all that the sources have, now and later', async () => {
    const [one, other] = [await router('one'), await router('other')];
    list(one);
    const story = watch();
    await story.until('hear one');
    expect(story.has('all sources')).toBe(true);
    list(one, other);
    await story.until('hear other');
  });

  it('are listened to until they hang up, when they are gone from the sources', async () => {
    const [leaving, staying] = [await router('leaving'), await router('staying')];
    list(leaving);
    const story = watch();
    await story.until('hear leaving');
    list(staying);
    await story.until('hear staying');
    leaving.tell(demandOf('what is left'));
    await story.until('hear what is left');
    expect(story.has(`forget ${leaving.address}`)).toBe(false);
    await leaving.close();
    await story.until(`forget ${leaving.address}`);
  });

  it('are forgotten at once when they never spoke', async () => {
    const [dumb, other] = [await FakeRouter.start(), await router('other')];
    closers.push(() => dumb.close());
    list(dumb);
    const story = watch();
    await story.until(`expect ${dumb.address}`);
    list(other);
    await story.until(`forget ${dumb.address}`);
  });
});
