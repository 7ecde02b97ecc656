import { verifyWebhook } from '@medserve/interop';
import { aParcel } from '../testing/a-parcel';
import { HttpReceiver } from '../testing/http-receiver';
import { settingsOf } from '../testing/settings';
import { WebhookDestination } from './webhook-destination';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const NOW = new Date('2026-01-02T03:04:05Z');

describe('a webhook as destination', () => {
  it('is told of results, by ids alone, and can check who said it and when', async () => {
    const receiver = await HttpReceiver.start();
    const destination = new WebhookDestination({
      settings: settingsOf('webhook', { url: `${receiver.url}/in` }),
      tls: undefined,
      secret: SECRET,
      baseUrl: () => undefined,
      now: () => NOW,
    });
    expect(await destination.send(aParcel(), new AbortController().signal)).toEqual({ kind: 'delivered' });
    const [got] = receiver.received;
    await receiver.stop();
    expect(got?.headers['webhook-id']).toBe('a-delivery');
    expect(verifyWebhook(got?.headers ?? {}, String(got?.body), SECRET, NOW)).toBe(true);
    expect(verifyWebhook(got?.headers ?? {}, `${String(got?.body)} `, SECRET, NOW)).toBe(false);
    expect(JSON.parse(String(got?.body))).toMatchObject({
      type: 'study.completed',
      data: { generation: 1, results: [] },
    });
    expect(String(got?.body)).not.toContain('1.2.3');
  });
});
