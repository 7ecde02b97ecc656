import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateAuthority } from '@medserve/security';

/** Who may log in at the doors LOGIN and CLEAR. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

const MODULES = 'org.apache.kafka.common.security';

/** What a door asks for that wants a login, in each of the three ways. */
const asks = ({ user, password }: Login) => ({
  'sasl.enabled.mechanisms': 'SCRAM-SHA-512,SCRAM-SHA-256,PLAIN',
  'scram-sha-512.sasl.jaas.config': `${MODULES}.scram.ScramLoginModule required;`,
  'scram-sha-256.sasl.jaas.config': `${MODULES}.scram.ScramLoginModule required;`,
  'plain.sasl.jaas.config': `${MODULES}.plain.PlainLoginModule required user_${user}="${password}";`,
});

/**
 * Writes what `KafkaCluster.start` is to read, and the certificates of the broker: TLS believes everybody, MUTUAL only who has a
 * certificate of the authority, ELSEWHERE shows a certificate for another name, LOGIN wants a login over TLS, CLEAR without it.
 */
export async function writeDoors(folder: string, authority: CertificateAuthority, login: Login): Promise<string> {
  const trusted = join(folder, 'trusted.pem');
  writeFileSync(trusted, authority.certificate);
  const showing = async (name: string, host: string) => {
    const { key, certificate } = await authority.issue({ name, hosts: [host], days: 1 });
    const keys = join(folder, `${name}.pem`);
    writeFileSync(keys, `${key}\n${certificate}\n`, { mode: 0o600 });
    return { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': keys };
  };
  const own = await showing('broker', '127.0.0.1');
  const fromAuthority = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': trusted };
  const listeners = [
    { name: 'TLS', protocol: 'SSL', properties: own },
    { name: 'MUTUAL', protocol: 'SSL', properties: { ...own, ...fromAuthority, 'ssl.client.auth': 'required' } },
    { name: 'ELSEWHERE', protocol: 'SSL', properties: await showing('elsewhere', 'elsewhere.example') },
    { name: 'LOGIN', protocol: 'SASL_SSL', properties: { ...own, ...asks(login) } },
    { name: 'CLEAR', protocol: 'SASL_PLAINTEXT', properties: asks(login) },
  ];
  const users = ['SCRAM-SHA-512', 'SCRAM-SHA-256'].map(
    (mechanism) => `${mechanism}=[name=${login.user},password=${login.password}]`,
  );
  const file = join(folder, 'doors.json');
  writeFileSync(file, JSON.stringify({ listeners, users }), { mode: 0o600 });
  return file;
}
