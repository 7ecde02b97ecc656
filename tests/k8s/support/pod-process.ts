import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { ROOT } from '../../support/platform';
import type { Resource } from './cluster';

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: readonly Variable[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe: {
    readonly httpGet: { readonly path: string; readonly port: string };
    readonly failureThreshold: number;
  };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
}

export interface ScheduledPod extends Resource {
  readonly spec: {
    readonly nodeName?: string;
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly Container[];
    readonly volumes?: readonly { readonly name: string; readonly image?: object }[];
  };
}

const PROBE_WITHIN_MS = 2_000;
const KEPT_TEXTS = 50;

/**
 * The first container of a pod as a process of this machine, with the command and the environment that the manifest gives it. Instead of a
 * network of its own it has an address of loopback; the image volume is a copy of the repository's packages; it has no certificates.
 */
export class PodProcess {
  private readonly container: Container;
  private readonly child: ChildProcess;
  private readonly said: string[] = [];
  private hasEnded = false;
  readonly ended: Promise<void>;

  constructor(
    private readonly pod: ScheduledPod,
    readonly address: string,
    /** For copies of packages; shared by the pods of a pool. */
    private readonly folder: string,
  ) {
    const [container] = pod.spec.containers;
    if (container === undefined) throw new Error('a pod without a container');
    this.container = container;
    const [, ...parameters] = container.command;
    this.child = spawn(process.execPath, parameters, {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', ...this.environment() },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.said.push(chunk.toString());
      if (this.said.length > KEPT_TEXTS) this.said.shift();
    });
    this.ended = new Promise((resolve) => {
      this.child.once('exit', () => {
        this.hasEnded = true;
        resolve();
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return !this.hasEnded;
  }

  /** What it logged last, for a failed test. */
  get output(): string {
    return this.said.join('');
  }

  /** Probes in a row that have to fail before a pod that was ready is not. */
  get failureThreshold(): number {
    return this.container.readinessProbe.failureThreshold;
  }

  port(name: string): number {
    return this.container.ports?.find((port) => port.name === name)?.containerPort ?? 0;
  }

  /** Asks as the manifest's readiness probe does. */
  isReady(): Promise<boolean> {
    const { path, port } = this.container.readinessProbe.httpGet;
    return new Promise((resolve) => {
      const options = { host: this.address, port: this.port(port), path, timeout: PROBE_WITHIN_MS, agent: false };
      const asked = get(options, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      asked.once('timeout', () => asked.destroy());
      asked.once('error', () => {
        resolve(false);
      });
    });
  }

  /** SIGTERM, and SIGKILL after the pod's grace. Resolves when it has gone, with whether it went by itself. */
  async stop(): Promise<boolean> {
    let isKilled = false;
    const killer = setTimeout(() => {
      isKilled = true;
      this.kill();
    }, 1_000 * this.pod.spec.terminationGracePeriodSeconds);
    this.child.kill('SIGTERM');
    await this.ended;
    clearTimeout(killer);
    return !isKilled;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private environment(): Record<string, string> {
    const variables = (this.container.env ?? []).filter(({ name }) => name !== 'MEDSERVE_TLS_DIR');
    const written = variables.map(({ name, value, valueFrom }) => {
      const isAddress = valueFrom?.fieldRef?.fieldPath === 'status.podIP' || value === '0.0.0.0';
      return [name, isAddress ? this.address : (value ?? '')] as const;
    });
    return { ...Object.fromEntries(written), MEDSERVE_REPOSITORIES: JSON.stringify([this.repository()]) };
  }

  /** What the mounts of the image volume show, as a folder: a package may hold no links, so it is copied. */
  private repository(): string {
    const images = (this.pod.spec.volumes ?? []).filter(({ image }) => image !== undefined).map(({ name }) => name);
    const mounts = (this.container.volumeMounts ?? []).filter(({ name }) => images.includes(name));
    const repository = join(this.folder, 'models');
    mkdirSync(repository, { recursive: true });
    for (const { mountPath, subPath = '' } of mounts) {
      const target = join(this.folder, mountPath);
      if (!existsSync(target)) cpSync(join(ROOT, subPath), target, { recursive: true });
    }
    return repository;
  }
}
