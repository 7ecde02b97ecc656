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
      .filter(({ command }) => /platform-main|inference\/dist\/main/.test(command))
      .map(({ pid }) => pid)
      .sort();
  }

  /** Whether an ordinary request still gets its answer. */
  async isSound(): Promise<boolean> {
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
    expect(this.servers()).toEqual(before);
    expect(await this.isSound()).toBe(true);
    return tally;
  }

  async stop(): Promise<void> {
    this.http.close();
    await this.platform.remove();
  }
}

export const describeCase = ({ method, path, headers, body }: HttpCase): object => ({
  method,
  path,
  headers,
  ...(body === undefined ? {} : { body: body.toString('base64') }),
});
