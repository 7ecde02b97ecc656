import type { Sent } from '../sent';

/** Resources that others change at the same moment: the next attempt finds them at rest (FHIR R4, http.html 3.1.0.11.2). */
const CONTENDED = new Set(['409', '412']);

/** A refusal that is none for good, where FHIR says more by a status than HTTP does. */
export const judgeContended = (sent: Sent): Sent =>
  sent.kind === 'refused' && sent.status !== undefined && CONTENDED.has(sent.status)
    ? { kind: 'retry', reason: 'receiver_failed', status: sent.status }
    : sent;
