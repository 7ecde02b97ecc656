import type { Instruments } from './instruments';
import type { Logger } from './logger';

/** What a certificate is for: towards callers, towards DICOM nodes, or between our services. */
export type CertificateUse = 'door' | 'dicom' | 'service';

const CANNOT_BE_USED = {
  door: 'the TLS files towards callers cannot be used; the certificate that they held goes on serving',
  dicom: 'the TLS files towards DICOM nodes cannot be used; the certificate that they held goes on serving',
  service: 'the TLS files of the service cannot be used; the certificate that they held goes on serving',
} as const;

/** Tells in the log that TLS files cannot be used, and in the metrics when the certificate in use ends. */
export const watchCertificate = (
  use: CertificateUse,
  { logger, instruments }: { readonly logger: Logger; readonly instruments: Instruments },
) => ({
  onTrouble: (error: unknown): void => {
    logger.warn(CANNOT_BE_USED[use], { error });
  },
  onCertificate: (endsAtMs: number): void => {
    instruments.certificateExpiresSeconds.set({ certificate: use }, endsAtMs / 1_000);
  },
});
