import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ServingError, toServingError } from '@medserve/errors';
import type { Instruments, Logger } from '@medserve/runtime';
import type { FastifyReply } from 'fastify';
import { tellDenied } from '../audit/denied-request';
import type { Denials } from '../audit/denials';
import { sendRefusal } from './send-refusal';

/** The one place where what was thrown becomes an HTTP answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly instruments: Instruments,
    private readonly bodyLimitBytes: number,
    private readonly denials: Pick<Denials, 'of' | 'unknown'>,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = this.understand(thrown);
    this.instruments.refusals.inc({ reason: error.reason });
    if (error.category === 'internal') {
      this.logger.error('a request failed by a mistake of ours', {
        requestId: reply.request.id,
        error: error.cause ?? error,
      });
    }
    void this.refuse(reply, error);
  }

  /** Who was refused for want of a right is on record before they hear of it. */
  private async refuse(reply: FastifyReply, error: ServingError): Promise<void> {
    if (error.category === 'forbidden') await tellDenied(this.denials, reply.request, error);
    if (!reply.sent) sendRefusal(reply, error);
  }

  private understand(thrown: unknown): ServingError {
    const { code, statusCode } = (thrown ?? {}) as { code?: unknown; statusCode?: unknown };
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || code === 'FST_REQ_FILE_TOO_LARGE') {
      return this.bodyTooLarge();
    }
    if (thrown instanceof HttpException) return this.understandStatus(thrown);
    if (typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' && statusCode < 500) {
      return new ServingError('invalid_request', 'The HTTP request is not well formed.', { cause: thrown });
    }
    return toServingError(thrown);
  }

  /** Nest wraps what Fastify throws before a handler runs; of the original only the status is left. */
  private understandStatus(thrown: HttpException): ServingError {
    const status = thrown.getStatus();
    if (status === 404) return new ServingError('not_found', 'There is nothing under this path.');
    if (status === 413) return this.bodyTooLarge();
    if (status === 415) {
      return new ServingError('unsupported_media', 'The header Content-Type is not a media type.', {
        field: 'Content-Type',
      });
    }
    if (status < 500) {
      return new ServingError('invalid_request', 'The HTTP request is not well formed.', { cause: thrown });
    }
    return toServingError(thrown);
  }

  private bodyTooLarge(): ServingError {
    return new ServingError('too_large', 'The body is too large.', {
      limit: `body: ${String(this.bodyLimitBytes)} bytes`,
    });
  }
}
