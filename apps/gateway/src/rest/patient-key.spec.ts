import { silentLogger } from '@medserve/runtime';
import type { Authenticator } from '@medserve/security';
import { catalogueEntry } from '@medserve/testkit';
import type { GatewayParts } from '../door/gateway.module';
import { DEFAULT_LIMITS } from '../infer/limits';
import { classifies, ImageWorld, PRINCIPAL } from '../testing/image-world';
import { BodyBudget } from '../http/body-budget';
import { startHttpServer } from '../door/http-server';
import { openDoor } from '../testing/open-door';
import { quietOversight } from '../testing/quiet-oversight';

describe.each(['/v1/infer', '/v1/jobs'])('whom an image shows that is sent to %s', (path) => {
  let world: ImageWorld;
  let server: Awaited<ReturnType<typeof startHttpServer>>;

  beforeEach(async () => {
    world = new ImageWorld();
    world.offer(catalogueEntry('net', { serves: classifies(true), state: 'ready' }));
    const authenticator: Pick<Authenticator, 'authenticate'> = { authenticate: () => Promise.resolve(PRINCIPAL) };
    const { instruments, preparation, road, jobs, results, catalogue } = world;
    const parts: Partial<GatewayParts> = {
      preparation,
      road,
      jobs,
      catalogue,
      oversight: quietOversight(results).oversight,
    };
    server = await startHttpServer({
      doorkeeper: openDoor,
      host: '127.0.0.1',
      port: 0,
      limits: DEFAULT_LIMITS,
      budget: new BodyBudget(DEFAULT_LIMITS.bodiesInFlightBytes),
      parts: parts as GatewayParts,
      authenticator: authenticator as Authenticator,
      instruments,
      logger: silentLogger,
    });
  });
  afterEach(() => server.close());

  const ask = (patientKey: string) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/dicom', 'x-medserve-patient-key': patientKey },
      body: 'x',
    });

  it('is told the dispatcher, so that what is kept of it can be forgotten', async () => {
    const dispatched = world.next();
    const reply = ask('p1');
    const { order, answer } = await dispatched;
    answer();
    expect(order.patientKey?.reveal('cache-key')).toBe('p1');
    expect((await reply).ok).toBe(true);
  });

  it('is refused where it is no key', async () => {
    const reply = await ask('Jane Doe');
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ field: 'x-medserve-patient-key' });
  });
});
