import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFleet } from '@medserve/fleet';
import { homeAt, type Home } from '../home/home';
import { writeLocalFleet } from './local-fleet';

describe('the fleet of one machine', () => {
  let home: Home;
  beforeEach(() => {
    home = homeAt(mkdtempSync(join(tmpdir(), 'medserve-fleet-')));
  });
  afterEach(() => {
    rmSync(home.root, { recursive: true });
  });

  it('is one pool that serves everything, with as many pods as were asked for', async () => {
    const described = writeLocalFleet(home, { min: 0, max: 4 }, {});
    const [pool] = await loadFleet(home.localFleet.fleet);
    expect(pool).toEqual({
      ...described,
      pods: [`file:${home.localFleet.pods}`],
      catalogue: home.localFleet.catalogue,
    });
    expect(pool).toMatchObject({ name: 'local', models: ['*'], scaling: { minReplicas: 0, maxReplicas: 4 } });
    expect(readFileSync(home.localFleet.pods, 'utf8')).toBe('[]\n');
  });

  it('follows the demand as the settings say, but for what makes it local', () => {
    const settings = '{"lingerSeconds":1,"name":"elsewhere","pods":["h:1"],"replicas":{"min":7}}';
    const described = writeLocalFleet(home, { min: 0, max: 2 }, { MEDSERVE_LOCAL_POOL: settings });
    expect(described).toMatchObject({
      name: 'local',
      pods: ['file:pods.json'],
      scaling: { lingerMs: 1_000, minReplicas: 0 },
    });
  });

  it('keeps what was known of the models', () => {
    writeLocalFleet(home, { min: 0, max: 2 }, {});
    writeFileSync(home.localFleet.catalogue, 'what was known');
    writeLocalFleet(home, { min: 0, max: 2 }, {});
    expect(readFileSync(home.localFleet.catalogue, 'utf8')).toBe('what was known');
  });

  it.each(['[]', 'slots: 4', '3'])('is not described by %s', (text) => {
    expect(() => writeLocalFleet(home, { min: 0, max: 2 }, { MEDSERVE_LOCAL_POOL: text })).toThrow('an object as JSON');
  });

  it('says which settings are wrong', () => {
    const settings = '{"lingerSeconds":"long","colour":"red"}';
    expect(() => writeLocalFleet(home, { min: 0, max: 2 }, { MEDSERVE_LOCAL_POOL: settings })).toThrow(
      /MEDSERVE_LOCAL_POOL[\s\S]*colour[\s\S]*lingerSeconds|MEDSERVE_LOCAL_POOL[\s\S]*lingerSeconds/,
    );
  });
});
