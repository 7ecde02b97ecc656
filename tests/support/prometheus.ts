import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from './free-port';
import { ROOT, until } from './platform';

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

const CACHE = join(resolve(process.env['MEDSERVE_CACHE'] ?? join(ROOT, '.cache')), 'prometheus');
const FETCH_MS = 120_000;

const programsIn = (folder: string): PrometheusPrograms => ({
  prometheus: join(folder, 'prometheus'),
  promtool: join(folder, 'promtool'),
});

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: FETCH_MS });
  if (error !== undefined) throw new Error(`no "${command}" is on the PATH`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim().split('\n').at(-1) ?? ''}`);
}

/**
 * Prometheus and promtool: those on the PATH, or Debian's package unpacked into the cache without installing it, which would start a
 * service.
 *
 * @throws Error where there is neither
 */
export function findPrometheus(): PrometheusPrograms {
  const isInstalled = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
  if (isInstalled) return { prometheus: 'prometheus', promtool: 'promtool' };
  const unpacked = join(CACHE, 'debian', 'usr', 'bin');
  if (!existsSync(unpacked)) unpackInto(join(CACHE, 'debian'));
  return programsIn(unpacked);
}

function unpackInto(folder: string): void {
  mkdirSync(CACHE, { recursive: true });
  const scratch = mkdtempSync(join(CACHE, 'fetch-'));
  try {
    run('apt-get', ['download', 'prometheus'], scratch);
    const file = readdirSync(scratch).find((name) => name.endsWith('.deb')) ?? '';
    run('dpkg-deb', ['-x', file, 'unpacked'], scratch);
    // Another run may have been first.
    if (!existsSync(folder)) renameSync(join(scratch, 'unpacked'), folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export interface PrometheusOptions {
  /** For its settings and its data. */
  readonly folder: string;
  readonly rules: string;
  /** `host:port` of each process that is scraped, every other second. */
  readonly targets: readonly string[];
}

type Sample = readonly [time: number, value: string];

/** One series of an answer: its points in time, latest last. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly Sample[];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Series['metric'];
      readonly value?: Sample;
      readonly values?: readonly Sample[];
    }[];
  };
}

/** A real Prometheus on loopback that scrapes and evaluates its rules every other second. */
export class Prometheus {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
    private readonly said: string[],
  ) {}

  static async start(program: string, { folder, rules, targets }: PrometheusOptions): Promise<Prometheus> {
    const config = join(folder, 'prometheus.json');
    writeFileSync(
      config,
      JSON.stringify({
        global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '2s' },
        rule_files: [rules],
        scrape_configs: [{ job_name: 'medserve', static_configs: [{ targets }] }],
      }),
    );
    const port = await freePort();
    const child = spawn(
      program,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${String(port)}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const server = new Prometheus(child, `http://127.0.0.1:${String(port)}`, said);
    await until('Prometheus to be ready', async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus did not start:\n${said.join('')}`);
      return fetch(`${server.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
    return server;
  }

  /** The series that a query answers with now. */
  now(expr: string): Promise<Series[]> {
    return this.ask('query', { query: expr });
  }

  /** The series that a query answers with, in steps of a second from `fromMs` until now. */
  since(fromMs: number, expr: string): Promise<Series[]> {
    const range = { start: String(fromMs / 1_000), end: String(Date.now() / 1_000), step: '1' };
    return this.ask('query_range', { query: expr, ...range });
  }

  /** Names of rules whose last evaluation failed, and why. */
  async rulesThatFail(): Promise<string[]> {
    const response = await fetch(`${this.url}/api/v1/rules`);
    const { data } = (await response.json()) as {
      data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
    };
    return data.groups
      .flatMap(({ rules }) => rules)
      .filter(({ health }) => health !== 'ok')
      .map(({ name, health, lastError }) => `${name}: ${lastError ?? health}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  /** @throws Error with what Prometheus says is wrong with a query */
  private async ask(path: string, parameters: Readonly<Record<string, string>>): Promise<Series[]> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const { data, error } = (await response.json()) as Answer;
    if (data === undefined) throw new Error(`${parameters['query'] ?? ''}: ${error ?? 'no answer'}`);
    return data.result.map(({ metric, value, values }) => ({
      metric,
      values: values ?? (value === undefined ? [] : [value]),
    }));
  }
}
