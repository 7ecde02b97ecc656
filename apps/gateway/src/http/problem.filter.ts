import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ServingError, toServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';
import { bodyLimitOf, type RouteWords } from './access';
import type { Refusals } from './refusals';

/** Understands what handlers and the framework throw. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly refusals: Pick<Refusals, 'refuse'>,
    private readonly bodyLimitBytes: number,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const words = reply.request.routeOptions.config as RouteWords;
    void this.refusals.refuse(reply, this.understand(thrown, bodyLimitOf(words, this.bodyLimitBytes)));
  }

  private understand(thrown: unknown, limitBytes: number): ServingError {
    const { code, statusCode } = (thrown ?? {}) as { code?: unknown; statusCode?: unknown };
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || code === 'FST_REQ_FILE_TOO_LARGE') {
      return bodyTooLarge(limitBytes);
    }
    if (thrown instanceof HttpException) return this.understandStatus(thrown, limitBytes);
    if (typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number' && statusCode < 500) {
      return new ServingError('invalid_request', 'The HTTP request is not well formed.', { cause: thrown });
    }
    return toServingError(thrown);
  }

  /** Nest wraps what Fastify throws before a handler runs; of the original only the status is left. */
  private understandStatus(thrown: HttpException, limitBytes: number): ServingError {
    const status = thrown.getStatus();
    if (status === 404) return new ServingError('not_found', 'There is nothing under this path.');
    if (status === 413) return bodyTooLarge(limitBytes);
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
}

const bodyTooLarge = (limitBytes: number): ServingError =>
  new ServingError('too_large', 'The body is too large.', { limit: `body: ${String(limitBytes)} bytes` });
