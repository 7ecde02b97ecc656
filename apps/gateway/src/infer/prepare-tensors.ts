import { hash } from 'node:crypto';
import type { Sensitive } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { TensorBytes } from '@medserve/rpc';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import canonicalize from 'canonicalize';
import type { RequestWishes } from './inference-request';
import { subjectHashes, type References } from '../privacy/subject-hashes';
import { optional, type ModelWords } from './model-words';
import { PhaseTimes } from './phase-times';
import type { Catalogue, Choice } from './ports';
import type { Composition, Prepared } from './prepared';

export interface TensorRequest extends Pick<RequestWishes, 'class' | 'deadlineMs' | 'parameters'> {
  readonly model: ModelWords | undefined;
  readonly tensors: readonly TensorBytes[];
  /** Absent: all. */
  readonly outputs?: readonly string[] | undefined;
  /** Requests with the same key go to the same replica as long as its load allows. */
  readonly affinityKey?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly patientKey?: Sensitive<string> | undefined;
  readonly wantsDecision?: boolean | undefined;
}

const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

export interface TensorPreparationParts {
  readonly catalogue: Catalogue;
  readonly instruments: Instruments;
  readonly references: References;
}

/** A request whose tensors go to a named model as they are, past recipe and reader. */
export function prepareTensors(
  principal: Principal,
  request: TensorRequest,
  { catalogue, instruments, references }: TensorPreparationParts,
): Prepared & { readonly choice: Choice } {
  const times = new PhaseTimes(instruments);
  const { model } = request;
  if (model === undefined) {
    throw new ServingError('invalid_request', 'Tensors need the model that takes them.', { field: 'model' });
  }
  const choice = catalogue.checkModel(model);
  const inputs = request.tensors.map(({ bytes }) => sha256(bytes));
  const id = newEventId();
  const named = { task: choice.task, modality: choice.modality, class: request.class };
  const hashes = subjectHashes(references, principal.tenant, undefined, request.patientKey);
  return {
    choice,
    subject: { request: id, tenant: principal.tenant, by: principal, ...hashes, ...named, inputs },
    fingerprint: fingerprint(request, model, inputs),
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
      ...optional('outputs', request.outputs),
      ...optional('affinityKey', request.affinityKey),
      ...optional('patientKey', request.patientKey),
      ...optional('wantsDecision', request.wantsDecision),
      inputs,
      input: { kind: 'tensor-bytes', tensors: request.tensors },
    },
    compose: (composition) => tensorDocument(composition, choice.task, inputs),
  };
}

/** Stands for "the same request", as `fingerprint` of an image's does: the same bytes under another shape are another request. */
function fingerprint(
  { class: urgency, parameters, outputs, tensors }: TensorRequest,
  model: ModelWords,
  inputs: string[],
) {
  const headers = tensors.map(({ name, datatype, shape }, index) => [name, datatype, shape, inputs[index]]);
  const text = canonicalize([model.name, model.version ?? null, urgency, parameters ?? null, outputs ?? null, headers]);
  return hash('sha256', text ?? '', 'buffer');
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
