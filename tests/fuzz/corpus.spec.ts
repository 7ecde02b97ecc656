import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrongWith } from './support/oracle';
import { sendBytes } from './support/raw-http';
import { Target } from './support/target';

/** What once went wrong, as a campaign wrote it down: a request, or the bytes of one that no client library would send. */
interface Kept {
  readonly family: string;
  /** What went wrong. */
  readonly reason: string;
  readonly request?: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** Base64. */
    readonly body?: string;
  };
  /** Base64. */
  readonly bytes?: string;
}

const FOLDER = join(__dirname, 'corpus');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

async function send(target: Target, { request, bytes }: Kept): Promise<string | undefined> {
  if (request === undefined) {
    await sendBytes(Number(new URL(target.ready.url).port), Buffer.from(bytes ?? '', 'base64'));
    return undefined;
  }
  const { body, ...line } = request;
  const outcome = await target.http.send({
    ...line,
    ...(body === undefined ? {} : { body: Buffer.from(body, 'base64') }),
  });
  return wrongWith(line, outcome);
}

describe('what once went wrong', () => {
  let target: Target;

  beforeAll(async () => {
    target = await Target.start();
  }, 120_000);
  afterAll(() => target.stop(), 60_000);

  it.each(files)('does so no more: %s', async (name) => {
    const before = target.servers();
    expect(await send(target, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Kept)).toBeUndefined();
    await target.expectSound(before);
  });
});
