import type { Client } from '@grpc/grpc-js';
import type { GenerationDelta } from '@medserve/clinical';
import { RouterService, type WatchDemandResponse } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { clientOver, type Link } from '../tls/link';
import { decodeFrame } from '../frame/codec';
import { errorOf } from '../frame/failure-frame';
import { FrameStreamClient } from '../stream/frame-stream-client';
import { ROUTER_DISPATCH } from '../stream/methods';
import { callUnary } from './call-unary';
import { fromModel, type CatalogueEntry, type CatalogueState } from './catalogue';
import { fromModelCard, type ModelCardEntry } from './model-card';
import type { ModelKey, ModelLoad } from './pod-client';
import { decodeResult, encodeRequest, type OutgoingRequest, type ReceivedResult } from './dispatch';
import { watch, type Watch } from './watch';

export interface DispatchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((phase: string, percent: number, expectedMs: number) => void) | undefined;
  /** Called with what was written, in order; all together are the text of the result. */
  readonly onDelta?: ((delta: GenerationDelta) => void) | undefined;
}

/** What the router last said about its pods, besides their models. */
export interface CatalogueStatus {
  /** Whether every pod can be heard: only then a model that is not listed does not exist. */
  readonly complete: boolean;
}

export type CatalogueListener = (models: readonly CatalogueEntry[], status: CatalogueStatus) => void;

/** Told of every message of a router about the demand for its pools; of `undefined` when the router was lost. */
export type DemandListener = (told: WatchDemandResponse | undefined) => void;

export interface RouterClientOptions {
  /** Default: in the clear. */
  readonly link?: Link | undefined;
  /** Default 4096: more than the router takes, which knows whom to refuse. */
  readonly maxInFlight?: number;
  /** How long a request waits for a router that is not there, in milliseconds. Default 2000. */
  readonly patienceMs?: number;
}

const LIST_DEADLINE_MS = 5_000;
const WAKE_DEADLINE_MS = 5_000;
const CARD_DEADLINE_MS = 3_000;
/** An order is done when the router says so; the catalogue may stay behind it for this long. */
const SHOWN_WITHIN_MS = 1_000;

/** What the gateway sees of the router: one long-lived stream, and the catalogue, followed while the client lives. */
export class RouterClient {
  private readonly stream: FrameStreamClient;
  private readonly client: Client;
  private readonly listeners = new Set<CatalogueListener>();
  private readonly watching: Watch;
  private readonly demandWatches = new Set<Watch>();
  private catalogue: readonly CatalogueEntry[] | undefined;
  private complete = false;

  constructor(address: string, options: RouterClientOptions = {}) {
    const { link, maxInFlight = 4096, patienceMs = 2_000 } = options;
    this.stream = new FrameStreamClient({ address, method: ROUTER_DISPATCH, link, maxInFlight, patienceMs });
    this.client = clientOver(address, link);
    this.watching = watch({
      client: this.client,
      method: RouterService.watchModels,
      request: {},
      onMessage: ({ models, complete }) => {
        this.learn(models.map(fromModel), complete);
      },
      onLost: () => {
        this.catalogue = undefined;
      },
    });
  }

  /**
   * Has one request answered.
   *
   * @throws ServingError as router or model host failed it; `unavailable`: it reached nobody; `inference_failed`: it may have
   *   been worked on; `deadline_exceeded`; `cancelled`.
   */
  async dispatch(request: OutgoingRequest, options: DispatchOptions = {}): Promise<ReceivedResult> {
    const { signal, onProgress, onDelta } = options;
    const wanting = { ...request, wantsDeltas: onDelta !== undefined };
    const bytes = await this.stream.exchange(request.id, encodeRequest(wanting, onProgress !== undefined), {
      signal,
      deadlineMs: request.deadlineMs,
      onProgress: (frame) => {
        const { body } = decodeFrame(frame);
        if (body?.$case === 'progress') onProgress?.(body.value.phase, body.value.percent, body.value.expectedMs);
        else if (body?.$case === 'delta') onDelta?.(JSON.parse(body.value.deltaJson) as GenerationDelta);
      },
    });
    const frame = decodeFrame(bytes);
    const { body } = frame;
    if (body?.$case === 'response') return decodeResult(body.value, frame);
    if (body?.$case === 'failure') throw errorOf(body.value);
    throw new ServingError('internal', 'The router answered with what is no answer.');
  }

