import type { TlsFiles } from '../destinations/tls-files';
import type { Sent } from '../sent';
import type { Authorization } from './authorization';
import { judgeFailure, judgeSilence } from './judge-reply';
import { post } from './post';

export interface JsonPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly tls: TlsFiles | undefined;
  readonly authorization: Authorization;
  readonly signal: AbortSignal;
}

/** Sends one document, which any 2xx says has arrived. */
export async function postJson({ url, headers, body, tls, authorization, signal }: JsonPost): Promise<Sent> {
  try {
    const credential = await authorization.header(signal);
    const withCredential = credential === undefined ? headers : { ...headers, authorization: credential };
    const reply = await post({ url, headers: withCredential, bytes: body.length, body: [body], tls, signal });
    if (reply.status === 401) authorization.forget();
    return reply.status >= 200 && reply.status < 300 ? { kind: 'delivered' } : judgeFailure(reply);
  } catch (error) {
    return judgeSilence(error, signal);
  }
}
