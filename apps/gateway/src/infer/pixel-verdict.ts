import { decideModality, recogniseVolume, type PixelVerdict, type Sensitive } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { DecodedStudy } from '@medserve/imaging';
import type { Principal } from '@medserve/security';
import type { InferenceRequest } from './inference-request';
import { optional } from './model-words';
import type { PhaseTimes } from './phase-times';
import type { Dispatcher } from './ports';
import { verdictOf } from './verdict';

export interface Asking {
  readonly principal: Principal;
  readonly request: Pick<InferenceRequest, 'modality' | 'allowMismatch' | 'class' | 'deadlineMs'> & {
    readonly patientKey?: Sensitive<string> | undefined;
  };
  readonly study: DecodedStudy;
  readonly times: PhaseTimes;
  readonly signal: AbortSignal;
}

/**
 * What the pixels are said to show, where the header does not say what was imaged: values of a volume are held against what was
 * declared, of a picture the recogniser is asked.
 *
 * @returns undefined where the header says it
 * @throws ServingError what `decideModality` throws before it knows the pixels; `deadline_exceeded`; what the road to the recogniser
 *   ends in
 */
export async function pixelVerdict(asking: Asking, dispatcher: Dispatcher): Promise<PixelVerdict | undefined> {
  const { request, study, times } = asking;
  const { modality: declared, allowMismatch } = request;
  if (decideModality({ facts: study.facts, declared, allowMismatch }).kind === 'decided') return undefined;
  const deadlineMs = Math.floor(times.startedAtMs + request.deadlineMs - performance.now());
  if (deadlineMs < 1)
    throw new ServingError('deadline_exceeded', 'The deadline passed before the image was recognised.');
  return times.measure('recognise', (traceparent) => look(asking, deadlineMs, traceparent, dispatcher));
}

async function look(
  { principal, request, study, signal }: Asking,
  deadlineMs: number,
  traceparent: string | undefined,
  dispatcher: Dispatcher,
): Promise<PixelVerdict> {
  const { decoded, inputs } = study;
  if (decoded.kind === 'volume') return recogniseVolume(decoded, request.modality);
  const { finding } = await dispatcher.dispatch(
    {
      id: newEventId(),
      tenant: principal.tenant,
      task: 'recognise',
      modality: 'any',
      class: request.class,
      deadlineMs,
      inputs: inputs.map(({ sha256 }) => sha256),
      ...optional('patientKey', request.patientKey),
      ...optional('traceparent', traceparent),
      input: { kind: 'decoded', decoded },
    },
    { signal },
  );
  if (finding === undefined) throw new ServingError('inference_failed', 'The recogniser gave no finding.');
  return verdictOf(finding);
}