  /**
   * Loads a model, or loads it anew: resolves when every pod that can be reached serves it.
   *
   * @throws ServingError `model_not_found`; `model_broken` with what is wrong; `invalid_request` for configuration and files
   */
  async load(load: ModelLoad, options: { deadlineMs: number; signal?: AbortSignal | undefined }): Promise<void> {
    const { name, configJson = '', files = {} } = load;
    await callUnary(this.client, RouterService.loadModel, { name, configJson, files: { ...files } }, options);
    await this.shown(name, (states) => states.some((state) => state !== 'unloaded'));
  }

  /** Takes a model out of service until it is loaded again. @throws ServingError `model_not_found` */
  async unload(name: string, options: { deadlineMs: number; signal?: AbortSignal | undefined }): Promise<void> {
    await callUnary(this.client, RouterService.unloadModel, { name }, options);
    await this.shown(name, (states) => states.every((state) => state === 'unloaded'));
  }

  /** Has a cold model loaded for requests to come; resolves at once. @throws ServingError `model_not_found`, `unavailable` */
  async wake({ name, version = '' }: { readonly name: string; readonly version?: string | undefined }): Promise<void> {
    await callUnary(this.client, RouterService.wakeModel, { name, version }, { deadlineMs: WAKE_DEADLINE_MS });
  }

  /** What a package says of itself at length. @throws ServingError `model_not_found`; `unavailable` while no pod that has it is heard */
  async card({ name, version }: ModelKey): Promise<ModelCardEntry> {
    const options = { deadlineMs: CARD_DEADLINE_MS };
    return fromModelCard(await callUnary(this.client, RouterService.getModelCard, { name, version }, options));
  }

  /** The catalogue as last heard, or asked for when nothing was heard yet. @throws ServingError `unavailable`. */
  async models(signal?: AbortSignal): Promise<readonly CatalogueEntry[]> {
    if (this.catalogue) return this.catalogue;
    const options = { deadlineMs: LIST_DEADLINE_MS, signal, waitForReady: true };
    const { models } = await callUnary(this.client, RouterService.listModels, {}, options);
    return models.map(fromModel);
  }

  /** Asks for the catalogue instead of waiting to be told of it: for who has just changed it. @throws ServingError `unavailable` */
  async refresh(): Promise<void> {
    const { models } = await callUnary(this.client, RouterService.listModels, {}, { deadlineMs: LIST_DEADLINE_MS });
    this.learn(models.map(fromModel), this.complete);
  }

  /** Calls `onChange` with the whole catalogue now (if known) and after every change; gives back how to stop. */
  watchModels(onChange: CatalogueListener): () => void {
    this.listeners.add(onChange);
    if (this.catalogue) onChange(this.catalogue, { complete: this.complete });
    return () => {
      this.listeners.delete(onChange);
    };
  }

  /**
   * Follows what is asked of the router's pools, over breaks; gives back how to stop. The first message after each break holds what
   * was asked in the last 900 seconds.
   */
  watchDemand(listener: DemandListener): () => void {
    const watching = watch({
      client: this.client,
      method: RouterService.watchDemand,
      request: {},
      onMessage: listener,
      onLost: () => {
        listener(undefined);
      },
    });
    this.demandWatches.add(watching);
    return () => {
      this.demandWatches.delete(watching);
      watching.close();
    };
  }

  /** Whether the router is there and has told its catalogue. */
  ready(): boolean {
    return this.catalogue !== undefined;
  }

  private learn(catalogue: readonly CatalogueEntry[], complete: boolean): void {
    this.catalogue = catalogue;
    this.complete = complete;
    for (const listener of this.listeners) listener(catalogue, { complete });
  }

  /** Resolves when the catalogue here shows what was ordered: it comes by another stream than the answer to the order. */
  private shown(name: string, accept: (states: readonly CatalogueState[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(end, SHOWN_WITHIN_MS);
      let stop = (): void => undefined;
      const look = (models: readonly CatalogueEntry[]): void => {
        if (accept(models.filter((entry) => entry.name === name).map(({ state }) => state))) setImmediate(end);
      };
      stop = this.watchModels(look);
    });
  }

  close(): void {
    for (const watching of [this.watching, ...this.demandWatches]) watching.close();
    this.stream.close();
    this.client.close();
  }
}
