import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { RequestWishes } from './inference-request';

/**
 * Stands for "the same request": its wishes in canonical form (RFC 8785) and the hashes of its inputs in sending order.
 * The deadline is left out: a retry with another patience is still the same request.
 */
export function fingerprint(wishes: RequestWishes, inputSha256: readonly string[]): Buffer {
  const { task, modality, model, fallback, question, parameters, class: urgency, allowMismatch } = wishes;
  const text = canonicalize({
    task,
    modality,
    model,
    fallback,
    question,
    parameters,
    urgency,
    allowMismatch,
    inputSha256,
  });
  return hash('sha256', text ?? '', 'buffer');
}
