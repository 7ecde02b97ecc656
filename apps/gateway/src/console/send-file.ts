import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedCoding } from './coding';
import type { ConsoleFile } from './read-console';
import { SECURITY_HEADERS } from './security-headers';

export interface HowToKeep {
  /** `Cache-Control` */
  readonly keep: string;
  readonly vary?: string;
}

/** Sends a file of the console in the coding that the browser takes. What it has already is not sent again. */
export function sendFile(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  file: ConsoleFile,
  { keep, vary = 'accept-encoding' }: HowToKeep,
): FastifyReply {
  const coding = acceptedCoding(headers['accept-encoding'], [...file.coded.keys()]);
  const tag = `"${file.digest}${coding === undefined ? '' : `-${coding}`}"`;
  void reply.headers({ ...SECURITY_HEADERS, 'cache-control': keep, vary });
  // Of what is not found nothing is known from before (RFC 9110, section 13.2.1).
  if (reply.statusCode === 200) {
    void reply.header('etag', tag);
    if (isKnown(headers['if-none-match'], tag)) return reply.code(304).send();
  }
  if (coding !== undefined) void reply.header('content-encoding', coding);
  return reply.header('content-type', file.type).send((coding && file.coded.get(coding)) ?? file.bytes);
}

/** Whether the client has it already (RFC 9110, section 13.1.2). */
const isKnown = (header: string | undefined, tag: string): boolean =>
  header !== undefined && header.split(',').some((known) => ['*', tag, `W/${tag}`].includes(known.trim()));
