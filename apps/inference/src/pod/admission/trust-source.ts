import { stat } from 'node:fs/promises';
import { OPEN_POLICY, readTrustFile, type TrustPolicy } from '@medserve/engines';
import type { Logger } from '@medserve/runtime';

/** The trust policy as its file says it now: it is read again when it was written to. */
export class TrustSource {
  private constructor(
    private readonly path: string | undefined,
    private readonly logger: Logger,
    private policy: TrustPolicy,
    private stamp: string,
  ) {}

  /**
   * @param path of the trust file; absent: every model is served, signed or not
   * @throws TrustFileError: without its policy a pod does not start
   */
  static async open(path: string | undefined, logger: Logger): Promise<TrustSource> {
    if (path === undefined) return new TrustSource(path, logger, OPEN_POLICY, '');
    const stamp = await stampOf(path);
    return new TrustSource(path, logger, await readTrustFile(path), stamp);
  }

  /** A file that cannot be gone by any more changes nothing: what was last understood stays in force. */
  async current(): Promise<TrustPolicy> {
    if (this.path === undefined) return this.policy;
    const stamp = await stampOf(this.path);
    if (stamp === this.stamp) return this.policy;
    this.stamp = stamp;
    try {
      this.policy = await readTrustFile(this.path);
      this.logger.info('the trust file was read again', { path: this.path });
    } catch (error) {
      this.logger.error('the trust file cannot be read any more; what it last said stays in force', {
        path: this.path,
        error,
      });
    }
    return this.policy;
  }
}

const stampOf = (path: string): Promise<string> =>
  stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs, ctimeNs }) => [ino, size, mtimeNs, ctimeNs].join(':'),
    () => 'missing',
  );
