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
  idleMs: 0,
  active: false,
  oldestWaitMs: 0,
  recent: [],
  waiting: undefined,
  totals: undefined,
};

/** What a router tells of a pool: nothing asked, but for the change. */
export const demandOf = (pool: string, change: Partial<PoolDemand> = {}): PoolDemand => ({ ...QUIET, pool, ...change });

/** A router of which a test says what is asked of it: a real gRPC server. */
export class FakeRouter {
  private readonly listeners = new Set<() => void>();
  private readonly router = randomUUID();
  private told: WatchDemandResponse | undefined;
  private server!: GrpcServer;

  private constructor() {}

  static async start(port = 0): Promise<FakeRouter> {
    const fake = new FakeRouter();
    const refuse = (): never => {
      throw new ServingError('unsupported', 'A fake.');
    };
    fake.server = await startGrpcServer({
      listen: { host: '127.0.0.1', port },
      graceMs: 100,
      register: (grpc, closing) => {
        const methods: Partial<RouterServer> = {
          listModels: unaryMethod(refuse),
          watchModels: streamMethod(refuse),
          loadModel: unaryMethod(refuse),
          unloadModel: unaryMethod(refuse),
          wakeModel: unaryMethod(refuse),
          watchDemand: watchMethod<WatchDemandRequest, WatchDemandResponse>(
            {
              onChange: (listener) => {
                fake.listeners.add(listener);
                return () => {
                  fake.listeners.delete(listener);
                };
              },
              current: () => fake.told,
            },
            closing,
          ),
        };
        grpc.addService(RouterService, methods as RouterServer);
      },
    });
    return fake;
  }

  get address(): string {
    return this.server.address;
  }

  get port(): number {
    return this.server.port;
  }

  tell(...pools: readonly PoolDemand[]): void {
    this.told = { router: this.router, pools: [...pools] };
    for (const listener of this.listeners) listener();
  }

  close(): Promise<void> {
    return this.server.close();
  }
}
