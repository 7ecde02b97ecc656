import { randomUUID } from 'node:crypto';
import {
  RouterService,
  type PoolDemand,
  type RouterServer,
  type WatchDemandRequest,
  type WatchDemandResponse,
} from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { startGrpcServer, streamMethod, unaryMethod, watchMethod, type GrpcServer } from '@medserve/rpc';

const QUIET: Omit<PoolDemand, 'pool'> = {
  queuedSlots: 0,
  runningSlots: 0,
  readyReplicas: 0,
  startingReplicas: 0,
  idleMs: 60_000,
  active: false,
  oldestWaitMs: 0,
  recent: [],
};
const TELL_EVERY_MS = 1_000;

/** A router that a test speaks for: what is asked of each pool is what the test says, told every second as a router does. */
export class DemandSource {
  private readonly listeners = new Set<() => void>();
  private readonly pools = new Map<string, PoolDemand>();
  private router = randomUUID();
  private server: GrpcServer | undefined;
  private teller: NodeJS.Timeout | undefined;

  constructor(private readonly port: number) {}

  get address(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  async start(): Promise<void> {
    this.router = randomUUID();
    const refuse = (): never => {
      throw new ServingError('unsupported', 'Only demand is told here.');
    };
    this.server = await startGrpcServer({
      listen: { host: '127.0.0.1', port: this.port },
      graceMs: 100,
      register: (grpc, closing) => {
        const watched = {
          onChange: (listener: () => void) => {
            this.listeners.add(listener);
            return () => {
              this.listeners.delete(listener);
            };
          },
          current: (): WatchDemandResponse => ({ router: this.router, pools: [...this.pools.values()] }),
        };
        const methods: Partial<RouterServer> = {
          listModels: unaryMethod(refuse),
          watchModels: streamMethod(refuse),
          loadModel: unaryMethod(refuse),
          unloadModel: unaryMethod(refuse),
          wakeModel: unaryMethod(refuse),
          watchDemand: watchMethod<WatchDemandRequest, WatchDemandResponse>(watched, closing),
        };
        grpc.addService(RouterService, methods as RouterServer);
      },
    });
    this.teller = setInterval(() => {
      this.tell();
    }, TELL_EVERY_MS);
  }

  /** Slots that are asked of a pool from now on; a pool with 0 of them is idle since a minute. */
  demand(pool: string, slots: number, readyReplicas = 0): void {
    const asked = slots === 0 ? {} : { active: true, queuedSlots: slots, idleMs: 0, recent: [slots] };
    this.pools.set(pool, { ...QUIET, pool, readyReplicas, ...asked });
    this.tell();
  }

  async stop(): Promise<void> {
    clearInterval(this.teller);
    await this.server?.close();
    this.server = undefined;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
