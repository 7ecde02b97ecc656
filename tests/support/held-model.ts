import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChatServer } from './chat-pool';
import type { PlatformOptions } from './platform';

const MANIFEST = {
  format: 'medserve.model/1',
  name: 'held',
  version: '1',
  title: 'Test model that waits',
  engine: 'openai',
  serves: [{ task: 'answer', modality: 'radiology' }],
  pool: { name: 'held', model: 'the-model' },
  generation: {
    contextTokens: 4_096,
    maxAnswerTokens: 16,
    slots: 4,
    image: { tokens: 16, maxImages: 2 },
    prompts: { answer: { template: '{question}', reader: 'answer' } },
  },
  intendedUse: 'Tests.',
  notFor: 'Patients.',
  licence: 'Apache-2.0',
  files: [],
};

/** A model, `held`, that says one word and then waits, so that a request to it runs until it is ended. */
export class HeldModel {
  private constructor(
    private readonly folder: string,
    readonly server: ChatServer,
  ) {}

  static async start(): Promise<HeldModel> {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-held-'));
    const server = await ChatServer.start();
    server.hold();
    const of = join(folder, 'models', 'held', '1');
    mkdirSync(of, { recursive: true });
    writeFileSync(join(of, 'model.yaml'), JSON.stringify(MANIFEST));
    writeFileSync(join(folder, 'pools.yaml'), JSON.stringify({ pools: { held: { replicas: [server.url] } } }));
    return new HeldModel(folder, server);
  }

  get platform(): Pick<PlatformOptions, 'models' | 'environment'> {
    return {
      models: [join(this.folder, 'models')],
      environment: { MEDSERVE_POOLS_FILE: join(this.folder, 'pools.yaml') },
    };
  }

  /** What is to be asked of it, beside an image. */
  readonly request = {
    task: 'answer',
    modality: 'radiology',
    model: 'held',
    question: 'What is it?',
    allowMismatch: true,
    deadlineMs: 120_000,
  } as const;

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
