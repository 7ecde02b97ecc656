import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { experimental } from '@grpc/grpc-js';
import { ConfigurationError } from '@medserve/errors';
import { CertificateFiles, type CertificateOptions } from './certificate-files';
import type { ServerSecurity } from './service-tls';

/**
 * TLS for callers, at both doors of the gateway. Where the folder also holds `client-ca.crt`, callers may prove who they are by
 * a certificate of that authority; nobody has to. The files are read anew when they change.
 */
export class DoorTls {
  private constructor(
    private readonly files: CertificateFiles,
    readonly asksForCertificates: boolean,
  ) {}

  /**
   * @param directory with `tls.crt` and `tls.key`; undefined: callers speak in the clear
   * @throws Error naming what is missing or does not fit, before anything listens
   */
  static open(directory: string | undefined, options?: CertificateOptions): DoorTls | undefined {
    if (directory === undefined || directory === '') return undefined;
    const clients = join(directory, 'client-ca.crt');
    const asks = existsSync(clients);
    const own = { certificate: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
    try {
      return new DoorTls(new CertificateFiles(asks ? { ...own, authority: clients } : own, options), asks);
    } catch (cause) {
      throw new ConfigurationError(`the TLS files of the door cannot be used: ${(cause as Error).message}`, { cause });
    }
  }

  /** What an HTTPS server begins with; `follow` keeps it up to date. */
  get context(): SecureContextOptions {
    const { cert, key, ca } = this.files.current;
    return { cert, key, ...(ca === undefined ? {} : { ca }), minVersion: 'TLSv1.2' };
  }

  /** For the gRPC door. Whoever has no certificate is let in as far as the key that the call carries goes. */
  grpc(): ServerSecurity {
    // grpc-js 1.14 takes them the other way round than its declaration says: the second one, if any, is who vouches for clients.
    const clients = this.asksForCertificates ? this.files : null;
    return {
      credentials: experimental.createCertificateProviderServerCredentials(this.files, clients, false),
      mayConnect: () => true,
    };
  }

  /** Hands over every renewed certificate; gives back how to stop. */
  follow(onRenewed: (context: SecureContextOptions) => void): () => void {
    let isFirst = true;
    const listener = (): void => {
      if (!isFirst) onRenewed(this.context);
      isFirst = false;
    };
    this.files.addIdentityCertificateListener(listener);
    return () => {
      this.files.removeIdentityCertificateListener(listener);
    };
  }
}
