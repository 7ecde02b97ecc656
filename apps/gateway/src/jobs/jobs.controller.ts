import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuditedResults } from '../records/audited-results';
import { PATIENT_KEY, readPatientKey } from '../privacy/patient-key';
import { ImagePreparation } from '../infer/prepare-image';
import { DEFAULT_LIMITS } from '../infer/limits';
import { PROBLEM_TYPE } from '../http/problem';
import { Road } from '../infer/road';
import { EVENT_STREAM } from '../http/event-stream';
import { earlierFiles } from '../files/earlier-files';
import { UploadedFiles } from '../files/uploaded-files';
import { parseHttpRequest } from '../intake/parse-http-request';
import { parseWith } from '../http/parse-with';
import { JobCancellation } from './job-cancellation';
import { JobList, jobsQuery, type JobsPage } from './job-list';
import { JobRegistry } from './job-registry';
import { FAR_AWAY, JobsElsewhere } from './jobs-elsewhere';
import { sendJob } from './send-job';
import { startJob } from './start-job';
import { streamJob } from './stream-job';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { callerSignal } from '../http/caller-signal';
import { principalOf } from '../http/principal';

@Controller('v1/jobs')
export class JobsController {
  constructor(
    private readonly preparation: ImagePreparation,
    private readonly road: Road,
    private readonly jobs: JobRegistry,
    private readonly uploads: UploadedFiles,
    private readonly results: AuditedResults,
    private readonly jobList: JobList,
    private readonly cancellation: JobCancellation,
    private readonly elsewhere: JobsElsewhere,
  ) {}

  /** Every accepted request of the tenant, whichever door it came by, the newest first. */
  @Get()
  @RequireAccess('result:read')
  list(@Query() query: unknown, @Req() request: FastifyRequest): Promise<JobsPage> {
    return this.jobList.list(principalOf(request), parseWith(jobsQuery, query));
  }

  /** Refuses what cannot be accepted at once, as `/v1/infer` does; what is accepted goes on when the caller hangs up. */
  @Post()
  @RequireAccess('infer', { asksModel: true })
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Before the body is read and decoded, too: most of the work is in that.
    this.jobs.ensureRoom();
    const patientKey = readPatientKey(request.headers[PATIENT_KEY]);
    const inference = await parseHttpRequest(request, DEFAULT_LIMITS, earlierFiles(this.uploads, request));
    const order = { ...inference, patientKey };
    const prepared = await this.preparation.prepare(principalOf(request), order, callerSignal(reply));
    sendJob(reply, await startJob(this.road, this.jobs, prepared, request.ticket));
  }

  @Get(':id')
  @RequireAccess('result:read')
  async show(@Param('id') id: string, @Req() request: FastifyRequest): Promise<unknown> {
    const by = principalOf(request);
    const running = this.jobs.find(by, id);
    if (running !== undefined) return { id, status: 'running', ...running.progress };
    if (await this.elsewhere.isRunning(by, id)) return { id, status: 'running', ...FAR_AWAY };
    const ended = await this.results.read(by, id);
    if (ended.contentType === EVENT_STREAM) return { id, status: ended.status ?? 'completed', percent: 100 };
    const document: unknown = JSON.parse(ended.bytes.toString('utf8'));
    return ended.contentType === PROBLEM_TYPE
      ? { id, status: ended.status ?? 'failed', percent: 100, problem: document }
      : { id, status: 'completed', percent: 100, result: document };
  }

  /** Ends a job that runs, at whichever gateway; one that has ended stays as it is, and says how. 202: it ends in a moment. */
  @Post(':id/cancel')
  @RequireAccess('infer', SMALL_BODY)
  async cancel(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = principalOf(request);
    const job = this.jobList.shown(by, await this.cancellation.cancel(by, id));
    void reply.code(job.state === 'running' ? 202 : 200).send(job);
  }

  /** Server-sent events: `progress` with phase, percent and the expected time, then `completed` or `failed`, and the stream ends. */
  @Get(':id/events')
  @RequireAccess('result:read')
  async events(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = principalOf(request);
    const isHere = this.jobs.find(by, id) !== undefined;
    const isElsewhere = !isHere && (await this.elsewhere.isRunning(by, id));
    // How it ended is told here, and where the answer is; the answer itself is read there.
    const ended = isHere || isElsewhere ? undefined : await this.results.ended(by, id);
    if (reply.raw.destroyed) throw new ServingError('cancelled', 'The caller went away.');
    await streamJob(reply, id, isElsewhere ? this.elsewhere.watchedBy(by) : this.jobs, ended);
  }
}
