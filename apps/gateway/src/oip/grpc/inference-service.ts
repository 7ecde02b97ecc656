import type {
  GRPCInferenceServiceServer,
  ModelConfigRequest,
  ModelMetadataRequest,
  ModelReadyRequest,
  ModelStatisticsRequest,
  RepositoryIndexRequest,
  RepositoryModelLoadRequest,
  RepositoryModelUnloadRequest,
} from '@medserve/contracts/oip';
import { ServingError } from '@medserve/errors';
import { unaryMethod, type FramePayload } from '@medserve/rpc';
import type { ModelChanges } from '../model-changes';
import type { OipModels, OipStatistics, TensorMetadata } from '../ports';
import { SERVER_METADATA } from '../server-metadata';
import { askOf, type AskParts } from './ask';
import { loadOf, modelNameOf } from './repository-requests';
import { statisticsMessage } from './statistics-message';
import { streamInfer } from './stream-infer';
import { encodeAnswer } from './wire/answers';
import type { InferMessage } from './wire/infer-message';
import { encodeModelConfig } from './wire/model-config';

export interface InferenceServiceParts extends AskParts {
  readonly models: Omit<OipModels, 'load' | 'unload'>;
  readonly changes: Pick<ModelChanges, 'load' | 'unload'>;
  readonly statistics: OipStatistics;
  /** Whether all that the gateway needs is there. */
  readonly ready: () => Promise<boolean>;
  /** Told of every request of a stream that was answered. */
  readonly onAnswered: (message: InferMessage) => void;
}

const named = (text: string): string | undefined => (text === '' ? undefined : text);

const unsupported = unaryMethod<object, never>(() => {
  throw new ServingError('unsupported', 'Shared memory and the settings of tracing and logging are not offered.');
});

/** The methods by which tensors do not pass, except the configuration's. */
type Plain = Pick<GRPCInferenceServiceServer, PlainName>;
type PlainName =
  | 'serverLive'
  | 'serverReady'
  | 'modelReady'
  | 'serverMetadata'
  | 'modelMetadata'
  | 'modelStatistics'
  | 'repositoryIndex'
  | 'repositoryModelLoad'
  | 'repositoryModelUnload';

function plainMethods({ principalOf, models, changes, statistics, ready }: InferenceServiceParts): Plain {
  return {
    serverLive: unaryMethod(() => ({ live: true })),
    serverReady: unaryMethod(async () => ({ ready: await ready() })),
    modelReady: unaryMethod(({ name, version }: ModelReadyRequest) => ({
      ready: models.ready(name, named(version)),
    })),
    serverMetadata: unaryMethod(() => ({ ...SERVER_METADATA, extensions: [...SERVER_METADATA.extensions] })),
    modelMetadata: unaryMethod(({ name, version }: ModelMetadataRequest) => {
      const { versions, inputs, outputs, ...rest } = models.metadata(name, named(version));
      return {
        ...rest,
        versions: [...versions],
        inputs: inputs.map(tensorMessage),
        outputs: outputs.map(tensorMessage),
      };
    }),
    modelStatistics: unaryMethod(({ name, version }: ModelStatisticsRequest) => ({
      modelStats: statistics.read(named(name), named(version)).map(statisticsMessage),
    })),
    repositoryIndex: unaryMethod(({ ready: onlyReady }: RepositoryIndexRequest) => ({
      models: [...models.index(onlyReady)],
    })),
    repositoryModelLoad: unaryMethod(async (request: RepositoryModelLoadRequest, context) => {
      const load = loadOf(request);
      await changes.load(principalOf(context), load);
      return { modelName: load.name, isLoaded: true };
    }),
    repositoryModelUnload: unaryMethod(async (request: RepositoryModelUnloadRequest, context) => {
      const modelName = modelNameOf(request);
      await changes.unload(principalOf(context), modelName);
      return { modelName, isUnloaded: true };
    }),
  };
}

const tensorMessage = ({ shape, ...rest }: TensorMetadata) => ({ ...rest, shape: [...shape] });

/** `inference.GRPCInferenceService`, to be added with `INFERENCE_SERVICE`. */
export function inferenceService(parts: InferenceServiceParts) {
  const { models, onAnswered } = parts;
  const ask = askOf(parts);
  return {
    ...plainMethods(parts),
    modelInfer: unaryMethod<InferMessage, FramePayload>(async (message, context) => {
      const onAccepted = (requestId: string): void => {
        context.trailers['x-request-id'] = requestId;
      };
      const answer = await ask(message, context, { signal: context.signal, onAccepted });
      context.trailers['server-timing'] = answer.serverTiming;
      return encodeAnswer(answer);
    }),
    modelStreamInfer: streamInfer({ ask, onAnswered }),
    modelConfig: unaryMethod<ModelConfigRequest, FramePayload>(({ name, version }) =>
      encodeModelConfig(models.config(name, named(version))),
    ),
    systemSharedMemoryStatus: unsupported,
    systemSharedMemoryRegister: unsupported,
    systemSharedMemoryUnregister: unsupported,
    cudaSharedMemoryStatus: unsupported,
    cudaSharedMemoryRegister: unsupported,
    cudaSharedMemoryUnregister: unsupported,
    traceSetting: unsupported,
    logSettings: unsupported,
  };
}
