import { join } from 'node:path';
import type { PoolDescription } from '@medserve/fleet';
import { ServiceTls } from '@medserve/rpc';
import type { Home } from '../home/home';
import { Child, type ChildPlan } from './child';
import { followDecisions, type ScaleListener } from './follow-decisions';
import { keepCatalogue } from './keep-catalogue';
import { layOut, leaveWithinMs, tellPods, type Environment } from './layout';
import { LogFile } from './log-file';
import type { Shape } from './options';
import { PodSet } from './pod-set';
import { plansOf, podNames, podPlan } from './shapes';

export interface SupervisorOptions {
  readonly home: Home;
  readonly shape: Shape;
  /** The pool whose pods come and go with the demand; absent: there is one pod, always. */
  readonly pool: PoolDescription | undefined;
  readonly onLine: (service: string, line: string) => void;
  readonly onDeath: (service: string, how: string) => void;
  readonly onScale: ScaleListener;
  /** A pod could not be started; it is tried again. */
  readonly onPodFailed: (service: string, error: Error) => void;
}

/** The services of one machine: a process each, or together, the pods beside them, and the order in which they end. */
export class Supervisor {
  private readonly beforePods: ReadonlyMap<string, Child>;
  private readonly afterPods: ReadonlyMap<string, Child>;
  private readonly pods: PodSet;
  private readonly podNames: readonly string[];
  private readonly logs = new Map<string, LogFile>();
  private stopFollowing = (): void => undefined;

  /** Starts the processes; they load their code while the database starts. */
  constructor(private readonly options: SupervisorOptions) {
    const { home, shape, pool } = options;
    const plans = plansOf(shape, pool !== undefined);
    const begin = (plan: ChildPlan): [string, Child] => [plan.name, this.begin(plan)];
    this.beforePods = new Map(plans.beforePods.map(begin));
    this.afterPods = new Map(plans.afterPods.map(begin));
    this.podNames = podNames(pool?.scaling.maxReplicas ?? 1);
    this.pods = new PodSet(
      {
        names: this.podNames,
        begin: (name) => this.begin(podPlan(name)),
        drainMs: pool ? leaveWithinMs(pool) : 0,
        onChange: (present) => {
          if (pool) tellPods(home.localFleet, present);
        },
        onServing: (address) => {
          if (pool) keepCatalogue(address, this.link('router', 'inference'), home.localFleet.catalogue);
        },
        onFailed: options.onPodFailed,
      },
      // From the first what there is to be served is known, however few are kept.
      Math.max(1, pool?.scaling.minReplicas ?? 1),
    );
  }

  /** Resolves when every service serves, with the gateway's addresses. */
  async start(environment: Environment): Promise<Readonly<Record<string, string>>> {
    const { home, pool, onScale } = this.options;
    const children = new Map([...this.beforePods, ...this.afterPods]);
    const door = children.has('gateway') ? 'gateway' : 'platform';
    const { podNames } = this;
    const layout = await layOut({ home, services: [...children.keys()], door, podNames, pool, environment });
    const podsServe = this.pods.start(layout.pods);
    const started = [...children].map(
      async ([name, child]) => [name, await child.start(layout.services.get(name) ?? {})] as const,
    );
    const [addresses] = await Promise.all([Promise.all(started), podsServe]);
    if (pool) this.stopFollowing = followDecisions(layout.scaler, this.link('gateway', 'scaler'), this.pods, onScale);
    return new Map(addresses).get(door) ?? {};
  }

  /** What the services said last, for when they could not start. */
  lastWords(): readonly string[] {
    return [...this.logs.values()].flatMap((log) => log.tail());
  }

  async stop(): Promise<void> {
    this.stopFollowing();
    for (const child of this.beforePods.values()) await child.stop();
    await this.pods.stop();
    for (const child of this.afterPods.values()) await child.stop();
    await Promise.all([...this.logs.values()].map((log) => log.close()));
  }

  private begin(plan: ChildPlan): Child {
    const { home, onLine, onDeath } = this.options;
    // A pod that is started again writes on where the one before it left off.
    const log = this.logs.get(plan.name) ?? new LogFile(join(home.logs, `${plan.name}.log`));
    this.logs.set(plan.name, log);
    return new Child(plan, { log, onLine, onDeath });
  }

  /** To a service as another one would: the supervisor has no certificate of its own. */
  private link(as: 'gateway' | 'router', to: 'scaler' | 'inference') {
    return ServiceTls.open(process.env['MEDSERVE_TLS_DIR'], as)?.call(to);
  }
}
