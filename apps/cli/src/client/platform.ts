import { runningOn } from '../home/running';

export interface Target {
  readonly home: string;
  readonly url?: string;
  readonly key?: string;
}

interface Problem {
  readonly detail?: string;
  readonly code?: string;
  readonly field?: string;
  readonly limit?: string;
  readonly remedy?: string;
  readonly requestId?: string;
}

/** A refusal by the platform, told so that the reader knows what to do next. */
export class RefusedError extends Error {
  constructor(readonly problem: Problem) {
    const { detail, code, field, limit, remedy, requestId } = problem;
    super(
      [
        `${detail ?? 'The platform refused.'} (${[code, field, limit].filter((part) => part !== undefined).join(', ')})`,
        ...(remedy === undefined ? [] : [`What to do: ${remedy}`]),
        ...(requestId === undefined ? [] : [`Request: ${requestId}`]),
      ].join('\n'),
    );
    this.name = 'RefusedError';
  }
}

/** The platform over HTTP: by flags or environment, otherwise the one that runs on the home. */
export class Platform {
  private readonly url: string;
  private readonly key: string;

  constructor(target: Target) {
    const running = target.url === undefined || target.key === undefined ? runningOn(target.home) : undefined;
    const url = target.url ?? running?.url;
    const key = target.key ?? running?.key;
    if (url === undefined || key === undefined) {
      throw new Error(`no platform runs on ${target.home}: start one with "medserve up", or give --url and --key`);
    }
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new Error('--url, or MEDSERVE_URL, is no address of a platform, such as http://127.0.0.1:8080');
    this.url = url;
    this.key = key;
  }

  /** @throws RefusedError for a problem document; Error where the platform cannot be reached */
  async call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${this.key}`);
    const response = await fetch(new URL(path, this.url), { ...init, headers }).catch((error: unknown) => {
      throw new Error(`the platform at ${this.url} cannot be reached`, { cause: error });
    });
    if (!response.ok) throw new RefusedError((await response.json().catch(() => ({}))) as Problem);
    return response;
  }

  async json<T>(path: string, init?: RequestInit): Promise<T> {
    return (await (await this.call(path, init)).json()) as T;
  }
}
