import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrongWith } from './support/oracle';
import { Target } from './support/target';

/** A request that once went wrong, as a campaign wrote it down. */
interface Kept {
  readonly family: string;
  /** What went wrong. */
  readonly reason: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** Base64. */
    readonly body?: string;
  };
}

const FOLDER = join(__dirname, 'corpus');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

describe('what once went wrong', () => {
  let target: Target;

  beforeAll(async () => {
    target = await Target.start();
  }, 120_000);
  afterAll(() => target.stop(), 60_000);

  for (const name of files)
    it(`does so no more: ${name}`, async () => {
      const { request } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Kept;
      const { body, ...line } = request;
      const before = target.servers();
      const outcome = await target.http.send({
        ...line,
        ...(body === undefined ? {} : { body: Buffer.from(body, 'base64') }),
      });
      expect(wrongWith(line, outcome)).toBeUndefined();
      expect(target.servers()).toEqual(before);
    });

  it('leaves the platform sound', async () => {
    expect(await target.isSound()).toBe(true);
  });
});
