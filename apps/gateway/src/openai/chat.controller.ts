import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { callerSignal } from '../http/caller-signal';
import { principalOf } from '../http/default-deny';
import { Road } from '../infer/road';
import { answerByEvents, answerWhole } from './chat-answers';
import { ChatPreparation } from './chat-preparation';
import { chatSchema } from './chat-schema';
import { OPENAI_LIMITS } from './limits';
import { readBody } from './read-body';
import { readHeaders } from './request-headers';
import { completionId } from './spell-answer';
import { StreamBudget } from './stream-budget';

/** `POST /v1/chat/completions`, at once or as it is written. */
@Controller('v1/chat/completions')
export class ChatController {
  constructor(
    private readonly preparation: ChatPreparation,
    private readonly road: Road,
    private readonly streams: StreamBudget,
  ) {}

  @Post()
  @RequireAccess('infer', { bodyBytes: OPENAI_LIMITS.bodyBytes })
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const signal = callerSignal(reply);
    const wishes = readHeaders(request);
    const body = readBody(request, chatSchema);
    const prepared = await this.preparation.prepare(principalOf(request), body, wishes, signal);
    const head = {
      id: completionId(prepared.subject.request),
      created: Math.floor(Date.now() / 1000),
      model: body.model,
    };
    const includeUsage = body.stream_options?.include_usage === true;
    const answer = body.stream ? answerByEvents : answerWhole;
    try {
      await answer(this.road, reply, { prepared, head, includeUsage, streams: this.streams, signal });
    } finally {
      prepared.release();
    }
  }
}
