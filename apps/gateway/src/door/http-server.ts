import 'reflect-metadata';
import type { Server as TlsServer } from 'node:tls';
import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ServingError } from '@medserve/errors';
import type { Closable, Instruments, Logger } from '@medserve/runtime';
import type { DoorTls } from '@medserve/rpc';
import type { Authenticator } from '@medserve/security';
import { newEventId } from '@medserve/events';
import { tellDenied } from '../activities/denied-request';
import { serveConsole, showMissingPage, type ConsoleFiles } from '../console';
import { GatewayModule, type GatewayParts } from './gateway.module';
import type { RequestLimits } from '../infer/limits';
import { admitInferences, type DoorOfHttp } from '../quotas/http-door';
import { budgetBodies, type BodyBudget } from '../http/body-budget';
import { asksNobody, bodyLimitOf, isStreamed, type Access, type RouteWords } from '../http/access';
import { denyByDefault } from './default-deny';
import { endLateBodies, STREAMED_ARRIVAL_MS } from './late-bodies';
import { answerWrongMethods } from '../http/method-not-allowed';
import { readIdsInEitherCase } from '../http/ids-in-either-case';
import { ProblemFilter } from '../http/problem.filter';
import { answerBrokenClient, frameworkProblem } from './protocol-errors';
import { Refusals } from '../http/refusals';
import { sendRefusal } from './send-refusal';
import { StillKnown } from '../identity/still-known';
import { traceRequests } from '../http/trace-requests';
import { wantsWebSocket, WebSockets } from '../http/web-sockets';
import { answerOddHeads, askForBodies, LONGEST_LIST, refuseLongParts } from './whole-heads';
import { EVENT_CHANNELS } from '../workitems/resources';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** Absent: callers speak in the clear. */
  readonly tls?: DoorTls | undefined;
  readonly limits: RequestLimits;
  /** Shared with the other door: what it bounds is the memory of both. */
  readonly budget: BodyBudget;
  readonly parts: GatewayParts;
  /** The page that people look at; absent: there is none. */
  readonly console?: ConsoleFiles | undefined;
  readonly authenticator: Authenticator;
  readonly doorkeeper: DoorOfHttp;
  readonly instruments: Instruments;
  readonly logger: Logger;
}

/** A method of a path, and who may call it. */
export interface ServedRoute {
  readonly method: string;
  readonly path: string;
  readonly access: Access | undefined;
}

export interface HttpServer extends Closable {
  readonly url: string;
  /** All that it answers, as the framework registered it. */
  readonly routes: readonly ServedRoute[];
}

/** Of every answer: it is what its type says, and of what a caller sent nothing is run, should a browser be shown it. */
const DEFAULT_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
];

/**
 * Of an answer to somebody known that does not say otherwise: who comes by a cookie has a browser and proxies that would keep it for
 * whoever comes next.
 */
const HEADERS_OF_KNOWN: typeof DEFAULT_HEADERS = [...DEFAULT_HEADERS, ['cache-control', 'no-store']];

/** Starts the HTTP door. Bodies arrive as bytes: what they are is decided by who reads them, not by a parser in front. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, limits, instruments, logger, tls } = options;
  const connections = { shouldUpgradeCallback: wantsWebSocket(EVENT_CHANNELS), requireHostHeader: false };
  const common = {
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: LONGEST_LIST },
    requestIdHeader: false as const,
    genReqId: () => newEventId(),
    requestTimeout: STREAMED_ARRIVAL_MS,
    forceCloseConnections: 'idle' as const,
    return503OnClosing: false,
    frameworkErrors: frameworkProblem,
    clientErrorHandler: answerBrokenClient,
  };
  const adapter = new FastifyAdapter(
    tls === undefined
      ? { ...common, http: connections }
      : {
          ...common,
          https: { ...connections, ...tls.context, requestCert: tls.asksForCertificates, rejectUnauthorized: false },
        },
  );
  const webSockets = new WebSockets();
  const stillKnown = new StillKnown(options.authenticator, options.parts.sessionDoor);
  const gateway = GatewayModule.with(options.parts, { webSockets, stillKnown });
  const app = await NestFactory.create<NestFastifyApplication>(gateway, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const server = app.getHttpAdapter().getInstance();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  server.addContentTypeParser('multipart/related', (request, payload, done) => {
    const isTaken = isStreamed(request.routeOptions.config as RouteWords, request.headers['content-type']);
    if (isTaken) done(null, payload);
    else
      done(new ServingError('unsupported_media', 'This path takes no multipart/related.', { field: 'Content-Type' }));
  });
  await app.register(multipart, { throwFileSizeLimit: false });
  const { oversight } = options.parts;
  const refusals = new Refusals({
    instruments,
    logger,
    tellDenied: (request, error) => tellDenied(oversight.denials, request, error),
    send: sendRefusal,
  });
  traceRequests(server, instruments.tracer);
  webSockets.attach(server);
  // Before whatever refuses: the body of a refused request is to end in time, too.
  endLateBodies(server);
  answerOddHeads(server, refusals);
  refuseLongParts(server);
  readIdsInEitherCase(server);
  if (options.console !== undefined) showMissingPage(server, options.console);
  denyByDefault(server, options.authenticator, refusals, oversight, options.parts.sessionDoor);
  admitInferences(server, options.doorkeeper, refusals);
  budgetBodies(server, { budget: options.budget, limitBytes: limits.bodyBytes, refusals });
  const routes: ServedRoute[] = [];
  server.addHook('onRoute', (route) => {
    const words = (route.config ?? {}) as RouteWords;
    for (const method of [route.method].flat()) routes.push({ method, path: route.url, access: words.access });
    route.bodyLimit = bodyLimitOf(words, limits.bodyBytes);
  });
  const addWrongMethods = answerWrongMethods(server, refusals);
  askForBodies(server);
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (!reply.hasHeader('x-request-id')) reply.header('x-request-id', request.id);
    const headers = asksNobody(request.routeOptions.config as RouteWords) ? DEFAULT_HEADERS : HEADERS_OF_KNOWN;
    for (const [name, value] of headers) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    done();
  });
  app.useGlobalFilters(new ProblemFilter(refusals, limits.bodyBytes));
  await app.init();
  if (options.console !== undefined) serveConsole(server, options.console);
  addWrongMethods();
  await app.listen(options.port, host);
  const stopFollowing = tls?.follow((context) => {
    (app.getHttpServer() as unknown as TlsServer).setSecureContext(context);
  });
  const scheme = tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://${host}:${String(portOf(app))}`,
    routes,
    close: async () => {
      stopFollowing?.();
      await app.close();
    },
  };
}

function portOf(app: NestFastifyApplication): number {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('The HTTP server has no port.');
  return address.port;
}
