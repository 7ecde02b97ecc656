import type { IncomingMessage } from 'node:http';
import type { GenerationDelta } from '@medserve/clinical';
import { RUN_LOST, ServingError } from '@medserve/errors';
import type { AnswerBuilder } from './answer-builder';
import { chunkSchema, type ChatChunk } from './chat-chunk';
import { OversizedEventError, ServerSentEvents, type ServerSentEvent } from './server-sent-events';
import { failureInStream, type FailureContext } from './upstream-failure';

/** A chunk with the most likely tokens of several choices is a few tens of kilobytes. */
const MAX_EVENT_BYTES = 1 << 20;

export interface StreamRules extends FailureContext {
  /** How long the server may say nothing, in milliseconds. */
  readonly silenceMs: number;
}

const brokenOff = (cause?: unknown): ServingError =>
  new ServingError('inference_failed', 'The server of the pool broke off its answer.', { ...RUN_LOST, cause });

const garbage = (cause?: unknown): ServingError =>
  new ServingError('inference_failed', 'The server of the pool answers what is no stream of chunks.', { cause });

function jsonOf(event: ServerSentEvent): unknown {
  try {
    return JSON.parse(event.data);
  } catch (error) {
    throw garbage(error);
  }
}

function chunkOf(event: ServerSentEvent, rules: StreamRules): ChatChunk {
  const body = jsonOf(event);
  const isError =
    event.event === 'error' ||
    (typeof body === 'object' &&
      body !== null &&
      ('error' in body || (body as { object?: unknown }).object === 'error'));
  if (isError) throw failureInStream(body, rules);
  const parsed = chunkSchema.safeParse(body);
  if (!parsed.success) throw garbage(parsed.error);
  return parsed.data;
}

/** Bytes of the answer as they come; reading stops while nobody takes them, and with it, in time, the server. */
async function* bytesOf(answer: IncomingMessage, silenceMs: number): AsyncGenerator<Uint8Array> {
  const silent = setTimeout(() => {
    answer.destroy(brokenOff(new Error('the server said nothing for too long')));
  }, silenceMs);
  try {
    for await (const bytes of answer as AsyncIterable<Buffer>) {
      silent.refresh();
      yield bytes;
    }
  } catch (error) {
    throw error instanceof ServingError ? error : brokenOff(error);
  } finally {
    clearTimeout(silent);
    answer.destroy();
  }
}

/**
 * Reads an answer's stream to its end into `builder`. Some servers end without `[DONE]`: an answer is whole when each choice has
 * said why it ended.
 *
 * @param onDelta is told what each chunk added
 * @returns the usage that the server told, if it did
 * @throws ServingError `inference_failed` for what breaks off or is no stream; what an error event says
 */
export async function readChatStream(
  answer: IncomingMessage,
  builder: AnswerBuilder,
  rules: StreamRules,
  onDelta: (delta: GenerationDelta) => void,
): Promise<ChatChunk['usage']> {
  const events = new ServerSentEvents(MAX_EVENT_BYTES);
  let usage: ChatChunk['usage'];
  try {
    for await (const bytes of bytesOf(answer, rules.silenceMs)) {
      for (const event of events.push(bytes)) {
        if (event.data.trim() === '[DONE]') return usage;
        const chunk = chunkOf(event, rules);
        for (const delta of builder.take(chunk)) onDelta(delta);
        usage = chunk.usage ?? usage;
      }
    }
  } catch (error) {
    throw error instanceof OversizedEventError ? garbage(error) : error;
  }
  return usage;
}
