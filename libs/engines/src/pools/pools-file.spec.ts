import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poolOf } from './pool';
import { loadPools } from './pools-file';

let folder: string;
const at = (name: string) => join(folder, name);
const load = async (text: string) => {
  await writeFile(at('pools.yaml'), text);
  return loadPools(at('pools.yaml'));
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medserve-pools-file-'));
  await writeFile(at('a.key'), '  a-secret\n', { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true }));

describe('a pools file', () => {
  it('says where the servers of each pool are, with keys from files beside it', async () => {
    const pools = await load(
      'pools:\n  a: { replicas: [http://one:8000/, https://two/vllm], flavour: vllm, keyFile: a.key }\n  b: { replicas: [http://three:1] }\n',
    );
    expect(pools.get('a')).toMatchObject({
      replicas: ['http://one:8000', 'https://two/vllm'],
      flavour: 'vllm',
      key: 'a-secret',
      firstByteMs: 600_000,
      silenceMs: 60_000,
    });
    expect(pools.get('b')).toMatchObject({ flavour: 'openai', key: undefined, ca: undefined });
  });

  it('tells all mistakes at once, and no key', async () => {
    const attempt = load(
      'pools:\n  a: { replicas: [ftp://one, "http://user:hush@two", "http://three/v1"], flavour: fast }\n  B: { replicas: [] }\n',
    );
    await expect(attempt).rejects.toThrow(
      /pools\.a\.replicas\.0: .*pools\.a\.replicas\.1: .*pools\.a\.replicas\.2: .*pools\.a\.flavour: .*pools\.B/s,
    );
    await expect(attempt).rejects.not.toThrow(/hush/);
  });

  it.each([
    ['a key file that is not there', 'keyFile: none.key', /keyFile: the file is not there/],
    ['authorities that are none', 'caFile: a.key', /caFile: the file there is no certificate/],
    ['a server twice', 'flavour: vllm', /names a server twice/, 'http://one, http://one/'],
    ['a misspelt member', 'keyfile: a.key', /[Uu]nrecognized key/],
  ])('refuses %s', async (_, member, message, replicas = 'http://one') => {
    await expect(load(`pools: { a: { replicas: [${replicas}], ${member} } }`)).rejects.toThrow(message);
  });

  it('refuses a key that others may write, one of several lines, and one that is too long', async () => {
    const text = 'pools: { a: { replicas: [http://one], keyFile: a.key } }';
    await chmod(at('a.key'), 0o622);
    await expect(load(text)).rejects.toThrow(/may be written by others/);
    await chmod(at('a.key'), 0o600);
    await writeFile(at('a.key'), 'one\ntwo\n');
    await expect(load(text)).rejects.toThrow(/has to hold one key/);
    await writeFile(at('a.key'), 'x'.repeat(5_000));
    await expect(load(text)).rejects.toThrow(/is larger than/);
  });

  it('refuses what is no YAML, and aliases that unfold', async () => {
    await expect(load('pools: {')).rejects.toThrow(/no YAML/);
    await expect(load('x: &x [1]\npools: *x')).rejects.toThrow(/no YAML/);
    await expect(loadPools(at('none.yaml'))).rejects.toThrow(/is not there/);
  });
});

describe('poolOf', () => {
  it('joins what the package says with what the deployment says', async () => {
    const pools = await load('pools: { a: { replicas: [http://one] } }');
    const named = { name: 'a', model: 'M', adapters: [{ name: 'terse', model: 'M-terse' }], inputs: [], outputs: [] };
    expect(poolOf(named, pools)).toMatchObject({
      replicas: ['http://one'],
      model: 'M',
      adapters: new Map([['terse', 'M-terse']]),
    });
  });

  it('says what has to be written where, when the deployment has no such pool', () => {
    const named = { name: 'lingshu', model: 'M', adapters: [], inputs: [], outputs: [] };
    expect(() => poolOf(named, new Map())).toThrow(
      expect.objectContaining({
        reason: 'model_broken',
        message: expect.stringMatching(/"lingshu".*MEDSERVE_POOLS_FILE/) as string,
      }) as Error,
    );
  });
});
