import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaOf, KafkaTls } from '@medserve/events';
import { loadSettings, SettingsError } from '@medserve/runtime';
import { CertificateAuthority } from '@medserve/security';
import { recorderService } from './service';

const NEEDED = { MEDSERVE_DATABASE_URL: 'postgres://localhost/medserve', MEDSERVE_LEDGER_KEY_FILE: 'ledger' };
const BROKERS = { MEDSERVE_KAFKA_BROKERS: 'one:9092,two:9092' };

describe('the settings of Kafka', () => {
  let folder: string;
  let tls: { readonly MEDSERVE_KAFKA_TLS_DIR: string };
  let login: { readonly MEDSERVE_KAFKA_USER: string; readonly MEDSERVE_KAFKA_PASSWORD_FILE: string };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-kafka-settings-'));
    writeFileSync(join(folder, 'ca.crt'), (await CertificateAuthority.create('a hospital', 1)).certificate);
    writeFileSync(join(folder, 'password'), 'open sesame\n');
    tls = { MEDSERVE_KAFKA_TLS_DIR: folder };
    login = { MEDSERVE_KAFKA_USER: 'recorder', MEDSERVE_KAFKA_PASSWORD_FILE: join(folder, 'password') };
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const kafkaIn = (environment: object) => {
    const found = loadSettings(recorderService.settings, { ...NEEDED, ...environment });
    return kafkaOf(found);
  };
  function problemsIn(environment: object): readonly string[] {
    try {
      kafkaIn(environment);
    } catch (error) {
      if (error instanceof SettingsError) return error.problems;
      throw error;
    }
    return [];
  }

  it('leave events in the process when there are none', () => {
    expect(kafkaIn({})).toBeUndefined();
  });

  it('are brokers in the clear, when there is nothing else', () => {
    expect(kafkaIn(BROKERS)).toEqual({ brokers: ['one:9092', 'two:9092'] });
  });

  it('are TLS, a login by SCRAM-SHA-512, or both', () => {
    expect(kafkaIn({ ...BROKERS, ...tls })).toEqual({
      brokers: ['one:9092', 'two:9092'],
      tls: expect.any(KafkaTls) as unknown,
    });
    expect(kafkaIn({ ...BROKERS, ...login })?.login).toMatchObject({ mechanism: 'scram-sha-512', user: 'recorder' });
    const both = kafkaIn({
      ...BROKERS,
      ...tls,
      ...login,
      MEDSERVE_KAFKA_SASL: 'plain',
      MEDSERVE_KAFKA_TOPIC: 'events',
    });
    expect(both).toMatchObject({ topic: 'events', login: { mechanism: 'plain' } });
    expect(both?.login?.password.latest).toBe('open sesame');
  });

  it('refuse a plain login in the clear', () => {
    expect(problemsIn({ ...BROKERS, ...login, MEDSERVE_KAFKA_SASL: 'plain' })).toEqual([
      'MEDSERVE_KAFKA_SASL: "plain" sends the password itself: it needs MEDSERVE_KAFKA_TLS_DIR too',
    ]);
  });

  it.each([
    ['a user without a password', () => ({ ...BROKERS, MEDSERVE_KAFKA_USER: 'recorder' }), 'MEDSERVE_KAFKA_USER'],
    ['a password without a user', () => ({ ...BROKERS, ...login, MEDSERVE_KAFKA_USER: undefined }), 'PASSWORD_FILE'],
    ['a way to log in without a user', () => ({ ...BROKERS, MEDSERVE_KAFKA_SASL: 'scram-sha-256' }), 'KAFKA_SASL'],
    ['TLS without brokers', () => tls, 'KAFKA_TLS_DIR'],
    ['a login without brokers', () => login, 'KAFKA_USER'],
  ])('refuse %s', (_name, environment, culprit) => {
    expect(problemsIn(environment())).toEqual([
      expect.stringMatching(new RegExp(`${culprit}: needs MEDSERVE_KAFKA_`, 'u')),
    ]);
  });

  it('tell all that is wrong at once, files included, and repeat no password', () => {
    writeFileSync(join(folder, 'empty'), '');
    const problems = problemsIn({
      MEDSERVE_DATABASE_URL: 'mysql://',
      MEDSERVE_KAFKA_TLS_DIR: join(folder, 'nowhere'),
      MEDSERVE_KAFKA_PASSWORD_FILE: join(folder, 'empty'),
      MEDSERVE_KAFKA_SASL: 'open sesame',
    });
    expect(problems.map((problem) => problem.replace(folder, ''))).toEqual([
      'MEDSERVE_DATABASE_URL: has to be a postgres:// URL',
      "MEDSERVE_KAFKA_TLS_DIR: cannot be used: ENOENT: no such file or directory, open '/nowhere/ca.crt'",
      'MEDSERVE_KAFKA_PASSWORD_FILE: cannot be used: the file holds no password',
      'MEDSERVE_KAFKA_SASL: Invalid option: expected one of "scram-sha-512"|"scram-sha-256"|"plain"',
      'MEDSERVE_KAFKA_TLS_DIR: needs MEDSERVE_KAFKA_BROKERS too',
      'MEDSERVE_KAFKA_PASSWORD_FILE: needs MEDSERVE_KAFKA_USER too',
      'MEDSERVE_KAFKA_SASL: needs MEDSERVE_KAFKA_USER too',
    ]);
  });
});
