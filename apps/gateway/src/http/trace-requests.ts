import { withSpan, type OpenSpan, type Tracer } from '@medserve/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from './access';

const asksAModel = ({ routeOptions }: FastifyRequest): boolean =>
  (routeOptions.config as { access?: Access }).access === 'infer';

/** Of an answer that no caller waited for, there is no status; proxies have this one for it. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * Traces what asks a model, from its head to the last byte of its answer, as its caller's `traceparent` says (W3C Trace Context) or
 * anew. Stands before every other hook: what is refused is traced as well.
 */
export function traceRequests(server: FastifyInstance, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  server.addHook('onRequest', (request, reply, done) => {
    if (asksAModel(request)) {
      const span = tracer.accept(request.headers['traceparent']);
      if (span !== undefined) {
        spans.set(request, span);
        reply.raw.once('close', () => {
          endOf(span, request, reply);
        });
      }
    }
    done();
  });
  // Not before: what reads the body runs for the connection, not for the request.
  server.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else withSpan(span, done);
  });
}

function endOf(span: OpenSpan, { method, routeOptions }: FastifyRequest, { raw }: FastifyReply): void {
  const status = raw.writableFinished ? raw.statusCode : CLIENT_CLOSED_REQUEST;
  span.note({
    'http.request.method': method,
    'http.route': routeOptions.url ?? '',
    'http.response.status_code': status,
  });
  span.end({ isError: status >= 500 });
}
