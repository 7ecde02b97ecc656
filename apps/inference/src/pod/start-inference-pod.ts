import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InferencePodService,
  type EnsureModelRequest,
  type LoadModelRequest,
  type UnloadModelRequest,
  type WatchModelsRequest,
  type WatchModelsResponse,
} from '@medserve/contracts';
import { loadPools } from '@medserve/engines';
import { ServiceTls, startGrpcServer, toModel, unaryMethod, watchMethod, type GrpcServer } from '@medserve/rpc';
import { limitsOf, type InferencePodSettings } from '../settings';
import { openAdmission } from './admission/open-admission';
import { Agent } from './agent';
import { HostProcess } from './host-process';
import { Repositories } from './repositories';
import { SentModels } from './sent-models';

export interface InferencePod {
  /** host:port of the agent. */
  readonly address: string;
  /** Drains and ends every host within the grace period. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5_000;

const watchModels = (agent: Agent, closing: AbortSignal) =>
  watchMethod<WatchModelsRequest, WatchModelsResponse>(
    {
      onChange: (listener) => agent.onChange(listener),
      current: () => ({ models: agent.models().map(toModel), complete: true, draining: false }),
    },
    closing,
  );

function serve(agent: Agent, settings: InferencePodSettings): Promise<GrpcServer> {
  return startGrpcServer({
    listen: settings.listen,
    security: ServiceTls.open(settings.tlsDirectory, 'inference', { observer: settings.certificateObserver })?.serve([
      'router',
    ]),
    graceMs: 500,
    register: (server, closing) => {
      server.addService(InferencePodService, {
        listModels: unaryMethod(() => Promise.resolve({ models: agent.models().map(toModel) })),
        ensureModel: unaryMethod(async (model: EnsureModelRequest) => {
          const { address, digest } = await agent.ensure(model);
          return { hostAddress: address, digest };
        }),
        loadModel: unaryMethod(async ({ name, configJson, files }: LoadModelRequest) => {
          await agent.load({ name, configJson, files });
          return {};
        }),
        unloadModel: unaryMethod(async ({ name }: UnloadModelRequest) => {
          await agent.unload(name);
          return {};
        }),
        watchModels: watchModels(agent, closing),
      });
    },
  });
}

/** Reads the repositories, checks every package and serves them; resolves when the agent listens. No model is loaded yet. */
export async function startInferencePod(settings: InferencePodSettings): Promise<InferencePod> {
  const { logger, onHostEvent = () => undefined, keepWarm = [] } = settings;
  // Its mistakes before the first model needs it.
  if (settings.poolsFile !== undefined) await loadPools(settings.poolsFile);
  const scratch = await mkdtemp(join(tmpdir(), 'medserve-pod-'));
  const admission = await openAdmission(settings, join(scratch, 'models')).catch(async (error: unknown) => {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  });
  const repositories = new Repositories(settings.repositories, logger, admission);
  const found = await repositories.readAll();
  const agent = new Agent({
    repositories,
    sentModels: new SentModels(scratch),
    found,
    limits: limitsOf(settings),
    keepWarm,
    logger,
    onHostEvent,
    spawn: () => HostProcess.start(join(scratch, 'code'), settings.tlsDirectory, settings.poolsFile),
  });
  const end = async (graceMs: number): Promise<void> => {
    await agent.close(graceMs);
    await rm(scratch, { recursive: true, force: true });
  };
  const server = await serve(agent, settings).catch(async (error: unknown) => {
    await end(0);
    throw error;
  });
  logger.info('the inference pod serves', { address: server.address, count: found.length });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await end(CLOSE_GRACE_MS);
    await server.close();
  };
  return { address: server.address, close: () => (closing ??= close()) };
}
