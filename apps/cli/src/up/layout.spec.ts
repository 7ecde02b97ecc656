import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeAt } from '../home/home';
import { layOut, tellPods } from './layout';
import { writeLocalFleet } from './local-fleet';

const ENVIRONMENT = {
  databaseUrl: 'postgres://h/db',
  httpPort: 8080,
  grpcPort: 0,
  repositories: ['/models'],
  models: {},
  dicomPort: 0,
  dicom: {},
};

describe('where everything is on one machine', () => {
  const home = homeAt(mkdtempSync(join(tmpdir(), 'medserve-layout-')));
  afterAll(() => {
    rmSync(home.root, { recursive: true });
  });

  const layout = (isScaled: boolean) =>
    layOut({
      home,
      services: ['platform', 'recorder'],
      door: 'platform',
      podNames: isScaled ? ['inference', 'inference-2'] : ['inference'],
      pool: isScaled ? writeLocalFleet(home, { min: 0, max: 2 }, {}) : undefined,
      environment: ENVIRONMENT,
    });

  it('is said to the router outright where there is one pod, always', async () => {
    const { services, pods } = await layout(false);
    const platform = services.get('platform');
    expect(platform).toMatchObject({ MEDSERVE_PODS: pods[0]?.address, MEDSERVE_HTTP_PORT: '8080' });
    expect(platform).not.toHaveProperty('MEDSERVE_FLEET_FILE');
    expect(platform?.['MEDSERVE_METRICS_PEERS']?.split(',')).toHaveLength(2);
    expect(pods[0]?.environment).not.toHaveProperty('MEDSERVE_DRAIN_MS');
  });

  it('is said to router and scaler by files where pods come and go', async () => {
    const { services, pods, scaler } = await layout(true);
    const platform = services.get('platform');
    expect(platform).toMatchObject({
      MEDSERVE_FLEET_FILE: home.localFleet.fleet,
      MEDSERVE_ROUTERS: platform?.['MEDSERVE_ROUTER'],
      MEDSERVE_SCALER: scaler,
      MEDSERVE_SCALER_COOLDOWN: 'own',
    });
    expect(platform).not.toHaveProperty('MEDSERVE_PODS');
    expect(platform?.['MEDSERVE_METRICS_PEERS']).toContain(`file:${home.localFleet.metrics}`);
    expect(pods.map(({ environment }) => environment['MEDSERVE_DRAIN_MS'])).toEqual(['25000', '25000']);
  });

  it('gives each process ports of its own, and the door no second one for its metrics', async () => {
    const { services, pods } = await layout(true);
    expect(services.get('platform')).not.toHaveProperty('MEDSERVE_METRICS_PORT');
    const ports = [
      services.get('recorder')?.['MEDSERVE_METRICS_PORT'],
      ...pods.flatMap(({ environment }) => [environment['MEDSERVE_POD_PORT'], environment['MEDSERVE_METRICS_PORT']]),
    ];
    expect(new Set(ports).size).toBe(5);
    expect(ports).not.toContain(undefined);
  });

  it('tells the router of every pod that there is, and the gateway of those that have metrics to tell', () => {
    mkdirSync(home.localFleet.folder, { recursive: true });
    const pod = (number: number, hasServed: boolean) => ({
      name: `pod-${String(number)}`,
      address: `h:${String(number)}`,
      environment: { MEDSERVE_METRICS_PORT: `900${String(number)}` },
      hasServed,
    });
    tellPods(home.localFleet, [pod(1, true), pod(2, false)]);
    expect(JSON.parse(readFileSync(home.localFleet.pods, 'utf8'))).toEqual(['h:1', 'h:2']);
    expect(JSON.parse(readFileSync(home.localFleet.metrics, 'utf8'))).toEqual(['http://127.0.0.1:9001/']);
  });
});
