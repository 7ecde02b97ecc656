import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '@medserve/engines';
import { poolEndpointsOf } from './pool-endpoints';

const NAMED = {
  pool: { name: 'lungs', model: 'org/lungs-7b', adapters: [{ name: 'terse', model: 'lungs-terse' }] },
} as unknown as Manifest;

describe('poolEndpointsOf', () => {
  let folder: string;
  const write = (text: string): string => {
    const path = join(folder, 'pools.yaml');
    writeFileSync(path, text);
    return path;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-pools-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('has nothing to say of a package that names no pool', async () => {
    await expect(poolEndpointsOf({} as Manifest)).resolves.toBeUndefined();
  });

  it('is where the deployment says that the pool is, with what the package calls what is there', async () => {
    const path = write('pools: { lungs: { replicas: ["http://vllm-0:8000"] } }');
    await expect(poolEndpointsOf(NAMED, path)).resolves.toMatchObject({
      replicas: ['http://vllm-0:8000'],
      model: 'org/lungs-7b',
      adapters: new Map([['terse', 'lungs-terse']]),
    });
  });

  it.each([
    ['names no file', undefined, 'MEDSERVE_POOLS_FILE'],
    ['has other pools only', 'pools: {}', 'lungs'],
    ['has a file that is not right', 'pools: { lungs: { replica: [] } }', 'pools.lungs'],
  ])('is broken where the deployment %s, and says how', async (_, text, words) => {
    const path = text === undefined ? undefined : write(text);
    await expect(poolEndpointsOf(NAMED, path)).rejects.toMatchObject({
      reason: 'model_broken',
      message: expect.stringContaining(words) as string,
    });
  });
});
