import type { Instruments } from './instruments';
import type { Logger } from './logger';

/** What a certificate is for: towards callers, or between our services. */
export type CertificateUse = 'door' | 'service';

/** Tells in the log that TLS files cannot be used, and in the metrics when the certificate in use ends. */
export const watchCertificate = (
  use: CertificateUse,
  { logger, instruments }: { readonly logger: Logger; readonly instruments: Instruments },
) => ({
  onTrouble: (error: unknown): void => {
    const message =
      use === 'door'
        ? 'the TLS files towards callers cannot be used; the certificate that they held goes on serving'
        : 'the TLS files of the service cannot be used; the certificate that they held goes on serving';
    logger.warn(message, { error });
  },
  onCertificate: (endsAtMs: number): void => {
    instruments.certificateExpiresSeconds.set({ certificate: use }, endsAtMs / 1_000);
  },
});
