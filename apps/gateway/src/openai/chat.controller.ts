import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { callerSignal } from '../http/caller-signal';
import { principalOf } from '../http/principal';
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
  @RequireAccess('infer', { bodyBytes: OPENAI_LIMITS.bodyBytes, asksModel: true })
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
    const { include_usage: atEnd, continuous_usage_stats: always } = body.stream_options ?? {};
    const usage = { atEnd: atEnd === true, always: always === true };
    const answer = body.stream ? answerByEvents : answerWhole;
    try {
      await answer(this.road, reply, { prepared, head, usage, streams: this.streams, signal });
    } finally {
      prepared.release();
    }
  }
}
