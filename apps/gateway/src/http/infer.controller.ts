import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ImagePreparation } from '../infer/prepare-image';
import { DEFAULT_LIMITS } from '../infer/limits';
import { Road } from '../infer/road';
import { parseHttpRequest } from '../intake/parse-http-request';
import { RequireAccess } from './access';
import { callerSignal } from './caller-signal';
import { principalOf } from './default-deny';
import { tellDecision, wantsDecision } from './explain';
import { sendStored } from './send-stored';

@Controller('v1/infer')
export class InferController {
  constructor(
    private readonly preparation: ImagePreparation,
    private readonly road: Road,
  ) {}

  @Post()
  @RequireAccess('infer')
  async infer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const signal = callerSignal(reply);
    const isExplained = wantsDecision(request);
    const inference = await parseHttpRequest(request, DEFAULT_LIMITS);
    const prepared = await this.preparation.prepare(principalOf(request), inference, signal);
    const order = isExplained ? { ...prepared.order, wantsDecision: true } : prepared.order;
    const { id, ended } = await this.road.accept({ ...prepared, order }, { signal });
    const end = await ended;
    tellDecision(reply, end.decision);
    sendStored(reply, id, end);
  }
}
