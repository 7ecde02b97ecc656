import type { GenerationResult } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';
import type { Dispatched } from '../infer/ports';
import type { Ended, Prepared } from '../infer/prepared';
import type { Road } from '../infer/road';
import type { PreparedChat } from './chat-preparation';
import { ChatStream, DONE, event, type ToldUsage } from './chat-stream';
import { EVENT_STREAM } from '../http/event-stream';
import { errorObject } from './error-object';
import { ReplyEvents } from './reply-events';
import { tellRequestIds } from '../http/request-id';
import { sendOpenAiError } from './send-openai-error';
import { endOf, sendWhole } from './send-whole';
import type { StreamBudget } from './stream-budget';
import { chatCompletion, type AnswerHead } from './spell-answer';

export interface ChatAnswer {
  readonly prepared: PreparedChat;
  readonly head: AnswerHead;
  readonly usage: ToldUsage;
  readonly streams: StreamBudget;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

/** How the router chose, where that was asked: known at the end only, so that it stands in a comment and not in a header. */
const decisionOf = ({ decision }: Ended): Buffer[] =>
  decision === undefined ? [] : [Buffer.from(`: x-medserve-decision ${decision}\n\n`)];

function generationOf({ generation }: Dispatched): GenerationResult {
  if (generation !== undefined) return generation;
  throw new ServingError('inference_failed', 'The model wrote nothing.');
}

/** How long after its deadline an answer may still be read that was written in time: then it is taken for abandoned. */
const LATE_READER_MS = 60_000;

/** Answers at once. */
export function answerWhole(
  road: Pick<Road, 'accept'>,
  reply: FastifyReply,
  { prepared, head, signal }: ChatAnswer,
): Promise<void> {
  const { toolChoice } = prepared.generation;
  const compose: Prepared['compose'] = ({ done }) => chatCompletion(head, generationOf(done), toolChoice, done.model);
  return sendWhole(road, reply, { ...prepared, compose }, signal);
}

/** Answers while it is written; what fails before anything has left is refused as if it were not. */
export async function answerByEvents(
  road: Pick<Road, 'accept'>,
  reply: FastifyReply,
  { prepared, head, usage, streams, signal }: ChatAnswer,
): Promise<void> {
  const { request } = reply;
  const { choices, toolChoice } = prepared.generation;
  const readWithinMs = Math.max(0, prepared.deadlineAtMs - performance.now()) + LATE_READER_MS;
  // Of a repeated idempotency key it is the first request that is on record.
  let recorded = prepared.subject.request;
  const tellHeaders = (): void => {
    tellRequestIds(reply, recorded);
    request.tellStandings?.(reply);
  };
  const events = new ReplyEvents(reply, { tellHeaders, readWithinMs }, () => {
    stream.flush();
  });
  const share = streams.open();
  const onFirst = (): void => {
    prepared.times.note('firstToken', prepared.times.totalMs);
  };
  const stream = new ChatStream(head, { choices, toolChoice, usage, share, onFirst }, events);
  const streamed: Prepared = {
    ...prepared,
    contentType: EVENT_STREAM,
    stop: stream.stop,
    onDelta: (delta) => {
      stream.onDelta(delta);
    },
    compose: ({ done }) => stream.compose(generationOf(done), done.model),
    composeCutOff: (error) => stream.cutOff(error),
  };
  try {
    const { id, ended } = await road.accept(streamed, { signal, ticket: request.ticket, door: 'openai' });
    recorded = id;
    events.start();
    const end = await endOf(ended);
    sendEnd(reply, events, stream.sentBytes, end, id);
  } catch (error) {
    events.leave();
    throw error;
  } finally {
    // What is on record may still be on its way to a slow reader.
    if (reply.raw.closed) share.close();
    else
      reply.raw.once('close', () => {
        share.close();
      });
  }
}

/** What has not left yet of an answer that is on record, or why there is no more of it. */
function sendEnd(
  reply: FastifyReply,
  events: ReplyEvents,
  sentBytes: number,
  end: Ended | ServingError,
  id: string,
): void {
  if (!(end instanceof ServingError)) {
    events.end(Buffer.concat([end.bytes.subarray(sentBytes), ...decisionOf(end), DONE]));
  } else if (events.hasBegun) {
    events.end(Buffer.concat([event({ error: errorObject(end) }), DONE]));
  } else {
    events.leave();
    sendOpenAiError(reply, end, id);
  }
}
