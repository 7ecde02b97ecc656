import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { holdMore } from '../http/body-budget';
import { callerSignal } from '../http/caller-signal';
import { principalOf } from '../http/principal';
import { DEFAULT_LIMITS } from '../infer/limits';
import { parseHttpRequest } from '../intake/parse-http-request';
import { earlierFiles } from '../files/earlier-files';
import { UploadedFiles } from '../files/uploaded-files';
import { answerForm } from './answer-form';
import { Inspection } from './inspection';
import { sendInspected } from './send-inspected';

/** `POST /v1/inspect`: what an image is and what could be asked of it, before anything is. */
@Controller('v1/inspect')
export class InspectController {
  constructor(
    private readonly inspection: Inspection,
    private readonly uploads: UploadedFiles,
  ) {}

  @Post()
  @HttpCode(200)
  @RequireAccess('infer', { asksModel: true })
  async inspect(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const signal = callerSignal(reply);
    const form = answerForm(request.headers.accept);
    const image = await parseHttpRequest(request, DEFAULT_LIMITS, earlierFiles(this.uploads, request));
    const inspected = await this.inspection.inspect(principalOf(request), image, {
      asNifti: form !== 'description',
      // Slow readers hold pixels: they count as their bodies do.
      hold: (bytes) => {
        holdMore(request, bytes);
      },
      signal,
    });
    sendInspected(reply, inspected, form === 'pixels');
  }
}
