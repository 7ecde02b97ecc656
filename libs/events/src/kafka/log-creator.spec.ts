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
});
