import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PodClient, writeCatalogue } from '@medserve/rpc';
import { startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { Caller } from '../../support/caller';
import { mintKey, verifyAudit } from '../../support/operator';
import { ROOT } from '../../support/platform';
import { ServiceProcess } from '../../support/service-process';
import { freePort } from '../../support/free-port';

const SCOPES = ['infer', 'model:read', 'result:read', 'audit:read'];

/** How a test has a pool described; `file` is where its pods' addresses are. */
export interface DescribedPool {
  readonly name: string;
  /** Folders of `models/`. */
  readonly packages: readonly string[];
  readonly description: object;
}

/** Gateway, router, recorder and scaler as processes beside the cluster, as they are pods of it in a real one; a pool's pods come and go. */
export class PlatformBeside {
  private constructor(
    private readonly server: TestServer,
    readonly database: TestDatabase,
    readonly home: string,
    readonly gateway: ServiceProcess,
    readonly router: ServiceProcess,
    readonly recorder: ServiceProcess,
    readonly scaler: ServiceProcess,
    readonly key: string,
  ) {}

  /** @param sourceOf the file with the addresses of a pool's pods */
  static async start(pools: readonly DescribedPool[], sourceOf: (pool: string) => string): Promise<PlatformBeside> {
    const home = mkdtempSync(join(tmpdir(), 'medserve-beside-'));
    mkdirSync(join(home, 'keys'), { mode: 0o700 });
    const server = await startTestServer();
    const database = await server.database();
    const keys = {
      MEDSERVE_DATABASE_URL: database.url,
      MEDSERVE_PEPPER_FILE: join(home, 'keys', 'pepper'),
      MEDSERVE_LEDGER_KEY_FILE: join(home, 'keys', 'ledger.pem'),
    };
    const key = await mintKey({ home, databaseUrl: database.url }, 'k8s', SCOPES);
    for (const { name, packages } of pools) await describeModels(join(home, `${name}.json`), packages);
    const fleet = join(home, 'fleet.yaml');
    const described = pools.map(({ name, description, packages }) => ({
      name,
      models: packages,
      pods: [`file:${sourceOf(name)}`],
      catalogue: `${name}.json`,
      ...description,
    }));
    writeFileSync(fleet, JSON.stringify({ version: 1, pools: described }));
    const routerPort = await freePort();
    const router = new ServiceProcess('router', {
      MEDSERVE_ROUTER_PORT: String(routerPort),
      MEDSERVE_FLEET_FILE: fleet,
    });
    const scaler = new ServiceProcess('scaler', {
      MEDSERVE_FLEET_FILE: fleet,
      MEDSERVE_ROUTERS: `127.0.0.1:${String(routerPort)}`,
      MEDSERVE_SCALER_PORT: String(await freePort()),
    });
    const recorder = new ServiceProcess('recorder', keys);
    await Promise.all([router.start(), recorder.start()]);
    await scaler.start();
    const gateway = new ServiceProcess('gateway', {
      ...keys,
      MEDSERVE_ROUTER: router.addresses['router'] ?? '',
      MEDSERVE_HTTP_PORT: String(await freePort()),
      MEDSERVE_GRPC_PORT: String(await freePort()),
    });
    await gateway.start();
    return new PlatformBeside(server, database, home, gateway, router, recorder, scaler, key);
  }

  get caller(): Caller {
    return new Caller({ url: this.gateway.addresses['url'] ?? '', key: this.key });
  }

  get scalerAddress(): string {
    return this.scaler.addresses['scaler'] ?? '';
  }

  /** `medserve audit verify --json` on this platform's database. */
  async verify(): Promise<unknown> {
    return verifyAudit({ home: this.home, databaseUrl: this.database.url });
  }

  /** Every process ends and nothing is left on disk. */
  async remove(): Promise<void> {
    for (const service of [this.gateway, this.router, this.scaler, this.recorder]) await service.stop();
    await this.database.close();
    await this.server.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Writes what a pod says of these packages, so that the router knows the models of a pool that has no pod yet. */
async function describeModels(file: string, packages: readonly string[]): Promise<void> {
  const pod = new ServiceProcess('inference', {
    MEDSERVE_POD_PORT: '0',
    MEDSERVE_REPOSITORIES: JSON.stringify([join(ROOT, 'models')]),
  });
  await pod.start();
  const client = new PodClient(pod.addresses['pod'] ?? '');
  try {
    const models = await new Promise<string>((resolve) => {
      const watching = client.watch((told) => {
        const wanted = told?.models.filter(({ name }) => packages.includes(name)) ?? [];
        if (wanted.length < packages.length) return;
        watching.close();
        resolve(writeCatalogue(wanted));
      });
    });
    writeFileSync(file, models);
  } finally {
    client.close();
    await pod.stop();
  }
}
