import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { descendants } from '../../support/processes';
import { Platform, type Ready } from '../../support/platform';
import { syntheticSlice } from '../../support/synthetic';
import { HttpSender, type HttpCase } from './http-case';
import { wrongWith } from './oracle';
import { runCampaign, Tally } from './campaign';
import type { Draw } from './draw';

/** A process that hangs is found; a busy machine is none. */
const HANG_MS = 60_000;

/** A platform that is fed what nobody should send. */
export class Target {
  private constructor(
    private readonly platform: Platform,
    readonly http: HttpSender,
  ) {}

  static async start(): Promise<Target> {
    const platform = await Platform.start({ shape: 'single' });
    return new Target(platform, new HttpSender(platform.ready.url, platform.ready.key, HANG_MS));
  }

  get ready(): Ready {
    return this.platform.ready;
  }

  /** The processes that serve; those of models come and go. */
  servers(): number[] {
    return descendants(this.ready.pid)
      .filter(({ command }) => /dist\/(platform|inference)\.js/.test(command))
      .map(({ pid }) => pid)
      .sort();
  }

  /** The same processes serve as before, and they serve; what they said last is told where they do not. */
  async expectSound(before: readonly number[]): Promise<void> {
    const logs = join(this.ready.home, 'logs');
    const lastWords = readdirSync(logs).flatMap((name) =>
      readFileSync(join(logs, name), 'utf8')
        .split('\n')
        .filter((line) => line.includes('nobody caught')),
    );
    expect({ servers: this.servers(), lastWords }).toEqual({ servers: before, lastWords: [] });
    expect(await this.isSound()).toBe(true);
  }

  /** Whether an ordinary request still gets its answer. */
  private async isSound(): Promise<boolean> {
    const { status } = await this.http.send({
      method: 'POST',
      path: '/v1/infer',
      headers: { 'content-type': 'application/dicom' },
      body: syntheticSlice(Date.now()),
    });
    return status === 200;
  }

  /** Sends drawn requests; nothing is wrong, and not all of them end alike. */
  async attack(family: string, cases: number, make: (draw: Draw, index: number) => HttpCase): Promise<Tally> {
    const before = this.servers();
    const tally = new Tally();
    const failures = await runCampaign<HttpCase>({
      family,
      cases,
      make,
      run: async (one) => {
        const outcome = await this.http.send(one);
        tally.add(String(outcome.status));
        return wrongWith(one, outcome);
      },
      describe: describeCase,
    });
    process.stdout.write(`${family}: ${String(cases)} cases: ${tally.toString()}\n`);
    expect(failures).toEqual([]);
    await this.expectSound(before);
    return tally;
  }

  async stop(): Promise<void> {
    this.http.close();
    await this.platform.remove();
  }
}

const describeCase = ({ body, ...line }: HttpCase): object => ({
  request: { ...line, ...(body === undefined ? {} : { body: body.toString('base64') }) },
});
