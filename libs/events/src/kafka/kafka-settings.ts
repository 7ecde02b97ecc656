import { z } from 'zod';
import type { KafkaBusOptions } from './kafka-bus';
import { PasswordFile, SASL_MECHANISMS } from './kafka-login';
import { KafkaTls } from './kafka-tls';

/** What a service needs of a Kafka: where it is, and how both ends know each other. */
export type KafkaPlace = Pick<KafkaBusOptions, 'brokers' | 'topic' | 'tls' | 'login'>;

/** A path whose files are opened by `open`, so that what is wrong with them is told before anything connects. */
const opened = <T>(open: (path: string) => T) =>
  z.string().transform((path, context) => {
    try {
      return open(path);
    } catch (error) {
      context.addIssue(`cannot be used: ${(error as Error).message}`);
      return z.NEVER;
    }
  });

export const kafkaSettings = {
  /** host:port, separated by commas; without it no event goes over a broker. */
  MEDSERVE_KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .optional(),
  MEDSERVE_KAFKA_TOPIC: z.string().min(1).optional(),
  /** With ca.crt, and with tls.crt and tls.key where the brokers want to know who connects. */
  MEDSERVE_KAFKA_TLS_DIR: opened((directory) => KafkaTls.open(directory)).optional(),
  MEDSERVE_KAFKA_USER: z.string().min(1).optional(),
  MEDSERVE_KAFKA_PASSWORD_FILE: opened((path) => PasswordFile.open(path)).optional(),
  MEDSERVE_KAFKA_SASL: z.enum(SASL_MECHANISMS).optional(),
};

type KafkaSettings = z.output<z.ZodObject<typeof kafkaSettings>>;
type Name = keyof KafkaSettings;

interface Rule {
  readonly name: Name;
  readonly message: string;
  readonly isBroken: (settings: KafkaSettings) => boolean;
}

const needs = (name: Name, other: Name): Rule => ({
  name,
  message: `needs ${other} too`,
  isBroken: (settings) => settings[name] !== undefined && settings[other] === undefined,
});

const RULES: readonly Rule[] = [
  needs('MEDSERVE_KAFKA_TLS_DIR', 'MEDSERVE_KAFKA_BROKERS'),
  needs('MEDSERVE_KAFKA_USER', 'MEDSERVE_KAFKA_BROKERS'),
  needs('MEDSERVE_KAFKA_USER', 'MEDSERVE_KAFKA_PASSWORD_FILE'),
  needs('MEDSERVE_KAFKA_PASSWORD_FILE', 'MEDSERVE_KAFKA_USER'),
  needs('MEDSERVE_KAFKA_SASL', 'MEDSERVE_KAFKA_USER'),
  {
    name: 'MEDSERVE_KAFKA_SASL',
    message: '"plain" sends the password itself: it needs MEDSERVE_KAFKA_TLS_DIR too',
    isBroken: (settings) => settings.MEDSERVE_KAFKA_SASL === 'plain' && settings.MEDSERVE_KAFKA_TLS_DIR === undefined,
  },
];

/** Adds what holds between the settings of Kafka. It is told together with what is wrong with any of them alone. */
export const withKafkaRules = <S extends z.ZodType<KafkaSettings>>(schema: S): S =>
  RULES.reduce<S>(
    (whole, { name, message, isBroken }) =>
      whole.refine((settings) => !isBroken(settings), { path: [name], message, when: () => true }),
    schema,
  );

/** @returns undefined without brokers */
export function kafkaOf(found: KafkaSettings): KafkaPlace | undefined {
  const { MEDSERVE_KAFKA_BROKERS: brokers, MEDSERVE_KAFKA_TOPIC: topic, MEDSERVE_KAFKA_TLS_DIR: tls } = found;
  const { MEDSERVE_KAFKA_USER: user, MEDSERVE_KAFKA_PASSWORD_FILE: password } = found;
  if (brokers === undefined) return undefined;
  const mechanism = found.MEDSERVE_KAFKA_SASL ?? 'scram-sha-512';
  return {
    brokers,
    ...(topic === undefined ? {} : { topic }),
    ...(tls === undefined ? {} : { tls }),
    ...(user === undefined || password === undefined ? {} : { login: { mechanism, user, password } }),
  };
}
