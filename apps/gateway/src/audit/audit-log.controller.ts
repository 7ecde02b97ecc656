import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { principalOf } from '../http/principal';
import { AuditLog } from './audit-log';
import { parseLogPath } from './log-path';

const PREFIX = 'v1/audit/log';

/** A tile of a given width never changes: who has it needs to ask no more. Not for caches that others share. */
const FOREVER = 'private, max-age=31536000, immutable';

/**
 * The log over HTTP, by the paths of C2SP tlog-tiles below `/v1/audit/log`: verifiers that can send a bearer token read it as it
 * is.
 */
@Controller(PREFIX)
export class AuditLogController {
  constructor(private readonly log: AuditLog) {}

  @Get('checkpoint')
  @RequireAccess('audit:export')
  async checkpoint(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const note = await this.log.checkpoint(principalOf(request));
    void reply.header('content-type', 'text/plain; charset=utf-8').header('cache-control', 'no-cache').send(note);
  }

  @Get('key')
  @RequireAccess('audit:export')
  async key(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = await this.log.key(principalOf(request));
    void reply.header('content-type', 'text/plain; charset=utf-8').header('cache-control', 'no-cache').send(`${key}\n`);
  }

  @Get('tile/*')
  @RequireAccess('audit:export')
  async tile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const rest = (request.params as { '*'?: string })['*'] ?? '';
    const bytes = await this.log.bytes(principalOf(request), parseLogPath(`tile/${rest}`));
    void reply
      .header('content-type', 'application/octet-stream')
      // The same path is another log for another tenant: a browser in which somebody else signs in asks anew.
      .headers({ 'cache-control': FOREVER, vary: 'authorization, cookie' })
      .send(bytes);
  }
}
