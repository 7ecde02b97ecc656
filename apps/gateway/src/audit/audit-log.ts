import { ServingError } from '@medserve/errors';
import type { Principal } from '@medserve/security';
import type { AuditReader } from '@medserve/storage';
import type { LogReadings } from './log-readings';
import type { LogPath } from './log-path';

export interface AuditLogParts {
  readonly reader: Pick<AuditReader, 'checkpoint' | 'tile' | 'bundle' | 'verifier'>;
  readonly readings: Pick<LogReadings, 'told'>;
}

/** The log of the caller's tenant as C2SP tlog-tiles, as it was stored. */
export class AuditLog {
  constructor(private readonly parts: AuditLogParts) {}

  /** The newest signed one. @throws ServingError `not_found` before the first, `unavailable` */
  async checkpoint(by: Principal): Promise<string> {
    await this.parts.readings.told(by);
    const note = await this.parts.reader.checkpoint(by.tenant);
    if (note === undefined) {
      throw new ServingError('not_found', 'The log has no checkpoint yet.', {
        remedy: 'Ask again in a minute: what grew is signed within one.',
        retryAfterMs: 10_000,
      });
    }
    return note;
  }

  /**
   * The key that signed it, in note form: to be compared with one that came by another way, since who forges a log forges this.
   *
   * @throws ServingError `not_found` before the first checkpoint, `unavailable`
   */
  async key(by: Principal): Promise<string> {
    await this.parts.readings.told(by);
    const key = await this.parts.reader.verifier(by.tenant);
    if (key === undefined)
      throw new ServingError('not_found', 'The log has no checkpoint yet.', { retryAfterMs: 10_000 });
    return key;
  }

  /** The bytes of a tile or a bundle. @throws ServingError `not_found` where the log does not reach so far, `unavailable` */
  async bytes(by: Principal, path: LogPath | undefined): Promise<Buffer> {
    await this.parts.readings.told(by);
    const bytes = path && (await this.read(by.tenant, path));
    if (bytes === undefined) throw new ServingError('not_found', 'The log has no such tile.');
    return bytes;
  }

  private read(tenant: string, path: LogPath): Promise<Buffer | undefined> {
    return path.kind === 'entries'
      ? this.parts.reader.bundle(tenant, path.index, path.width)
      : this.parts.reader.tile(tenant, path.place, path.width);
  }
}
