import { logLevel } from 'kafkajs';
import { createKafkaLog } from './log-creator';

describe('the log of kafkajs', () => {
  const written: string[] = [];
  let nowMs = 0;
  const write = createKafkaLog(
    (level, message) => written.push(`${level} ${message}`),
    () => nowMs,
  )();
  const say = (message: string, level = logLevel.ERROR, error?: string): void => {
    write({
      namespace: '',
      level,
      label: '',
      log: { timestamp: '', message, ...(error === undefined ? {} : { error }) },
    });
  };
  beforeEach(() => {
    written.length = 0;
    nowMs += 60_000;
  });

  it('takes passing states of a healthy cluster for what they are', () => {
    say('Response Produce', logLevel.ERROR, 'This server is not the leader for that topic-partition');
    say('The group is rebalancing, re-joining', logLevel.WARN);
    say('Starting', logLevel.INFO);
    expect(written.map((line) => line.split(' ')[0])).toEqual(['debug', 'debug', 'debug']);
  });

  it('says once in half a minute what kafkajs says many times a second', () => {
    for (let time = 0; time < 100; time += 1) say('Connection error');
    nowMs += 30_000;
    say('Connection error');
    expect(written.filter((line) => line.startsWith('warn'))).toEqual([
      'warn kafka: Connection error',
      'warn kafka: Connection error',
    ]);
  });

  it.each([
    ["Connection error: Hostname/IP does not match certificate's altnames: IP: 10.0.0.1 is not in the list: x", 'name'],
    ['Connection error: certificate has expired', 'does not hold now'],
    ['Connection error: 00B7:error:0A000412:SSL routines:ssl3_read_bytes:ssl/tls alert bad certificate', 'let us in'],
    ['Failed to connect to seed broker: Connection error: unable to verify the first certificate', 'vouches'],
    ['Connection error: 00B7:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number', 'speak TLS'],
    ['SASL SCRAM-SHA-256 mechanism is not supported by the server', 'no login of this kind'],
    ['The broker does not support the requested SASL mechanism', 'no login of this kind'],
    ['SASL SCRAM SHA512 authentication failed: Authentication failed for user x', 'refused the login'],
  ])('says in words of ours, not of the other end, why a broker and we do not come together: %s', (said, sentence) => {
    say(said);
    expect(written).toEqual([expect.stringContaining(sentence)]);
    expect(written[0]).toMatch(/^warn kafka: [A-Za-z ,;.:]+$/u);
  });
});
