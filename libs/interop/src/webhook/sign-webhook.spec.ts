import { signWebhook, verifyWebhook } from './sign-webhook';
import { webhookBody } from './webhook-event';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const AT = new Date('2022-11-14T08:48:34Z');

describe('a signed webhook', () => {
  it('has the signature that the specification gives as its example', () => {
    const signed = signWebhook({
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at: new Date(1614265330_000),
      body: '{"test": 2432232314}',
      secrets: [SECRET],
    });
    expect(signed).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  const signed = signWebhook({ id: 'm', at: AT, body: '{}', secrets: [OTHER, SECRET] });

  it('is verified by either of two secrets, while one replaces the other', () => {
    expect(verifyWebhook({ ...signed }, '{}', SECRET, AT)).toBe(true);
    expect(verifyWebhook({ ...signed }, '{}', OTHER, AT)).toBe(true);
  });

  it.each([
    ['another body', { ...signed }, '{ }', AT],
    ['another id', { ...signed, 'webhook-id': 'n' }, '{}', AT],
    ['another time', { ...signed, 'webhook-timestamp': String(AT.getTime() / 1000 + 1) }, '{}', AT],
    ['an hour later', { ...signed }, '{}', new Date(AT.getTime() + 3_600_000)],
    ['no signature', { ...signed, 'webhook-signature': undefined }, '{}', AT],
    [
      'a signature of another version',
      { ...signed, 'webhook-signature': signed['webhook-signature'].replaceAll('v1,', 'v2,') },
      '{}',
      AT,
    ],
  ])('is not with %s', (_, headers, body, now) => {
    expect(verifyWebhook(headers, body, SECRET, now)).toBe(false);
  });

  it.each(['', 'whsec_', 'secret', `whsec_${Buffer.alloc(8).toString('base64')}`, 'whsec_not base64!'])(
    'is not made with %j, which is no secret',
    (secret) => {
      expect(() => signWebhook({ id: 'm', at: AT, body: '', secrets: [secret] })).toThrow(RangeError);
    },
  );
});

describe('the document of a webhook', () => {
  it('says what happened, and where the results are read', () => {
    const body = webhookBody({
      type: 'study.completed',
      at: AT,
      route: 'head',
      generation: 2,
      results: ['r-1'],
      baseUrl: 'https://medserve.test',
    });
    expect(JSON.parse(body)).toEqual({
      type: 'study.completed',
      timestamp: '2022-11-14T08:48:34.000Z',
      data: {
        route: 'head',
        generation: 2,
        results: [
          {
            id: 'r-1',
            url: 'https://medserve.test/v1/results/r-1',
            fhir: 'https://medserve.test/fhir/R4/DiagnosticReport/r-1',
          },
        ],
      },
    });
  });
});
