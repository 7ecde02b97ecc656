import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { experimental } from '@grpc/grpc-js';
import { checkPem, type PemFiles } from './pem';

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/** Paths of PEM files. */
export interface CertificatePaths {
  readonly certificate: string;
  readonly key: string;
  /** Whom the other end may be vouched for by; absent: the other end is not asked. */
  readonly authority?: string;
}

/** Who looks after certificates. */
export interface CertificateObserver {
  /** Told once when the files cannot be used any more, although the last good ones go on serving; then not until they could. */
  onTrouble(error: unknown): void;
  /** Told of each certificate that is taken up: when it ends, in milliseconds since the epoch. */
  onCertificate(endsAtMs: number): void;
}

export interface CertificateOptions {
  readonly refreshMs?: number | undefined;
  readonly observer?: CertificateObserver | undefined;
}

/** How often the files are looked at: a certificate that was renewed serves the connections after that. */
const REFRESH_MS = 10_000;

/** Looks at files that cannot be used, one after the other, until it is no replacement under way: somebody has to be told. */
const TROUBLE_AFTER = 2;

const isSame = (one: PemFiles, other: PemFiles): boolean =>
  one.cert.equals(other.cert) && one.key.equals(other.key) && (one.ca ?? NONE).equals(other.ca ?? NONE);

const NONE = Buffer.alloc(0);

/** @throws Error when key and certificate do not belong together, or one of the files is none */
function checked(contents: PemFiles): PemFiles {
  checkPem(contents);
  return contents;
}

/**
 * Certificate, key and authority, read anew while somebody listens. Files that are missing or do not fit together, as they may
 * for a moment while they are replaced, change nothing: the last good ones go on serving, and the observer is told.
 */
export class CertificateFiles implements experimental.CertificateProvider {
  private readonly caListeners = new Set<CaListener>();
  private readonly identityListeners = new Set<IdentityListener>();
  private timer: NodeJS.Timeout | undefined;
  private contents: PemFiles;
  private failures = 0;
  private readonly refreshMs: number;
  private readonly observer: CertificateObserver | undefined;

  /** @throws Error when the files cannot be used */
  constructor(
    private readonly paths: CertificatePaths,
    { refreshMs = REFRESH_MS, observer }: CertificateOptions = {},
  ) {
    this.refreshMs = refreshMs;
    this.observer = observer;
    const { certificate, key, authority } = paths;
    this.contents = checked({
      cert: readFileSync(certificate),
      key: readFileSync(key),
      ca: authority === undefined ? undefined : readFileSync(authority),
    });
    this.tellEnd();
  }

  get current(): PemFiles {
    return this.contents;
  }

  addCaCertificateListener(listener: CaListener): void {
    this.caListeners.add(listener);
    this.watch();
    process.nextTick(() => {
      this.tellCa(listener);
    });
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.caListeners.delete(listener);
    this.watch();
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.add(listener);
    this.watch();
    process.nextTick(() => {
      this.tellIdentity(listener);
    });
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.delete(listener);
    this.watch();
  }

  private tellCa(listener: CaListener): void {
    const { ca } = this.contents;
    listener(ca === undefined ? null : { caCertificate: ca });
  }

  private tellIdentity(listener: IdentityListener): void {
    const { cert, key } = this.contents;
    listener({ certificate: cert, privateKey: key });
  }

  private tellEnd(): void {
    this.observer?.onCertificate(Date.parse(new X509Certificate(this.contents.cert).validTo));
  }

  private watch(): void {
    const isWanted = this.caListeners.size + this.identityListeners.size > 0;
    if (isWanted && this.timer === undefined) {
      this.timer = setInterval(() => void this.look(), this.refreshMs).unref();
    } else if (!isWanted) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  private async look(): Promise<void> {
    const { certificate, key, authority } = this.paths;
    try {
      const [cert, privateKey, ca] = await Promise.all([
        readFile(certificate),
        readFile(key),
        authority === undefined ? undefined : readFile(authority),
      ]);
      const found = { cert, key: privateKey, ca };
      const isRenewed = !isSame(found, this.contents);
      if (isRenewed) this.contents = checked(found);
      this.failures = 0;
      if (!isRenewed) return;
    } catch (error) {
      this.failures += 1;
      if (this.failures === TROUBLE_AFTER) this.observer?.onTrouble(error);
      return;
    }
    this.tellEnd();
    for (const listener of this.caListeners) this.tellCa(listener);
    for (const listener of this.identityListeners) this.tellIdentity(listener);
  }
}
