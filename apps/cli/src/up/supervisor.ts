import { join } from 'node:path';
import type { Home } from '../home/home';
import { Child } from './child';
import { LogFile } from './log-file';
import { freePorts } from './ports';
import { plansOf } from './shapes';
import type { Shape } from './options';

export interface SupervisorOptions {
  readonly home: Home;
  readonly shape: Shape;
  readonly onLine: (service: string, line: string) => void;
  readonly onDeath: (service: string, how: string) => void;
}

export interface Environment {
  readonly databaseUrl: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly repositories: readonly string[];
  /** Further variables, about which models are served. */
  readonly models: Readonly<Record<string, string>>;
}

/** The services of one machine: a process each, or together, and the order in which they end. */
export class Supervisor {
  private readonly children = new Map<string, Child>();
  private readonly logs: LogFile[] = [];

  /** Starts the processes; they load their code while the database starts. */
  constructor(private readonly options: SupervisorOptions) {
    for (const plan of plansOf(options.shape)) {
      const log = new LogFile(join(options.home.logs, `${plan.name}.log`));
      this.logs.push(log);
      this.children.set(plan.name, new Child(plan, { log, onLine: options.onLine, onDeath: options.onDeath }));
    }
  }

  /** Resolves when every service serves, with the gateway's addresses. */
  async start(environment: Environment): Promise<Readonly<Record<string, string>>> {
    const names = [...this.children.keys()];
    const [routerPort = 0, podPort = 0, httpPort = 0, grpcPort = 0, ...metricsPorts] = await freePorts(
      4 + names.length,
    );
    const { home } = this.options;
    const loopback = (port: number): string => `127.0.0.1:${String(port)}`;
    const door = this.children.has('gateway') ? 'gateway' : 'platform';
    const peers = names.flatMap((name, index) =>
      name === door ? [] : [`http://${loopback(metricsPorts[index] ?? 0)}/`],
    );
    const shared = {
      MEDSERVE_DATABASE_URL: environment.databaseUrl,
      MEDSERVE_PEPPER_FILE: home.pepper,
      MEDSERVE_LEDGER_KEY_FILE: home.ledgerKey,
      MEDSERVE_ROUTER_PORT: String(routerPort),
      MEDSERVE_ROUTER: loopback(routerPort),
      MEDSERVE_POD_PORT: String(podPort),
      MEDSERVE_PODS: loopback(podPort),
      MEDSERVE_REPOSITORIES: JSON.stringify(environment.repositories),
      ...environment.models,
      // Any free port is chosen once: a gateway that is started again comes back where its callers know it.
      MEDSERVE_HTTP_PORT: String(environment.httpPort === 0 ? httpPort : environment.httpPort),
      MEDSERVE_GRPC_PORT: String(environment.grpcPort === 0 ? grpcPort : environment.grpcPort),
      MEDSERVE_METRICS_PEERS: peers.join(','),
    };
    const started = await Promise.all(
      [...this.children].map(async ([name, child], index) => {
        const metrics = name === door ? {} : { MEDSERVE_METRICS_PORT: String(metricsPorts[index] ?? 0) };
        return [name, await child.start({ ...shared, ...metrics })] as const;
      }),
    );
    const addresses = new Map(started).get(door) ?? {};
    return addresses;
  }

  /** What the services said last, for when they could not start. */
  lastWords(): readonly string[] {
    return this.logs.flatMap((log) => log.tail());
  }

  async stop(): Promise<void> {
    for (const child of this.children.values()) await child.stop();
    await Promise.all(this.logs.map((log) => log.close()));
  }
}
