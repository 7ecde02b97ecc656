import { loadSettings } from '@medserve/runtime';
import { inferenceService } from './service';

describe('the settings of an inference pod', () => {
  const read = (environment: Record<string, string>) =>
    loadSettings(inferenceService.settings, { MEDSERVE_REPOSITORIES: '["models"]', ...environment });

  it('want an address that routers can be told where it listens on every one', () => {
    for (const host of ['0.0.0.0', '::']) {
      expect(() => read({ MEDSERVE_POD_HOST: host })).toThrow('MEDSERVE_POD_ADDRESS');
      expect(read({ MEDSERVE_POD_HOST: host, MEDSERVE_POD_ADDRESS: '10.0.0.7' })).toMatchObject({
        MEDSERVE_POD_ADDRESS: '10.0.0.7',
      });
    }
    expect(read({})).toMatchObject({ MEDSERVE_POD_HOST: '127.0.0.1' });
  });

  it('read a range of ports for model hosts, and no other words', () => {
    expect(read({ MEDSERVE_HOST_PORTS: '9000-9063' })).toMatchObject({ MEDSERVE_HOST_PORTS: { from: 9000, to: 9063 } });
    for (const wrong of ['9063-9000', '0-5', '9000', '1-70000'])
      expect(() => read({ MEDSERVE_HOST_PORTS: wrong })).toThrow('MEDSERVE_HOST_PORTS');
  });
});
