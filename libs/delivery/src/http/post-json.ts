import type { TlsFiles } from '../tls-files';
import type { Sent } from '../sent';
import type { Authorization } from './authorization';
import { judgeFailure, judgeSilence } from './judge-reply';
import type { Reply } from './post';
import { postAuthorized } from './post-authorized';

export interface JsonPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly tls: TlsFiles | undefined;
  readonly authorization: Authorization;
  readonly signal: AbortSignal;
  /** What a 2xx says; absent: that the document has arrived. */
  readonly judgeSuccess?: (reply: Reply) => Sent;
}

/** Sends one document. */
export async function postJson({ body, authorization, judgeSuccess, ...request }: JsonPost): Promise<Sent> {
  try {
    const reply = await postAuthorized({ ...request, bytes: body.length, body: [body] }, authorization);
    if (reply.status < 200 || reply.status >= 300) return judgeFailure(reply);
    return judgeSuccess?.(reply) ?? { kind: 'delivered' };
  } catch (error) {
    return judgeSilence(error, request.signal);
  }
}
