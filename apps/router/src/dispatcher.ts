import { ServingError, type Reason } from '@medserve/errors';
import {
  decodeFrame,
  peekFrame,
  type CatalogueEntry,
  type FrameStreamClient,
  type IncomingRequest,
} from '@medserve/rpc';
import { admit, pickReplica, resolveModel, type AdmissionLimits } from '@medserve/serving';
import type { Fleet, Member } from './fleet';

const REFUSALS = {
  model_not_found: ['model', 'There is no model of this name and version.'],
  task_not_found: ['task', 'No model does a task of this name.'],
  task_not_available: ['task', 'No model does this task for this modality.'],
  model_broken: ['model', 'The package of the model is broken.'],
} as const satisfies Partial<Record<Reason, readonly [string, string]>>;

/** A failure that says: not begun, may be done elsewhere. */
function isUnavailable(frame: Buffer): boolean {
  if (peekFrame(frame).kind !== 'failure') return false;
  const { body } = decodeFrame(frame);
  return body?.$case === 'failure' && body.value.reason === 'unavailable';
}

/** Waits for something that is not this request's own; leaves when the request's caller or time does. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason as ServingError);
    };
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', leave);
    });
  });
}

/** Brings each request to a host that has its model, and the answer back; reads of both only what it routes by. */
export class Dispatcher {
  private inFlight = 0;
  private bytes = 0;

  constructor(
    private readonly fleet: Fleet,
    private readonly limits: AdmissionLimits,
    private readonly random: () => number,
    private readonly onInFlight: (count: number) => void,
  ) {}

  /** @throws ServingError; what the host itself refused comes back as its own failure frame. */
  async dispatch(request: IncomingRequest): Promise<Buffer> {
    const size = request.bytes.byteLength;
    const admission = admit({ inFlight: this.inFlight, bytes: this.bytes }, this.limits, size);
    if (admission.kind === 'refused') {
      throw new ServingError('overloaded', 'All places in the router are taken.', { limit: admission.limit });
    }
    this.count(1, size);
    try {
      const model = this.resolve(request);
      const first = await this.attempt(request, model);
      if (first.kind === 'answered') return first.frame;
      const second = await this.attempt(request, model);
      if (second.kind === 'answered') return second.frame;
      throw second.error;
    } finally {
      this.count(-1, -size);
    }
  }

  private count(requests: number, bytes: number): void {
    this.inFlight += requests;
    this.bytes += bytes;
    this.onInFlight(this.inFlight);
  }

  private resolve({ routing }: IncomingRequest): CatalogueEntry {
    const { task, modality, model, version } = routing;
    const catalogue = this.fleet.catalogue.map((entry) => ({ ...entry, usable: entry.state !== 'broken', entry }));
    const resolution = resolveModel(catalogue, {
      task: task || undefined,
      modality: modality || undefined,
      model: model === '' ? undefined : { name: model, version: version || undefined },
    });
    if (resolution.kind === 'resolved') return resolution.model.entry;
    if (!this.fleet.complete)
      throw new ServingError(
        'unavailable',
        'An inference pod cannot be reached, and it may be the one that has the model.',
      );
    const [field, detail] = REFUSALS[resolution.reason];
    throw new ServingError(resolution.reason, detail, { field });
  }

  /** One try with one replica. Only what never reached a model comes back as `untouched`. */
  private async attempt(
    request: IncomingRequest,
    model: CatalogueEntry,
  ): Promise<{ kind: 'answered'; frame: Buffer } | { kind: 'untouched'; error: ServingError }> {
    const replica = pickReplica(this.fleet.replicas(model), this.random);
    if (!replica) throw new ServingError('unavailable', 'No inference pod has the model.');
    const { member } = replica;
    member.inFlight += 1;
    try {
      const stream = await this.hostOf(member, model, request);
      return await this.exchange(member, model, stream, request);
    } catch (error) {
      if (error instanceof ServingError && error.reason === 'unavailable' && !request.signal.aborted)
        return { kind: 'untouched', error };
      throw error;
    } finally {
      member.inFlight -= 1;
    }
  }

  private hostOf(member: Member, model: CatalogueEntry, request: IncomingRequest): Promise<FrameStreamClient> {
    const standing = member.connected(model);
    if (!standing) request.progress('loading', 10);
    return orAborted(standing ?? member.host(model), request.signal);
  }

  private async exchange(
    member: Member,
    model: CatalogueEntry,
    stream: FrameStreamClient,
    request: IncomingRequest,
  ): Promise<{ kind: 'answered'; frame: Buffer } | { kind: 'untouched'; error: ServingError }> {
    const { id, bytes, signal } = request;
    const onProgress = (progress: Buffer): void => {
      request.forward(progress);
    };
    try {
      const frame = await stream.exchange(id, bytes, { signal, onProgress });
      if (!isUnavailable(frame)) return { kind: 'answered', frame };
      member.forget(model, stream);
      return { kind: 'untouched', error: new ServingError('unavailable', 'The model is being unloaded.') };
    } catch (error) {
      if (error instanceof ServingError && (error.reason === 'unavailable' || error.reason === 'inference_failed')) {
        member.forget(model, stream);
      }
      throw error;
    }
  }
}
