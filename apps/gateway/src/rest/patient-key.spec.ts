import { catalogueEntry } from '@medserve/testkit';
import type { GatewayParts } from '../door/gateway.module';
import { classifies, ImageWorld } from '../testing/image-world';
import { quietOversight } from '../testing/quiet-oversight';
import type { HttpServer } from '../door/http-server';
import { openHttpDoor } from '../testing/open-http-door';

describe.each(['/v1/infer', '/v1/jobs'])('whom an image shows that is sent to %s', (path) => {
  let world: ImageWorld;
  let server: HttpServer;

  beforeEach(async () => {
    world = new ImageWorld();
    world.offer(catalogueEntry('net', { serves: classifies(true), state: 'ready' }));
    const { instruments, preparation, road, jobs, results, catalogue } = world;
    const parts: Partial<GatewayParts> = {
      preparation,
      road,
      jobs,
      catalogue,
      oversight: quietOversight(results).oversight,
    };
    server = await openHttpDoor({ parts, instruments });
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
