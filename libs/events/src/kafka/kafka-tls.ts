import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';

/** Where a broker is, and what to do once it is believed. */
export interface BrokerCall {
  readonly host: string;
  readonly port: number;
  readonly onConnect: () => void;
}

/**
 * The certificates of a file, in PEM. They are read here, for Node takes a file without any for an authority that vouches for nobody.
 *
 * @throws Error when there are none, or one is damaged
 */
function authoritiesIn(path: string): string[] {
  const found = readFileSync(path, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
  if (found.length === 0) throw new Error('ca.crt holds no certificate');
  return found.map((pem) => new X509Certificate(pem).toString());
}

/** @throws Error when a file is missing, is none, or key and certificate do not belong together */
function contextOf(directory: string): SecureContext {
  const [certificate, key] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
  const provesItself = existsSync(certificate) || existsSync(key);
  return createSecureContext({
    ca: authoritiesIn(join(directory, 'ca.crt')),
    ...(provesItself ? pairOf(readFileSync(certificate), readFileSync(key)) : {}),
    minVersion: 'TLSv1.2',
  });
}

/** OpenSSL itself takes a key of another kind than the certificate, and then shows none. @throws Error when they do not belong together */
function pairOf(cert: Buffer, key: Buffer): { readonly cert: Buffer; readonly key: Buffer } {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new Error('tls.key is not the key of the certificate in tls.crt');
  return { cert, key };
}

/**
 * TLS towards brokers: they are believed by one authority, under the name or address by which they are called. The files are read
 * at each connection; connections that stand are kept. Files that are missing or do not fit together, as they may for a moment
 * while they are replaced, change nothing: the last good ones go on serving.
 */
export class KafkaTls {
  private constructor(
    private readonly directory: string,
    private context: SecureContext,
  ) {}

  /**
   * @param directory with `ca.crt`; with `tls.crt` and `tls.key` too, brokers are shown who connects
   * @throws Error naming what is missing or does not fit, before anything connects
   */
  static open(directory: string): KafkaTls {
    return new KafkaTls(directory, contextOf(directory));
  }

  /** A socket that begins TLS; it ends with an error when the broker is not to be believed. */
  connect({ host, port, onConnect }: BrokerCall): TLSSocket {
    // An address is checked too; it must not be sent as a server's name (RFC 6066, section 3).
    const name = isIP(host) === 0 ? { servername: host } : {};
    return connect({ host, port, ...name, secureContext: this.latest(), rejectUnauthorized: true }, onConnect);
  }

  private latest(): SecureContext {
    try {
      this.context = contextOf(this.directory);
    } catch {
      return this.context;
    }
    return this.context;
  }
}
