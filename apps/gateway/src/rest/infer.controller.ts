import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PATIENT_KEY, readPatientKey } from '../privacy/patient-key';
import { ImagePreparation } from '../infer/prepare-image';
import { DEFAULT_LIMITS } from '../infer/limits';
import type { Ended, Prepared } from '../infer/prepared';
import { Road } from '../infer/road';
import { parseHttpRequest } from '../intake/parse-http-request';
import { parsePrefer, preferenceApplied } from '../intake/prefer';
import { JobRegistry } from '../jobs/job-registry';
import { sendJob } from '../jobs/send-job';
import { startJob } from '../jobs/start-job';
import { within } from '../infer/within';
import { earlierFiles } from '../files/earlier-files';
import { UploadedFiles } from '../files/uploaded-files';
import type { Ticket } from '../quotas/ticket';
import { RequireAccess } from '../http/access';
import { callerSignal } from '../http/caller-signal';
import { principalOf } from '../http/principal';
import { tellDecision, wantsDecision } from '../http/explain';
import { sendStored } from '../results/send-stored';

interface Outcome {
  readonly id: string;
  /** Absent: the caller gets a job in place of the answer. */
  readonly end: Ended | undefined;
}

@Controller('v1/infer')
export class InferController {
  constructor(
    private readonly preparation: ImagePreparation,
    private readonly road: Road,
    private readonly jobs: JobRegistry,
    private readonly uploads: UploadedFiles,
  ) {}

  @Post()
  @RequireAccess('infer', { asksModel: true })
  async infer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const signal = callerSignal(reply);
    const isExplained = wantsDecision(request);
    const prefer = parsePrefer(request.headers['prefer']);
    const patientKey = readPatientKey(request.headers[PATIENT_KEY]);
    const inference = await parseHttpRequest(request, DEFAULT_LIMITS, earlierFiles(this.uploads, request));
    tellApplied(reply, preferenceApplied(prefer, false));
    const prepared = await this.preparation.prepare(principalOf(request), { ...inference, prefer, patientKey }, signal);
    const order = isExplained ? { ...prepared.order, wantsDecision: true } : prepared.order;
    const outcome = await this.outcome({ ...prepared, order }, signal, request.ticket);
    const { id, end } = outcome;
    if (end === undefined) {
      tellApplied(reply, preferenceApplied(prefer, true));
      sendJob(reply, outcome);
      return;
    }
    tellDecision(reply, end.decision);
    void reply.header('server-timing', prepared.times.serverTiming());
    sendStored(reply, id, end);
  }

  private async outcome(prepared: Prepared, signal: AbortSignal, ticket: Ticket | undefined): Promise<Outcome> {
    const { jobAfterMs } = prepared;
    if (jobAfterMs === undefined) {
      const { id, ended } = await this.road.accept(prepared, { signal, ticket, door: 'rest' });
      return { id, end: await ended };
    }
    const { id, ended, before } = await startJob(this.road, this.jobs, prepared, ticket);
    return { id, end: await within(ended, jobAfterMs), ...(before === undefined ? {} : { before }) };
  }
}

function tellApplied(reply: FastifyReply, applied: string | undefined): void {
  if (applied !== undefined) void reply.header('preference-applied', applied);
}
