import { Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { callerSignal } from '../http/caller-signal';
import { principalOf } from '../http/principal';
import { tellDecision } from '../http/explain';
import { readJson } from '../http/json-body';
import { sendStored } from '../results/send-stored';
import { parseJson } from '../intake/parse-json-body';
import { parseWith } from '../http/parse-with';
import { JobRegistry } from '../jobs/job-registry';
import { startJob } from '../jobs/start-job';
import { streamJob } from '../jobs/stream-job';
import { readHeaders } from '../openai/request-headers';
import { SESSION_LIMITS } from './limits';
import { sessionSchema, turnSchema } from './session-schema';
import { Sessions, type ShownSession } from './sessions';
import { Turns } from './turns';

/** What is to be known of an answer beside its recorded bytes. */
const WARNING = 'x-medserve-warning';

/** Conversations that the platform keeps: a system prompt and a model once, then turn by turn. */
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly turns: Turns,
    private readonly jobs: JobRegistry,
  ) {}

  @Post()
  @RequireAccess('infer', SMALL_BODY)
  async open(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const session = await this.sessions.open(principalOf(request), readJson(request, sessionSchema));
    void reply.code(201).header('location', `/v1/sessions/${session.id}`).send(session);
  }

  @Get(':id')
  @RequireAccess('infer')
  show(@Param('id') id: string, @Req() request: FastifyRequest): Promise<ShownSession> {
    return this.sessions.show(principalOf(request), id);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireAccess('infer')
  close(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    return this.sessions.close(principalOf(request), id);
  }

  /** The answer, or with `stream` the events of its job: the words as they are written, then where the answer is. */
  @Post(':id/turns')
  @RequireAccess('infer', { bodyBytes: SESSION_LIMITS.bodyBytes, asksModel: true })
  async turn(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const signal = callerSignal(reply);
    const headers = readHeaders(request);
    const wishes = parseWith(turnSchema, parseJson(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)));
    const asked = { session: id, wishes, headers, signal };
    await this.turns.answer(principalOf(request), asked, async ({ prepared, road }) => {
      if (wishes.stream) {
        const { id: job, ended } = await startJob(road, this.jobs, prepared, request.ticket);
        // One whose key was used before may have ended long ago.
        await streamJob(reply, job, this.jobs, this.jobs.isRunning(job) ? undefined : await ended);
        // It goes on when its caller hangs up; how it ended was told.
        await ended.catch(() => undefined);
        return;
      }
      const { id: answered, ended } = await road.accept(prepared, { signal, ticket: request.ticket, door: 'sessions' });
      const end = await ended;
      tellDecision(reply, end.decision);
      if (end.isForgotten) void reply.header(WARNING, 'the answer is on record, and not remembered by the session');
      void reply.header('server-timing', prepared.times.serverTiming());
      sendStored(reply, answered, end);
    });
  }
}
