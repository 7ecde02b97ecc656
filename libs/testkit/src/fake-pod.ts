import {
  InferencePodService,
  ModelHostService,
  type EnsureModelRequest,
  type WatchModelsRequest,
  type WatchModelsResponse,
} from '@medserve/contracts';
import {
  MODEL_HOST_INFER,
  serveFrames,
  startGrpcServer,
  streamMethod,
  toModel,
  unaryMethod,
  type CatalogueEntry,
  type FrameHandler,
  type GrpcServer,
} from '@medserve/rpc';

export interface FakePodOptions {
  readonly models: readonly CatalogueEntry[];
  /** The one host that all models have. */
  readonly handle: FrameHandler;
  /** Told of every request for a host; may wait, or throw. */
  readonly onEnsure?: (name: string) => Promise<void> | void;
}

export interface FakePod {
  readonly address: string;
  /** Tells the watchers another catalogue. */
  setModels(models: readonly CatalogueEntry[]): void;
  /** Ends the host with everything on it, and starts another at another address. */
  killHost(): Promise<void>;
  close(): Promise<void>;
}

export const catalogueEntry = (name: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  name,
  version: '1',
  title: name,
  digest: `sha256:${name}`,
  engine: 'fake',
  serves: [],
  state: 'cold',
  reason: '',
  intendedUse: '',
  notFor: '',
  licence: '',
  inputs: [],
  outputs: [],
  configJson: '',
  maxBatchSize: 0,
  labels: [],
  instances: 1,
  residentBytes: 0,
  expectedLoadMs: 0,
  ...more,
});

const LISTEN = { host: '127.0.0.1', port: 0 };

/** An agent and a model host without processes and models: real sockets, and a function for a model. */
export async function startFakePod({ models, handle, onEnsure = () => undefined }: FakePodOptions): Promise<FakePod> {
  let current = models;
  const watchers = new Set<() => void>();
  const startHost = (): Promise<GrpcServer> =>
    startGrpcServer({
      listen: LISTEN,
      graceMs: 0,
      register: (server, closing) => {
        const infer = serveFrames({ handle, maxInFlight: 1_000, closing });
        server.addService({ ...ModelHostService, infer: MODEL_HOST_INFER }, { infer });
      },
    });
  let host = await startHost();
  const agent = await startGrpcServer({
    listen: LISTEN,
    graceMs: 0,
    register: (server) => {
      server.addService(InferencePodService, {
        listModels: unaryMethod(() => Promise.resolve({ models: current.map(toModel) })),
        ensureModel: unaryMethod(async ({ name }: EnsureModelRequest) => {
          await onEnsure(name);
          return { hostAddress: host.address, digest: '' };
        }),
        loadModel: unaryMethod(() => Promise.resolve({})),
        unloadModel: unaryMethod(() => Promise.resolve({})),
        watchModels: streamMethod<WatchModelsRequest, WatchModelsResponse>(async (_request, send, { signal }) => {
          const tell = (): void => {
            send({ models: current.map(toModel) }).catch(() => undefined);
          };
          watchers.add(tell);
          tell();
          await new Promise((resolve) => {
            signal.addEventListener('abort', resolve);
          });
          watchers.delete(tell);
        }),
      });
    },
  });
  return {
    address: agent.address,
    setModels: (next) => {
      current = next;
      for (const tell of watchers) tell();
    },
    killHost: async () => {
      const old = host;
      host = await startHost();
      await old.close();
    },
    close: async () => {
      await Promise.all([agent.close(), host.close()]);
    },
  };
}
