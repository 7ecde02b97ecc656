import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InferencePodService,
  type EnsureModelRequest,
  type GetModelCardRequest,
  type LoadModelRequest,
  type UnloadModelRequest,
  type WatchModelsRequest,
  type WatchModelsResponse,
} from '@medserve/contracts';
import { loadPools } from '@medserve/engines';
import {
  ServiceTls,
  startGrpcServer,
  toModel,
  toModelCard,
  unaryMethod,
  watchMethod,
  type GrpcServer,
} from '@medserve/rpc';
import { limitsOf, type InferencePodSettings } from '../settings';
import { openAdmission } from './admission/open-admission';
import { Agent } from './agent';
import { Departure } from './departure';
import { HostProcess } from './host-process';
import { notLoaded } from './not-loaded';
import { Repositories } from './repositories';
import { SentModels } from './sent-models';

export interface InferencePod {
  /** host:port of the agent. */
  readonly address: string;
  /** What it is to have before it takes requests and has not: models that are kept warm and are not loaded. */
  missing(): readonly string[];
  /** Tells routers to send nothing new. What comes nevertheless is served until the pod closes. */
  leave(): void;
  /** Drains and ends every host within the grace period. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5_000;

const watchModels = (agent: Agent, departure: Departure, closing: AbortSignal) =>
  watchMethod<WatchModelsRequest, WatchModelsResponse>(
    {
      onChange: (listener) => {
        const stops = [agent.onChange(listener), departure.onChange(listener)];
        return () => {
          for (const stop of stops) stop();
        };
      },
      current: () => ({ models: agent.models().map(toModel), complete: true, draining: departure.hasBegun }),
    },
    closing,
  );

function serve(agent: Agent, departure: Departure, settings: InferencePodSettings): Promise<GrpcServer> {
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
        getModelCard: unaryMethod(async (model: GetModelCardRequest) => toModelCard(await agent.card(model))),
        watchModels: watchModels(agent, departure, closing),
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
  const { hostPorts: ports, reachedAt, tlsDirectory, poolsFile, drainMs = CLOSE_GRACE_MS } = settings;
  const { codeCache = join(scratch, 'code') } = settings;
  const door = { host: settings.listen.host, ports, reachedAt };
  const place = { codeCache, door, tlsDirectory, poolsFile };
  const agent = new Agent({
    repositories,
    sentModels: new SentModels(scratch),
    found,
    limits: limitsOf(settings),
    keepWarm,
    logger,
    onHostEvent,
    spawn: () => HostProcess.start(place),
  });
  const end = async (graceMs: number): Promise<void> => {
    await agent.close(graceMs);
    await rm(scratch, { recursive: true, force: true });
  };
  const departure = new Departure();
  const server = await serve(agent, departure, settings).catch(async (error: unknown) => {
    await end(0);
    throw error;
  });
  logger.info('the inference pod serves', { address: server.address, count: found.length });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    departure.begin();
    await end(drainMs);
    await server.close();
  };
  return {
    address: server.address,
    missing: () => notLoaded(agent.models(), keepWarm),
    leave: () => {
      departure.begin();
    },
    close: () => (closing ??= close()),
  };
}
