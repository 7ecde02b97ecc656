import type { Ready } from './platform';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly json: Record<string, never> & { readonly [member: string]: unknown };
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | FormData;
  readonly authorization?: string | null;
  readonly signal?: AbortSignal;
}

/** A client of the native REST API. */
export class Caller {
  constructor(private readonly ready: Pick<Ready, 'url' | 'key'>) {}

  async call(path: string, { method = 'GET', headers = {}, body, authorization, signal }: Call = {}): Promise<Reply> {
    const credential = authorization === undefined ? `Bearer ${this.ready.key}` : authorization;
    const response = await fetch(this.ready.url + path, {
      method,
      headers: { ...(credential === null ? {} : { authorization: credential }), ...headers },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes, json: parsed(bytes) };
  }

  infer(
    image: Buffer,
    contentType: string,
    query: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    return this.call(`/v1/infer?${new URLSearchParams(query).toString()}`, {
      method: 'POST',
      body: new Uint8Array(image),
      headers: { 'content-type': contentType, ...headers },
    });
  }

  inferFiles(
    files: readonly Buffer[],
    request: object = {},
    path = '/v1/infer',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const body = new FormData();
    body.set('request', JSON.stringify(request));
    files.forEach((file, index) => {
      body.append('file', new Blob([new Uint8Array(file)]), `${String(index)}.dcm`);
    });
    return this.call(path, { method: 'POST', body, headers });
  }

  /** The events that the ledger holds of a request, in order. */
  async events(id: string): Promise<string[]> {
    const { json } = await this.call(`/v1/audit/${id}`);
    return (json['records'] as unknown as { event: string }[]).map(({ event }) => event);
  }
}

function parsed(bytes: Buffer): Reply['json'] {
  try {
    return JSON.parse(bytes.toString('utf8')) as Reply['json'];
  } catch {
    return {};
  }
}
