import { z } from 'zod';
import { isPage } from '../http/is-page';
import { judgeFailure } from '../http/judge-reply';
import type { Reply } from '../http/post';
import type { Sent } from '../sent';
import { judgeContended } from './judge-contended';

/** As much of FHIR R4 as says that something was not done. */
const outcomeSchema = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z.array(z.object({ severity: z.string(), code: z.string().optional() })),
});
const responseSchema = z.object({
  resourceType: z.literal('Bundle'),
  type: z.enum(['transaction-response', 'batch-response']),
  entry: z.array(z.object({ response: z.object({ status: z.string() }).optional() })).default([]),
});

/** Issue types below `transient`: the same may go through later (FHIR R4, valueset-issue-type). */
const TRANSIENT = new Set(['transient', 'lock-error', 'no-store', 'exception', 'timeout', 'incomplete', 'throttled']);

/**
 * What a 2xx to a transaction means. The success of one is 200 with a Bundle of type `transaction-response` (FHIR R4, http.html
 * 3.1.0.11.1); servers also answer with nothing at all, or with words of their own. So what arrived is all of which nobody says otherwise.
 */
export function judgeSuccess(reply: Reply): Sent {
  const status = String(reply.status);
  if (isPage(reply)) return { kind: 'refused', reason: 'bad_answer', status };
  const said = readJson(reply);
  if (said === 'broken') return { kind: 'refused', reason: 'bad_answer', status };
  const outcome = outcomeSchema.safeParse(said);
  if (outcome.success) return judgeOutcome(outcome.data, status);
  const response = responseSchema.safeParse(said);
  return response.success ? judgeEntries(response.data) : { kind: 'delivered' };
}

/** `broken`: it is said to be JSON, and is none. */
function readJson({ headers, body, isWhole }: Reply): unknown {
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    const isSaid = /^application\/([\w.-]+\+)?json\b/i.test(headers['content-type'] ?? '');
    return isSaid && isWhole && body.length > 0 ? 'broken' : undefined;
  }
}

function judgeOutcome({ issue }: z.output<typeof outcomeSchema>, status: string): Sent {
  const errors = issue.filter(({ severity }) => severity === 'error' || severity === 'fatal');
  if (errors.length === 0) return { kind: 'delivered' };
  return errors.every(({ code = '' }) => TRANSIENT.has(code))
    ? { kind: 'retry', reason: 'receiver_failed', status }
    : { kind: 'refused', reason: 'content_refused', status };
}

/** Sent again is the whole of it: what was taken is left as it was. So the first that will never be taken speaks for all. */
function judgeEntries({ entry }: z.output<typeof responseSchema>): Sent {
  const failed = entry.map(({ response }) => judgeEntry(response?.status)).filter(({ kind }) => kind !== 'delivered');
  return failed.find(({ kind }) => kind === 'refused') ?? failed[0] ?? { kind: 'delivered' };
}

/** @param written `Bundle.entry.response.status`: a code, and words that may follow it */
function judgeEntry(written: string | undefined): Sent {
  const [status = ''] = /^\d{3}(?!\d)/.exec(written?.trim() ?? '') ?? [];
  if (/^2/.test(status)) return { kind: 'delivered' };
  // No status: it is not said that it is there.
  if (status === '') return { kind: 'refused', reason: 'bad_answer' };
  const judged = judgeContended(judgeFailure({ status: Number(status), headers: {} }));
  // Whatever it lacks for one entry: it is there, and answers.
  return judged.kind === 'retry' ? { kind: 'retry', reason: 'receiver_failed', status } : judged;
}
