import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '../../support/service-process';

/** A pool of 4 slots a replica, 3.2 of them meant to be taken, that is decided on by the demand of the last seconds. */
export const quickPool = (name: string, maxReplicas = 8): object => ({
  name,
  models: [`${name}:1`],
  pods: ['127.0.0.1:1'],
  slots: 4,
  replicas: { min: 0, max: maxReplicas },
  stableWindowSeconds: 8,
  panicWindowSeconds: 2,
  up: { replicas: 100, periodSeconds: 1 },
  down: { stabilizationSeconds: 0, replicas: 100, periodSeconds: 1 },
  lingerSeconds: 1,
});

/** A fleet file of its own, removed with it. */
export class FleetFile {
  private readonly folder = mkdtempSync(join(tmpdir(), 'medserve-fleet-'));
  readonly path = join(this.folder, 'fleet.yaml');

  constructor(pools: readonly object[]) {
    writeFileSync(this.path, JSON.stringify({ version: 1, pools }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The real scaler as a process, which comes back at the same address. */
export const scalerProcess = (fleet: FleetFile, routers: string, port: number, host = '127.0.0.1'): ServiceProcess =>
  new ServiceProcess('scaler', {
    MEDSERVE_FLEET_FILE: fleet.path,
    MEDSERVE_ROUTERS: routers,
    MEDSERVE_SCALER_HOST: host,
    MEDSERVE_SCALER_PORT: String(port),
  });
