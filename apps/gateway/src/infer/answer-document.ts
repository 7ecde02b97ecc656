import type { ModalityDecision } from '@medserve/clinical';
import type { DecodedStudy } from '@medserve/imaging';
import { imageDetail } from './image-detail';
import type { Answered } from './prepared';

export interface AnswerParts {
  readonly id: string;
  readonly decision: Extract<ModalityDecision, { kind: 'decided' }>;
  readonly study: DecodedStudy;
  readonly done: Answered;
  /** What the road of the request has to say beside the image's and the model's warnings. */
  readonly warnings: readonly string[];
  readonly record: { readonly accepted: string; readonly completed: string };
  readonly timings: Readonly<Record<string, number>>;
  /** SHA-256, in hex, of the words that left while they were written. */
  readonly streamed?: string | undefined;
}

/** The document that answers a request (native API, "Answer 200"). Its bytes, once made, are hashed, stored and sent. */
export function answerDocument({
  id,
  decision,
  study,
  done,
  record,
  timings,
  streamed,
  ...parts
}: AnswerParts): Buffer {
  const { finding } = done;
  const { facts, inputs, warnings } = study;
  const document = {
    id,
    status: 'completed',
    task: done.task,
    modality: {
      declared: decision.declared,
      detected: decision.detected,
      source: decision.source,
      served: decision.modality.id,
      detail: imageDetail(facts),
    },
    answer: finding.answer,
    confidence: finding.confidence,
    decision: finding.decision,
    warnings: [...parts.warnings, ...decision.warnings, ...warnings, ...finding.warnings],
    evidence: finding.evidence,
    provenance: {
      model: done.model,
      engine: done.engine,
      inputs,
      ...(study.slices === undefined ? {} : { slices: study.slices }),
      ...(study.viewed === undefined ? {} : { view: study.viewed }),
      ...(streamed === undefined ? {} : { streamed: { sha256: streamed } }),
      record,
      timings: inMilliseconds(timings),
    },
  };
  return Buffer.from(JSON.stringify(document));
}

const inMilliseconds = (timings: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(timings).map(([phase, ms]) => [`${phase}Ms`, Math.round(ms * 1000) / 1000]));
