import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../support/free-port';
import { pause, ROOT } from '../support/platform';

const PACKAGES = ['llama-cpp-python[server]==0.3.36', 'gguf==0.19.0', 'kserve==0.21.0'];
const INSTALL_MS = 1_200_000;
const START_MS = 120_000;
const TOOLS = join(ROOT, 'tools', 'real');

/** A server of models that others wrote, in a process of its own. */
export class PoolServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly log: string,
  ) {}

  static async start(
    python: string,
    args: (port: number) => readonly string[],
    isReady: string,
    folder: string,
  ): Promise<PoolServer> {
    const port = await freePort();
    const log = join(folder, `server-${String(port)}.log`);
    const output = openSync(log, 'a');
    const child = spawn(python, args(port), { stdio: ['ignore', output, output] });
    closeSync(output);
    const server = new PoolServer(child, `http://127.0.0.1:${String(port)}`, log);
    const givesUpAt = Date.now() + START_MS;
    for (;;) {
      if (child.exitCode !== null || Date.now() > givesUpAt)
        throw new Error(`the server did not start:\n${server.said}`);
      const status = await fetch(`${server.url}${isReady}`, { headers: { authorization: 'Bearer the-key' } }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) return server;
      await pause(100);
    }
  }

  get said(): string {
    return readFileSync(this.log, 'utf8');
  }

  /** Requests for answers that it has logged. */
  get answers(): number {
    return this.said.split('"POST /v1/chat/completions').length - 1;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((ended) => this.child.once('exit', ended));
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** Servers of models from PyPI: that of llama-cpp-python, and that of KServe's SDK. */
export class PoolServers {
  private constructor(
    private readonly python: string,
    private readonly model: string,
  ) {}

  /**
   * Installs them into the cache, once: llama.cpp is compiled, which takes minutes and a C++ compiler.
   *
   * @returns why they cannot be had, where they cannot
   */
  static install(): PoolServers | string {
    const folder = join(resolve(process.env['MEDSERVE_CACHE'] ?? join(ROOT, '.cache')), 'pool-servers-1');
    const [python, model] = [join(folder, 'bin', 'python'), join(folder, 'tiny.gguf')];
    mkdirSync(join(folder, '..'), { recursive: true });
    const steps: [string, string[]][] = [
      ['python3', ['-m', 'venv', folder]],
      [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
      [python, [join(TOOLS, 'tiny_gguf.py'), model]],
    ];
    // The model is written last: where it is, everything is.
    for (const [command, args] of existsSync(model) ? [] : steps) {
      const { status, error, stderr } = spawnSync(command, args, { timeout: INSTALL_MS, encoding: 'utf8' });
      if (status === 0) continue;
      return `${command} ${args[2] ?? args[0] ?? ''} failed: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`;
    }
    return new PoolServers(python, model);
  }

  /** A language model behind the OpenAI API; its key is `the-key`, its model `tiny`. */
  llama(folder: string): Promise<PoolServer> {
    const options = ['--model', this.model, '--model_alias', 'tiny', '--n_ctx', '512', '--logits_all', 'true'];
    return PoolServer.start(
      this.python,
      // Otherwise each request cuts off the one before.
      (port) => [
        '-m',
        'llama_cpp.server',
        ...options,
        '--interrupt_requests',
        'false',
        '--api_key',
        'the-key',
        '--port',
        String(port),
      ],
      '/v1/models',
      folder,
    );
  }

  /** Models behind the Open Inference Protocol (tools/real/kserve_models.py). */
  kserve(folder: string): Promise<PoolServer> {
    return PoolServer.start(
      this.python,
      (port) => [join(TOOLS, 'kserve_models.py'), '--http_port', String(port), '--enable_grpc', 'false'],
      '/v2/health/ready',
      folder,
    );
  }
}
