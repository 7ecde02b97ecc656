import { ServingError } from '@medserve/errors';
import type { CatalogueEntry, TensorBytes } from '@medserve/rpc';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import { answeredTensors } from '../infer/answered-tensors';
import type { LiveCatalogue } from '../infer/live-catalogue';
import { prepareTensors, type TensorPreparationParts } from '../infer/prepare-tensors';
import type { Road } from '../infer/road';
import { checkInputs, checkOutputs } from './check-inputs';
import { classify } from './classification';
import type { OipAnswer, OipInference, OipRequest, WantedOutput } from './ports';

export interface InferenceParts extends TensorPreparationParts {
  readonly catalogue: LiveCatalogue;
  readonly road: Pick<Road, 'accept' | 'check'>;
  readonly instruments: Instruments;
}

/** Inference by the Open Inference Protocol, over the road of every request. */
export class Inference implements OipInference {
  constructor(private readonly parts: InferenceParts) {}

  /**
   * The model that answers, if it can be asked at all: to be known before a large message is parsed.
   *
   * @throws ServingError `model_not_found`, `model_unloaded`, `model_broken`
   */
  served(name: string, version: string | undefined): CatalogueEntry {
    return this.parts.catalogue.served({ name, version });
  }

  async infer(
    principal: Principal,
    request: OipRequest,
    signal: AbortSignal,
    onAccepted: (requestId: string) => void = () => undefined,
  ): Promise<OipAnswer> {
    const { model: name, version } = request;
    const entry = this.parts.catalogue.served({ name, version });
    const wanted = request.outputs ?? [];
    checkInputs(entry, request.inputs);
    checkOutputs(entry, wanted);
    this.parts.road.check(name, request.class, request.deadlineMs);
    const prepared = prepareTensors(
      principal,
      {
        model: { name, version },
        tensors: request.inputs,
        class: request.class,
        deadlineMs: request.deadlineMs,
        outputs: wanted.length === 0 ? undefined : wanted.map((output) => output.name),
        affinityKey: request.affinityKey,
        idempotencyKey: request.idempotencyKey,
        patientKey: request.patientKey,
        wantsDecision: request.wantsDecision,
      },
      this.parts,
    );
    const { id: requestId, ended } = await this.parts.road.accept(prepared, {
      signal,
      ticket: request.ticket,
      door: 'oip',
    });
    onAccepted(requestId);
    const end = await ended;
    const { tensors, model } = answeredTensors(end, prepared);
    return {
      requestId,
      model: model.name,
      version: model.version,
      id: request.id,
      outputs: wanted.length === 0 ? tensors : wanted.map((output) => shown(entry, output, tensors)),
      serverTiming: prepared.times.serverTiming(),
      decision: end.decision,
    };
  }
}

/** A wanted output as the model gave it, or its best classes. */
function shown(entry: CatalogueEntry, { name, classes }: WantedOutput, tensors: readonly TensorBytes[]): TensorBytes {
  const tensor = tensors.find((output) => output.name === name);
  if (tensor === undefined)
    throw new ServingError('inference_failed', `The model gave no output ${JSON.stringify(name)}.`);
  if (classes === undefined) return tensor;
  const labels = entry.labels.find(({ output }) => output === name)?.labels ?? [];
  return classify(tensor, { classes, labels, isBatched: entry.maxBatchSize > 0 });
}
