import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServingError } from '@medserve/errors';
import { parseAddressSource } from './address-source';
import { watchAddresses, type KnownAddresses } from './watch-addresses';

describe('a source of addresses', () => {
  it.each([
    ['pod-1:8083', { kind: 'fixed', address: 'pod-1:8083' }],
    ['[::1]:8083', { kind: 'fixed', address: '[::1]:8083' }],
    ['dns:pool.imaging.svc:8083', { kind: 'dns', host: 'pool.imaging.svc', port: 8083 }],
    ['file:pods.json', { kind: 'file', path: 'pods.json' }],
  ])('%s is read', (text, source) => {
    expect(parseAddressSource(text)).toEqual(source);
  });

  it.each(['', 'pod', 'pod:0', 'pod:65536', 'pod:80/x', 'dns:pool', 'dns:a:b:1', 'file:', ':80'])(
    '"%s" is none',
    (text) => {
      expect(() => parseAddressSource(text)).toThrow('has to be host:port, dns:host:port or file:PATH');
    },
  );
});

describe('addresses of a name', () => {
  let answer: readonly string[] | Error = [];
  let watch: { close(): void } | undefined;
  const told: KnownAddresses[] = [];
  const problems: (ServingError | undefined)[] = [];

  beforeEach(() => {
    jest.useFakeTimers();
    told.length = 0;
    problems.length = 0;
  });
  afterEach(() => {
    watch?.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  async function begin(first: readonly string[] | Error, ...sources: string[]) {
    answer = first;
    watch = watchAddresses({
      sources: ['dns:pods:8083', ...sources].map(parseAddressSource),
      resolveHost: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
      onChange: (known) => told.push(known),
      onProblem: (_, error) => problems.push(error),
    });
    await jest.advanceTimersByTimeAsync(0);
  }
  async function then(next: readonly string[] | Error) {
    answer = next;
    await jest.advanceTimersByTimeAsync(2_000);
  }
  const last = () => told.at(-1)?.addresses;

  it('are all that it has, those of IPv6 in brackets, beside the ones of other sources', async () => {
    await begin(['10.0.0.2', 'fd00::1', '10.0.0.1'], 'other:1');
    expect(told).toEqual([
      { addresses: ['other:1'], complete: false },
      { addresses: ['10.0.0.1:8083', '10.0.0.2:8083', '[fd00::1]:8083', 'other:1'], complete: true },
    ]);
  });

  it('are asked for again and again, and told when they are others', async () => {
    await begin(['10.0.0.1']);
    await then(['10.0.0.1']);
    expect(told).toHaveLength(2);
    await then(['10.0.0.2', '10.0.0.1']);
    expect(last()).toEqual(['10.0.0.1:8083', '10.0.0.2:8083']);
    await then(['10.0.0.2']);
    expect(last()).toEqual(['10.0.0.2:8083']);
  });

  it('stay known while no name server answers, which is told once', async () => {
    await begin(['10.0.0.1']);
    const failure = new Error('no server');
    await then(failure);
    expect(problems).toEqual([]);
    await then(failure);
    await then(failure);
    expect(problems).toEqual([expect.objectContaining({ reason: 'internal' })]);
    expect(last()).toEqual(['10.0.0.1:8083']);
    await then(['10.0.0.1']);
    expect(problems).toHaveLength(2);
    expect(problems[1]).toBeUndefined();
    expect(told).toHaveLength(2);
  });

  it('are none when that is said twice', async () => {
    await begin(['10.0.0.1']);
    await then([]);
    expect(last()).toEqual(['10.0.0.1:8083']);
    await then([]);
    expect(last()).toEqual([]);
    await then(['10.0.0.1']);
    await then([]);
    await then(['10.0.0.1']);
    expect(last()).toEqual(['10.0.0.1:8083']);
  });

  it('that nobody could say yet are not known to be none', async () => {
    await begin(new Error('no server'));
    expect(told).toEqual([{ addresses: [], complete: false }]);
    await then([]);
    expect(told.at(-1)).toEqual({ addresses: [], complete: true });
  });
});

describe('addresses of a file', () => {
  let folder = '';
  let watch: { close(): void } | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'medserve-addresses-'));
  });
  afterEach(async () => {
    watch?.close();
    await rm(folder, { recursive: true });
  });

  const path = () => join(folder, 'pods.json');
  async function write(text: string): Promise<void> {
    await writeFile(join(folder, 'next'), text);
    await rename(join(folder, 'next'), path());
  }
  /** Follows the file; `until` resolves with the addresses that are as wanted, `problem` with the first problem. */
  function follow(everyMs: number) {
    const waiting = new Set<(addresses: readonly string[]) => void>();
    let known: readonly string[] = [];
    let tellProblem: (error: ServingError | undefined) => void = () => undefined;
    const problem = new Promise<ServingError | undefined>((resolve) => {
      tellProblem = resolve;
    });
    watch = watchAddresses({
      sources: [{ kind: 'file', path: path() }],
      everyMs,
      onChange: ({ addresses }) => {
        known = addresses;
        for (const look of waiting) look(addresses);
      },
      onProblem: (_, error) => {
        tellProblem(error);
      },
    });
    const until = (wanted: readonly string[]) =>
      new Promise<void>((resolve) => {
        const look = (addresses: readonly string[]): void => {
          if (JSON.stringify(addresses) === JSON.stringify(wanted)) resolve();
        };
        waiting.add(look);
        look(known);
      });
    return { until, problem, known: () => known };
  }

  it('are read anew as soon as it is replaced', async () => {
    await write('["a:1"]');
    // So long that only the change itself can have told.
    const { until } = follow(3_600_000);
    await until(['a:1']);
    await write('["b:1", "a:1", "b:1"]');
    await until(['a:1', 'b:1']);
    await write('[]');
    await until([]);
  });

  it.each(['{"a": 1}', '["a"]', '[1]', 'no JSON'])('stay known while it holds %s', async (text) => {
    await write('["a:1"]');
    const { until, problem, known } = follow(10);
    await until(['a:1']);
    await write(text);
    expect(await problem).toBeDefined();
    expect(known()).toEqual(['a:1']);
    await write('["b:1"]');
    await until(['b:1']);
  });

  it('come when a file comes that was not there', async () => {
    const { until, problem } = follow(10);
    expect(await problem).toBeDefined();
    await write('["a:1"]');
    await until(['a:1']);
  });
});
