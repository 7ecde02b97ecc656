import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';

const given = (name: string): string => process.env[name] ?? '';

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<'server' | 'certificate-authority', string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<'client-certificate' | 'client-key', string>> }[];
}

/** What the tests read of an object of the API. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A complaint of the API: its status and its own words. */
class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The Kubernetes API of tools/controlplane as its administrator: plain HTTP for what is watched and measured, `kubectl` for what people do
 * with it.
 */
export class Cluster {
  private readonly agent: Agent;
  private readonly server: URL;
  private readonly closers = new Set<() => void>();

  constructor(
    readonly kubeconfig = given('MEDSERVE_TEST_KUBECONFIG'),
    private readonly kubectlProgram = given('MEDSERVE_TEST_KUBECTL'),
  ) {
    const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
    const [{ cluster } = { cluster: { server: '', 'certificate-authority': '' } }] = clusters;
    const [{ user } = { user: { 'client-certificate': '', 'client-key': '' } }] = users;
    this.server = new URL(cluster.server);
    this.agent = new Agent({
      keepAlive: true,
      ca: readFileSync(cluster['certificate-authority']),
      cert: readFileSync(user['client-certificate']),
      key: readFileSync(user['client-key']),
    });
  }

  /** Ends what is watched, and the connections. */
  close(): void {
    for (const close of this.closers) close();
    this.agent.destroy();
  }

  /** @param path such as `/api/v1/namespaces/medserve/pods` */
  async ask(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) };
      const sent = request(new URL(path, this.server), { method, agent: this.agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const said = Buffer.concat(chunks).toString();
          const isJson = response.headers['content-type']?.includes('json') ?? false;
          resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(said) : said });
        });
        response.once('error', reject);
      });
      sent.once('error', reject);
      sent.end(text);
    });
  }

  async get<T extends Resource = Resource>(path: string): Promise<T> {
    return this.answered(await this.ask('GET', path)) as T;
  }

  async list<T extends Resource = Resource>(path: string): Promise<readonly T[]> {
    return (this.answered(await this.ask('GET', path)) as { items: T[] }).items;
  }

  /** Changes what it names and leaves the rest (JSON Merge Patch, RFC 7386). */
  async merge(path: string, change: unknown): Promise<void> {
    this.answered(await this.ask('PATCH', path, change, 'application/merge-patch+json'));
  }

  async remove(path: string, options: unknown = {}): Promise<void> {
    const answer = await this.ask('DELETE', path, options);
    if (answer.status !== 404) this.answered(answer);
  }

  /** Makes or changes objects, as `kubectl apply --server-side` does. */
  async apply(...objects: readonly unknown[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await this.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(list));
  }

  /** What a list holds, as ADDED, then every change, until the cluster is closed; begins anew when the API ends it. */
  watch<T extends Resource>(path: string, onEvent: (event: WatchEvent<T>) => void): () => void {
    let isOver = false;
    let current: ReturnType<typeof request> | undefined;
    const open = (): void => {
      const url = new URL(path, this.server);
      url.searchParams.set('watch', 'true');
      current = request(url, { agent: this.agent }, (response) => {
        const lines = createInterface({ input: response });
        lines.on('line', (line) => {
          const event = JSON.parse(line) as WatchEvent<T>;
          if (!isOver && event.type !== 'ERROR' && event.type !== 'BOOKMARK') onEvent(event);
        });
        for (const source of [lines, response]) source.on('error', () => undefined);
        response.once('close', again);
      });
      current.on('error', again);
      current.end();
    };
    const again = (): void => {
      if (!isOver) setTimeout(open, 200);
    };
    const close = (): void => {
      isOver = true;
      current?.destroy();
      this.closers.delete(close);
    };
    this.closers.add(close);
    open();
    return close;
  }

  /** Resolves with what it printed; rejects with what it complained of. */
  kubectl(parameters: readonly string[], input = ''): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.kubectlProgram, ['--kubeconfig', this.kubeconfig, ...parameters]);
      const said: string[] = [];
      const complaints: string[] = [];
      child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
      child.once('error', reject);
      child.once('close', (status) => {
        if (status === 0) resolve(said.join(''));
        else reject(new Error(complaints.join('').trim() || said.join('').trim()));
      });
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
  }

  private answered({ status, body }: Answer): unknown {
    if (status < 300) return body;
    throw new ApiError(status, (body as { message?: string }).message ?? JSON.stringify(body));
  }
}
