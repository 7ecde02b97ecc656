import type { Caller } from '../support/caller';
import { HeldModel } from '../support/held-model';
import { phantom } from '../support/phantom';
import { until } from '../support/platform';
import { Rig } from '../support/rig';

describe('a job that another gateway runs', () => {
  let held: HeldModel;
  let rig: Rig;
  let here: Caller;
  let there: Caller;

  beforeAll(async () => {
    held = await HeldModel.start();
    rig = await Rig.start({ gateways: 2, ...held.platform });
    [here, there] = [rig.caller(0), rig.caller(1)];
  }, 120_000);
  afterAll(async () => {
    await rig.remove();
    await held.stop();
  }, 60_000);

  /** A job of this gateway whose model has begun to write and goes no further. */
  const heldJob = async (): Promise<string> => {
    const picture = await phantom([{ kind: 'disc', x: 0.5, y: 0.5, r: 0.2 }]);
    const before = held.server.asked.length;
    const { status, json } = await here.inferFiles([picture], held.request, '/v1/jobs');
    expect(status).toBe(202);
    await until('the model is asked', () => held.server.asked.length > before);
    return String(json['id']);
  };

  it('is shown, and watched to its end, at any gateway; and of nobody at none', async () => {
    const id = await heldJob();
    expect((await here.call(`/v1/jobs/${id}`)).json).toMatchObject({ status: 'running', phase: 'running' });
    const shown = await there.call(`/v1/jobs/${id}`);
    expect([shown.status, shown.json]).toEqual([200, { id, status: 'running', phase: 'accepted', percent: 1 }]);
    const watched = there.call(`/v1/jobs/${id}/events`);
    await here.call(`/v1/jobs/${id}/cancel`, { method: 'POST' });
    const events = (await watched).bytes.toString();
    expect(events).toContain('event: progress\ndata: {"phase":"accepted","percent":1}\n\n');
    expect(events).toMatch(/event: failed\ndata: \{"id":"[^"]+","result":"[^"]+","problem":\{.*"code":"cancelled"/);
    expect((await there.call(`/v1/jobs/${id}`)).json).toMatchObject({ status: 'cancelled' });
    const nobodys = '01a20fcd-5192-739b-913a-8c94014c0d6e';
    for (const path of [`/v1/jobs/${nobodys}`, `/v1/jobs/${nobodys}/events`])
      expect((await there.call(path)).status).toBe(404);
  }, 60_000);
});
