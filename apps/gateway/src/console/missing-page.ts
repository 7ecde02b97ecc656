import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CONSOLE_PAGES } from './pages';
import type { ConsoleFiles } from './read-console';
import { sendFile } from './send-file';

/** `//host` and `/\host` are other hosts to a browser (WHATWG URL, relative slash state): of them there is no page. */
const OTHER_HOST = /^\/[/\\]|\\/;

const segmentOf = (path: string): string => /^\/([^/?]*)/.exec(path)?.[1] ?? '';

/**
 * Shows people who follow a wrong address a page, 404, that says what to do. It is the same for everybody and of every such address, and
 * tells of nothing that is there: below a path of the API nothing changes, nor for who gives a key or does not ask for a page.
 * To be called before whatever lets callers in or refuses them.
 */
export function showMissingPage(server: FastifyInstance, { index }: Pick<ConsoleFiles, 'index'>): void {
  const pages = new Set(CONSOLE_PAGES.map(segmentOf));
  const served = new Set<string>();
  server.addHook('onRoute', ({ url }) => {
    const segment = segmentOf(url);
    if (!pages.has(segment)) served.add(segment.toLowerCase());
  });
  server.addHook('onRequest', (request, reply, done) => {
    const { url } = request;
    const isPage = request.is404 && isAskedByPerson(request) && !OTHER_HOST.test(url.split('?', 1)[0] ?? '');
    if (isPage && !served.has(segmentOf(url).toLowerCase())) void sendMissing(request, reply, index);
    else done();
  });
}

function sendMissing(request: FastifyRequest, reply: FastifyReply, index: ConsoleFiles['index']): FastifyReply {
  // What a proxy keeps of it is not for who asks for no page.
  return sendFile(request, reply.code(404), index, { keep: 'no-store', vary: 'accept, accept-encoding' });
}

function isAskedByPerson({ method, headers }: FastifyRequest): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && headers.authorization === undefined && wantsPage(headers.accept);
}

/** Whether a page is named in `Accept`, and JSON is not or has less weight (RFC 9110, section 12.5.1): a browser never names it. */
function wantsPage(accept = ''): boolean {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type, weight: weight === undefined ? 1 : Number(weight) || 0 };
  });
  const heaviest = (isOf: (type: string) => boolean): number =>
    Math.max(0, ...ranges.filter(({ type }) => isOf(type)).map(({ weight }) => weight));
  return heaviest((type) => type === 'text/html') > heaviest((type) => /^application\/(?:json|\S+\+json)$/.test(type));
}
