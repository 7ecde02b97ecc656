import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultProxy, startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { Caller } from './caller';
import type { FailpointControl } from './failpoint-control';
import { freePort } from './free-port';
import { ledgerVerdict } from './ledger-verdict';
import { NativeClient } from './native-client';
import { mintKey } from './operator';
import { ROOT } from './platform';
import { ServiceProcess } from './service-process';

type Wire = 'gateway-database' | 'recorder-database' | 'gateway-router' | 'router-pod';

export interface RigOptions {
  /** Default 1. */
  readonly gateways?: number;
  /** Folders of model packages beside the built-in ones. */
  readonly models?: readonly string[];
  readonly failpoints?: FailpointControl;
  readonly environment?: Readonly<Record<string, string>>;
  /** Further settings of every gateway. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What the environment of each gateway has beside it, in their order. */
  readonly ofGateways?: readonly Readonly<Record<string, string>>[];
  /** Default 1. */
  readonly recorders?: number;
}

const SCOPES = ['infer', 'model:read', 'model:manage', 'result:read', 'audit:read'];

/**
 * The services of a platform without a supervisor: each a process of its own that stays dead when it is killed, and every
 * connection between them through a wire that can fail.
 */
export class Rig {
  private minted = '';

  private constructor(
    private readonly server: TestServer,
    readonly database: TestDatabase,
    readonly home: string,
    readonly wires: Readonly<Record<Wire, FaultProxy>>,
    readonly gateways: readonly ServiceProcess[],
    readonly router: ServiceProcess,
    readonly pod: ServiceProcess,
    readonly recorders: readonly ServiceProcess[],
  ) {}

  static async start(options: RigOptions = {}): Promise<Rig> {
    const home = mkdtempSync(join(tmpdir(), 'medserve-rig-'));
    mkdirSync(join(home, 'keys'), { mode: 0o700 });
    const server = await startTestServer();
    const database = await server.database();
    const inherited = { ...options.environment, ...options.failpoints?.environment };
    const keys = {
      MEDSERVE_PEPPER_FILE: join(home, 'keys', 'pepper'),
      MEDSERVE_LEDGER_KEY_FILE: join(home, 'keys', 'ledger.pem'),
    };
    const over = (wire: FaultProxy): string => {
      const url = new URL(database.url);
      url.host = wire.address;
      return url.href;
    };
    const toDatabase = new URL(database.url).host;
    const gatewayDatabase = await FaultProxy.start(toDatabase);
    const recorderDatabase = await FaultProxy.start(toDatabase);
    // A service that is started again comes back where its peers know it, so its port is chosen for it.
    const [podPort, routerPort] = [await freePort(), await freePort()];
    const routerPod = await FaultProxy.start(`127.0.0.1:${String(podPort)}`);
    const gatewayRouter = await FaultProxy.start(`127.0.0.1:${String(routerPort)}`);

    const repositories = JSON.stringify([join(ROOT, 'models'), ...(options.models ?? [])]);
    const podSettings = { MEDSERVE_POD_PORT: String(podPort), MEDSERVE_REPOSITORIES: repositories };
    const pod = new ServiceProcess('inference', podSettings, inherited);
    const routerSettings = { MEDSERVE_ROUTER_PORT: String(routerPort), MEDSERVE_PODS: routerPod.address };
    const router = new ServiceProcess('router', routerSettings, inherited);
    const recorderSettings = { ...keys, MEDSERVE_DATABASE_URL: over(recorderDatabase) };
    const recorders = Array.from(
      { length: options.recorders ?? 1 },
      () => new ServiceProcess('recorder', recorderSettings, inherited),
    );
    const gateways: ServiceProcess[] = [];
    for (let count = 0; count < (options.gateways ?? 1); count += 1) {
      const settings = {
        ...keys,
        MEDSERVE_DATABASE_URL: over(gatewayDatabase),
        MEDSERVE_ROUTER: gatewayRouter.address,
        MEDSERVE_HTTP_PORT: String(await freePort()),
        MEDSERVE_GRPC_PORT: String(await freePort()),
        ...options.settings,
      };
      gateways.push(new ServiceProcess('gateway', settings, { ...inherited, ...options.ofGateways?.[count] }));
    }
    const wires = {
      'gateway-database': gatewayDatabase,
      'recorder-database': recorderDatabase,
      'gateway-router': gatewayRouter,
      'router-pod': routerPod,
    };
    const rig = new Rig(server, database, home, wires, gateways, router, pod, recorders);
    try {
      await rig.begin();
    } catch (error) {
      await rig.remove();
      throw error;
    }
    return rig;
  }

  /** The gateways come last: the key is made with the secrets that they share. */
  private async begin(): Promise<void> {
    [this.minted] = await Promise.all([
      mintKey({ home: this.home, databaseUrl: this.database.url }, 'rig', SCOPES),
      ...[this.pod, this.router, ...this.recorders].map((service) => service.start()),
    ]);
    await Promise.all(this.gateways.map((gateway) => gateway.start()));
  }

  /** An API key with every scope that the faults need. */
  get key(): string {
    return this.minted;
  }

  caller(gateway = 0): Caller {
    return new Caller({ url: this.gateways[gateway]?.addresses['url'] ?? '', key: this.key });
  }

  native(gateway = 0): NativeClient {
    return new NativeClient({ grpc: this.gateways[gateway]?.addresses['grpc'] ?? '', key: this.key });
  }

  /** What `medserve audit verify --json` says of this rig's database. */
  verify(): Promise<unknown> {
    return ledgerVerdict({ home: this.home, databaseUrl: this.database.url });
  }

  /** Every process ends and nothing is left on disk. */
  async remove(): Promise<void> {
    for (const wire of Object.values(this.wires)) wire.heal();
    for (const service of [...this.gateways, this.router, this.pod, ...this.recorders]) {
      service.thaw();
      await service.stop();
    }
    for (const wire of Object.values(this.wires)) await wire.close();
    await this.database.close();
    await this.server.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
