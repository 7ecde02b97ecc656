import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuditedResults } from '../audit/audited-results';
import { PATIENT_KEY, readPatientKey } from '../caching/patient-key';
import { ImagePreparation } from '../infer/prepare-image';
import { DEFAULT_LIMITS } from '../infer/limits';
import { PROBLEM_TYPE } from '../infer/problem';
import { Road } from '../infer/road';
import { EVENT_STREAM } from '../openai/chat-stream';
import { parseHttpRequest } from '../intake/parse-http-request';
import { JobRegistry } from '../jobs/job-registry';
import { sendJob } from '../jobs/send-job';
import { startJob } from '../jobs/start-job';
import { streamJob } from '../jobs/stream-job';
import { RequireAccess } from './access';
import { callerSignal } from './caller-signal';
import { principalOf } from './default-deny';

@Controller('v1/jobs')
export class JobsController {
  constructor(
    private readonly preparation: ImagePreparation,
    private readonly road: Road,
    private readonly jobs: JobRegistry,
    private readonly results: AuditedResults,
  ) {}

  /** Refuses what cannot be accepted at once, as `/v1/infer` does; what is accepted goes on when the caller hangs up. */
  @Post()
  @RequireAccess('infer')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Before the body is read and decoded, too: most of the work is in that.
    this.jobs.ensureRoom();
    const patientKey = readPatientKey(request.headers[PATIENT_KEY]);
    const inference = await parseHttpRequest(request, DEFAULT_LIMITS);
    const order = { ...inference, patientKey };
    const prepared = await this.preparation.prepare(principalOf(request), order, callerSignal(reply));
    const { id } = await startJob(this.road, this.jobs, prepared, request.ticket);
    sendJob(reply, id);
  }

  @Get(':id')
  @RequireAccess('result:read')
  async show(@Param('id') id: string, @Req() request: FastifyRequest): Promise<unknown> {
    const by = principalOf(request);
    const running = this.jobs.find(by, id);
    if (running !== undefined) return { id, status: 'running', ...running.progress };
    const ended = await this.results.read(by, id);
    if (ended.contentType === EVENT_STREAM) return { id, status: ended.status ?? 'completed', percent: 100 };
    const document: unknown = JSON.parse(ended.bytes.toString('utf8'));
    return ended.contentType === PROBLEM_TYPE
      ? { id, status: 'failed', percent: 100, problem: document }
      : { id, status: 'completed', percent: 100, result: document };
  }

  /** Server-sent events: `progress` with phase, percent and the expected time, then `completed` or `failed`, and the stream ends. */
  @Get(':id/events')
  @RequireAccess('result:read')
  async events(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = principalOf(request);
    const isRunning = this.jobs.find(by, id) !== undefined;
    // How it ended is told here, and where the answer is; the answer itself is read there.
    const ended = isRunning ? undefined : await this.results.ended(by, id);
    if (reply.raw.destroyed) throw new ServingError('cancelled', 'The caller went away.');
    await streamJob(reply, id, this.jobs, ended);
  }
}
