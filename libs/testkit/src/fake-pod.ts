import {
  InferencePodService,
  ModelHostService,
  type EnsureModelRequest,
  type GetModelCardRequest,
  type LoadModelRequest,
  type UnloadModelRequest,
  type WatchModelsRequest,
  type WatchModelsResponse,
} from '@medserve/contracts';
import {
  MODEL_HOST_INFER,
  NOTHING_KNOWN,
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
  /** Told of every order to load or to unload; may wait, or throw. It changes the catalogue itself, by `setModels`. */
  readonly onOrder?: (order: FakeOrder) => Promise<void> | void;
  /** Default 0: any free one. */
  readonly port?: number;
}

export type FakeOrder =
  | { readonly kind: 'load'; readonly name: string; readonly configJson: string; readonly files: readonly string[] }
  | { readonly kind: 'unload'; readonly name: string };

export interface FakePod {
  /** host:port of the agent. */
  readonly address: string;
  /** host:port of the host that requests for a model are sent to now. */
  hostAddress(): string;
  /** Has the agent name another address for its host, such as a proxy's. */
  announceHost(address: string): void;
  /** Tells the watchers another catalogue. */
  setModels(models: readonly CatalogueEntry[]): void;
  /** Tells the watchers that it is about to end, or (`false`) that it is not after all. */
  drain(draining?: boolean): void;
  /** Ends the host with everything on it, and starts another at another address. */
  killHost(): Promise<void>;
  close(): Promise<void>;
}

export const catalogueEntry = (name: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  ...NOTHING_KNOWN,
  name,
  version: '1',
  title: name,
  digest: `sha256:${name}`,
  engine: 'fake',
  state: 'cold',
  reason: '',
  ...more,
});

const LISTEN = { host: '127.0.0.1', port: 0 };

/** An agent and a model host without processes and models: real sockets, and a function for a model. */
export async function startFakePod(options: FakePodOptions): Promise<FakePod> {
  const { models, handle, onEnsure = () => undefined, onOrder = () => undefined, port = 0 } = options;
  let current = models;
  let isDraining = false;
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
  let announced: string | undefined;
  const agent = await startGrpcServer({
    listen: { ...LISTEN, port },
    graceMs: 0,
    register: (server) => {
      server.addService(InferencePodService, {
        listModels: unaryMethod(() => Promise.resolve({ models: current.map(toModel) })),
        ensureModel: unaryMethod(async ({ name }: EnsureModelRequest) => {
          await onEnsure(name);
          return { hostAddress: announced ?? host.address, digest: '' };
        }),
        loadModel: unaryMethod(async ({ name, configJson, files }: LoadModelRequest) => {
          await onOrder({ kind: 'load', name, configJson, files: Object.keys(files) });
          return {};
        }),
        unloadModel: unaryMethod(async ({ name }: UnloadModelRequest) => {
          await onOrder({ kind: 'unload', name });
          return {};
        }),
        getModelCard: unaryMethod(({ name, version }: GetModelCardRequest) =>
          Promise.resolve({ card: `# ${name}, version ${version}`, truncated: false, measured: [] }),
        ),
        watchModels: streamMethod<WatchModelsRequest, WatchModelsResponse>(async (_request, send, { signal }) => {
          const tell = (): void => {
            send({ models: current.map(toModel), complete: true, draining: isDraining }).catch(() => undefined);
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
  const tellAll = (): void => {
    for (const tell of watchers) tell();
  };
  return {
    address: agent.address,
    hostAddress: () => host.address,
    announceHost: (address) => {
      announced = address;
    },
    setModels: (next) => {
      current = next;
      tellAll();
    },
    drain: (draining = true) => {
      isDraining = draining;
      tellAll();
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
