import { hash } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import type { TensorBytes } from '@medserve/rpc';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import { v7 as uuidv7 } from 'uuid';
import type { RequestWishes } from '../intake/inference-request';
import { fingerprint } from './fingerprint';
import { optional, parseModel } from './model-words';
import { PhaseTimes } from './phase-times';
import type { Catalogue } from './ports';
import type { Composition, Prepared } from './prepared';

export interface TensorRequest extends RequestWishes {
  readonly tensors: readonly TensorBytes[];
  readonly idempotencyKey?: string | undefined;
}

const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/** A request whose tensors go to a named model as they are, past recipe and reader. */
export function prepareTensors(
  principal: Principal,
  request: TensorRequest,
  { catalogue, instruments }: { readonly catalogue: Catalogue; readonly instruments: Instruments },
): Prepared {
  const times = new PhaseTimes(instruments);
  const model = parseModel(request.model);
  if (model === undefined) {
    throw new ServingError('invalid_request', 'Tensors need the model that takes them.', { field: 'model' });
  }
  const choice = catalogue.checkModel(model);
  const inputs = request.tensors.map(({ bytes }) => sha256(bytes));
  const id = uuidv7();
  const named = { task: choice.task, modality: choice.modality, class: request.class };
  return {
    subject: { request: id, tenant: principal.tenant, actor: principal.keyId, ...named, inputs },
    fingerprint: fingerprint(request, inputs),
    idempotencyKey: request.idempotencyKey,
    modelName: choice.modelName,
    deadlineAtMs: times.startedAtMs + request.deadlineMs,
    times,
    order: {
      id,
      tenant: principal.tenant,
      class: request.class,
      // Nothing but the model: one that takes tensors only does no task that the router could find it by.
      model,
      ...optional('parameters', request.parameters),
      input: { kind: 'tensor-bytes', tensors: request.tensors },
    },
    compose: (composition) => tensorDocument(composition, choice.task, inputs),
  };
}

/** Stands for the output tensors, which travel beside it: their names, types, shapes and hashes. */
function tensorDocument({ id, done, record, timings }: Composition, task: string, inputs: readonly string[]): Buffer {
  const { tensors = [], model, engine } = done;
  return Buffer.from(
    JSON.stringify({
      id,
      status: 'completed',
      task,
      tensors: tensors.map((tensor) => ({
        name: tensor.name,
        datatype: tensor.datatype,
        shape: tensor.shape,
        sha256: sha256(tensor.bytes),
      })),
      provenance: {
        model,
        engine,
        inputs: inputs.map((input) => ({ sha256: input, kind: 'tensor' })),
        record,
        timings,
      },
    }),
  );
}
