import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadFleet } from '@medserve/fleet';

describe('the fleet file of the manifests', () => {
  it('names catalogues that lie where it says, so that it can be checked and used where it is', async () => {
    const pools = await loadFleet(join(__dirname, '../../deploy/k8s/fleet.yaml'));
    expect(pools.filter(({ catalogue }) => catalogue === undefined || !existsSync(catalogue))).toEqual([]);
  });
});
