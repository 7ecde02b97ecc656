import 'reflect-metadata';
import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Closable, Instruments, Logger } from '@medserve/runtime';
import type { Authenticator } from '@medserve/security';
import { newEventId } from '@medserve/events';
import { GatewayModule, type GatewayParts } from '../gateway.module';
import type { RequestLimits } from '../infer/limits';
import { budgetBodies, type BodyBudget } from './body-budget';
import { denyByDefault } from './default-deny';
import { answerWrongMethods } from './method-not-allowed';
import { ProblemFilter } from './problem.filter';
import { answerBrokenClient, frameworkProblem } from './protocol-errors';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: RequestLimits;
  /** Shared with the other door: what it bounds is the memory of both. */
  readonly budget: BodyBudget;
  readonly parts: GatewayParts;
  readonly authenticator: Authenticator;
  readonly instruments: Instruments;
  readonly logger: Logger;
}

const REQUEST_TIMEOUT_MS = 120_000;

/** Of one part of a path, in characters: models may have long names. */
const LONGEST_PARAMETER = 256;

/** Starts the HTTP door. Bodies arrive as bytes: what they are is decided by who reads them, not by a parser in front. */
export async function startHttpServer(options: HttpServerOptions): Promise<Closable & { readonly url: string }> {
  const { host, limits, instruments, logger } = options;
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    requestIdHeader: false,
    genReqId: () => newEventId(),
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: frameworkProblem,
    clientErrorHandler: answerBrokenClient,
  });
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.with(options.parts), adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const server = app.getHttpAdapter().getInstance();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  await app.register(multipart, { throwFileSizeLimit: false });
  denyByDefault(server, options.authenticator, instruments);
  budgetBodies(server, { budget: options.budget, limitBytes: limits.bodyBytes, instruments });
  const addWrongMethods = answerWrongMethods(server);
  server.addHook('onSend', async (request, reply) => {
    if (!reply.hasHeader('x-request-id')) reply.header('x-request-id', request.id);
    return undefined;
  });
  app.useGlobalFilters(new ProblemFilter(logger, instruments, limits.bodyBytes));
  await app.init();
  addWrongMethods();
  await app.listen(options.port, host);
  return { url: `http://${host}:${String(portOf(app))}`, close: () => app.close() };
}

function portOf(app: NestFastifyApplication): number {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('The HTTP server has no port.');
  return address.port;
}
