import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCatalogue } from '@medserve/rpc';
import { loadSettings, SettingsError, silentLogger } from '@medserve/runtime';
import { catalogueEntry } from '@medserve/testkit';
import { readFleetFile } from './fleet-file';
import { routerService } from './service';

describe('the file of a fleet', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'medserve-fleet-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const path = () => join(folder, 'fleet.yaml');
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const poolLines = (name: string, catalogue: string) =>
    `  - { name: ${name}, models: ["*"], slots: 4, pods: ["pod:1"], catalogue: ${catalogue} }\n`;

  it('is read with the catalogues beside it', async () => {
    await write('x.json', writeCatalogue([catalogueEntry('m')]));
    await write('fleet.yaml', `version: 1\npools:\n${poolLines('xray', 'x.json')}`);
    expect(await readFleetFile(path())).toMatchObject([{ description: { name: 'xray' }, catalogue: [{ name: 'm' }] }]);
  });

  it('ends the start with every mistake of it and of the catalogues at once', async () => {
    await write('x.json', '[{}]');
    await write('fleet.yaml', `version: 1\npools:\n${poolLines('xray', 'x.json')}${poolLines('ct', 'none.json')}`);
    const settings = loadSettings(routerService.settings, { MEDSERVE_FLEET_FILE: path() });
    const context = { logger: silentLogger, drainMs: 0 } as Parameters<typeof routerService.start>[1];
    const started = routerService.start(settings, context);
    await expect(started).rejects.toThrow(SettingsError);
    await expect(started).rejects.toThrow(/pool xray[\s\S]*pool ct: The file cannot be read/);
  });

  it('has to be there', async () => {
    await expect(readFleetFile(path())).rejects.toMatchObject({ reason: 'invalid_request' });
  });
});

describe('the settings of a router', () => {
  const load = (environment: Record<string, string>) => loadSettings(routerService.settings, environment);

  it('say where pods are, in any of the three ways', () => {
    expect(load({ MEDSERVE_PODS: 'a:1,dns:b:2,file:c' })).toMatchObject({
      MEDSERVE_PODS: ['a:1', 'dns:b:2', 'file:c'],
    });
    expect(() => load({ MEDSERVE_PODS: 'a' })).toThrow(
      'MEDSERVE_PODS: has to be host:port, dns:host:port or file:PATH',
    );
  });

  it('need no pods where a fleet is described, and one of both', () => {
    expect(load({ MEDSERVE_FLEET_FILE: 'fleet.yaml' })).toMatchObject({ MEDSERVE_PODS: [] });
    expect(() => load({})).toThrow('MEDSERVE_PODS');
  });
});
