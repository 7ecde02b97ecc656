import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../support/platform';

interface Line {
  readonly event: string;
  readonly brokers?: string;
  readonly doors?: Readonly<Record<string, string>>;
  readonly error?: string;
}

/**
 * Brokers of a test's own, started and held by `tools/real/kafka.mjs` in a process of its own, which ends them when this one
 * ends, however it ends.
 */
export class KafkaCluster {
  private readonly waiting: ((line: Line) => void)[] = [];
  private readonly said: string[] = [];

  private constructor(private readonly holder: ChildProcess) {
    if (holder.stdout !== null) {
      createInterface({ input: holder.stdout }).on('line', (line) => this.waiting.shift()?.(JSON.parse(line) as Line));
    }
    holder.stderr?.on('data', (chunk: Buffer) => this.said.push(chunk.toString()));
    holder.once('exit', () => {
      for (const wake of this.waiting.splice(0)) wake({ event: 'failed', error: this.said.join('') });
    });
  }

  brokers: readonly string[] = [];
  /** host:port of each listener that was asked for beside the plain one, by its name. */
  doors: Readonly<Record<string, string>> = {};

  /** @param doors path of a JSON file that says which listeners there are beside the plain one (`tools/real/kafka.mjs`) */
  static async start(count: 1 | 3, doors?: string): Promise<KafkaCluster> {
    const program = join(ROOT, 'tools', 'real', 'kafka.mjs');
    const options = ['--brokers', String(count), ...(doors === undefined ? [] : ['--doors', doors])];
    const holder = spawn(process.execPath, [program, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
    const cluster = new KafkaCluster(holder);
    const ready = await cluster.answer();
    cluster.brokers = ready.brokers?.split(',') ?? [];
    cluster.doors = ready.doors ?? {};
    return cluster;
  }

  /** kill -9 of a broker; ids begin at 1. */
  async kill(id: number): Promise<void> {
    await this.command(`kill ${String(id)}`);
  }

  /** Starts a killed broker on its old data and port; resolves when it serves. */
  async restart(id: number): Promise<void> {
    await this.command(`start ${String(id)}`);
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.holder.once('exit', resolve));
    this.holder.stdin?.end();
    await gone;
  }

  private command(text: string): Promise<Line> {
    this.holder.stdin?.write(`${text}\n`);
    return this.answer();
  }

  private async answer(): Promise<Line> {
    const line = await new Promise<Line>((resolve) => this.waiting.push(resolve));
    if (line.event === 'failed') throw new Error(`Kafka: ${line.error ?? ''}`);
    return line;
  }
}
