import type { Client } from '@grpc/grpc-js';
import { InferencePodService } from '@medserve/contracts';
import { clientOver, type Link } from '../tls/link';
import { callUnary } from './call-unary';
import { fromModel, type CatalogueEntry } from './catalogue';
import { fromModelCard, type ModelCardEntry } from './model-card';
import { watch, type Watch } from './watch';

export interface ModelKey {
  readonly name: string;
  readonly version: string;
}

export interface ModelLoad {
  readonly name: string;
  /** Replaces the configuration: JSON form of Triton's ModelConfig. */
  readonly configJson?: string | undefined;
  /** Files of a model that no repository has, by `<version>/<file>`. */
  readonly files?: Readonly<Record<string, Uint8Array>> | undefined;
}

/** What a pod says of itself. */
export interface PodTold {
  readonly models: readonly CatalogueEntry[];
  /** Whether it is about to end, and is to be sent nothing new. */
  readonly draining: boolean;
}

/** What the router sees of a pod's agent. */
export class PodClient {
  private readonly client: Client;

  constructor(
    readonly address: string,
    link?: Link,
  ) {
    this.client = clientOver(address, link);
  }

  /** Address of a host that has the model loaded; waits until it has. @throws ServingError `model_broken` and others. */
  async ensure(model: ModelKey, options: { deadlineMs: number; signal?: AbortSignal | undefined }): Promise<string> {
    const { name, version } = model;
    const { hostAddress } = await callUnary(this.client, InferencePodService.ensureModel, { name, version }, options);
    return hostAddress;
  }

  /** @throws ServingError `model_not_found`, `model_broken`, `invalid_request` */
  async load(load: ModelLoad, options: { deadlineMs: number; signal?: AbortSignal | undefined }): Promise<void> {
    const { name, configJson = '', files = {} } = load;
    await callUnary(this.client, InferencePodService.loadModel, { name, configJson, files: { ...files } }, options);
  }

  /** @throws ServingError `model_not_found` */
  async unload(name: string, options: { deadlineMs: number; signal?: AbortSignal | undefined }): Promise<void> {
    await callUnary(this.client, InferencePodService.unloadModel, { name }, options);
  }

  /** What the package says of itself at length. @throws ServingError `model_not_found` */
  async card(
    { name, version }: ModelKey,
    options: { deadlineMs: number; signal?: AbortSignal | undefined },
  ): Promise<ModelCardEntry> {
    return fromModelCard(await callUnary(this.client, InferencePodService.getModelCard, { name, version }, options));
  }

  /** Follows the pod's packages; `undefined` while the pod is not reachable. */
  watch(onChange: (told: PodTold | undefined) => void): Watch {
    return watch({
      client: this.client,
      method: InferencePodService.watchModels,
      request: {},
      onMessage: ({ models, draining }) => {
        onChange({ models: models.map(fromModel), draining });
      },
      onLost: () => {
        onChange(undefined);
      },
    });
  }

  close(): void {
    this.client.close();
  }
}
