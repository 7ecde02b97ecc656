import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PeerCertificate } from 'node:tls';
import { experimental, type ServerCredentials } from '@grpc/grpc-js';
import { ConfigurationError } from '@medserve/errors';
import { CertificateFiles, type CertificateOptions } from './certificate-files';
import type { Link } from './link';
import { serviceOf, type ServiceName } from './service-identity';

/** What a server asks of who connects. */
export interface ServerSecurity {
  readonly credentials: ServerCredentials;
  mayConnect(certificate: PeerCertificate): boolean;
}

/**
 * Mutual TLS between our services: both ends prove by a certificate of the platform's own authority which service they are. The
 * files are read anew when they change; connections that stand are kept.
 */
export class ServiceTls {
  private constructor(private readonly files: CertificateFiles) {}

  /**
   * @param directory with the files `tls.crt`, `tls.key` and `ca.crt`, as cert-manager writes them, or with such a folder for
   *   each service, named after it; undefined: no TLS, which is for services that reach each other on one machine only
   * @throws Error naming what is missing or does not fit, before anything listens
   */
  static open(
    directory: string | undefined,
    service: ServiceName,
    options?: CertificateOptions,
  ): ServiceTls | undefined {
    if (directory === undefined || directory === '') return undefined;
    const own = join(directory, service);
    const place = existsSync(own) ? own : directory;
    const [certificate, key, authority] = [join(place, 'tls.crt'), join(place, 'tls.key'), join(place, 'ca.crt')];
    try {
      return new ServiceTls(new CertificateFiles({ certificate, key, authority }, options));
    } catch (cause) {
      throw new ConfigurationError(`the TLS files of the ${service} cannot be used: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  /** For a server that only these services may call. */
  serve(callers: readonly ServiceName[]): ServerSecurity {
    return {
      credentials: experimental.createCertificateProviderServerCredentials(this.files, this.files, true),
      mayConnect: (certificate) => {
        const caller = serviceOf(certificate);
        return caller !== undefined && callers.includes(caller);
      },
    };
  }

  /** For a connection to a service: an address says nothing about who answers there, its certificate does. */
  call(service: ServiceName): Link {
    const credentials = experimental.createCertificateProviderChannelCredentials(this.files, this.files, {
      checkServerIdentity: (_name, certificate) =>
        serviceOf(certificate) === service
          ? undefined
          : new Error(`the other end is not the ${service} of this platform`),
    });
    return { credentials, options: { 'grpc.ssl_target_name_override': service } };
  }
}
