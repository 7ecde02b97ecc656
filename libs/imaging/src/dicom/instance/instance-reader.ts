import { createHash } from 'node:crypto';
import { TAG } from '../tags';
import { TRANSFER_SYNTAXES, type TransferSyntax } from '../transfer-syntaxes';
import { checkInstance, uidOf } from './check-instance';
import { indexAttributes, WANTED } from './index-attributes';
import { Inflating } from './inflating';
import { InstanceFault } from './instance-fault';
import type { ExpectedInstance, InstanceHeader, SeenUids } from './instance-header';
import { Pull } from './pull';
import { WALK_LIMITS, walkDataSet, type FoundValue, type Walked, type WalkLimits } from './walk-data-set';

export interface InstanceLimits extends WalkLimits {
  /** What a deflated data set may become. */
  readonly maxInflatedBytes: number;
}

export const INSTANCE_LIMITS: InstanceLimits = { ...WALK_LIMITS, maxInflatedBytes: 4 * 1024 ** 3 };

/** Without a named transfer syntax, a data set can only be taken as it shows itself. */
const SHOWN = new Map([
  ['implicit', '1.2.840.10008.1.2'],
  ['explicit', '1.2.840.10008.1.2.1'],
  ['big endian', '1.2.840.10008.1.2.2'],
]);

/**
 * Reads one data set as it comes: whether it is a sound instance, which one, and what the index keeps of it. The first fault is kept
 * and told at the end; what comes after it is passed over.
 */
export class InstanceReader {
  private readonly hash = createHash('sha256');
  readonly values = new Map<number, FoundValue>();
  private readonly pull: Pull<Walked> | undefined;
  private readonly inflating: Inflating | undefined;
  private readonly syntax: TransferSyntax | undefined;
  private fault: unknown;

  /** @param transferSyntaxUid absent: no compression, in the encoding that the data set shows */
  constructor(transferSyntaxUid: string | undefined, limits: InstanceLimits = INSTANCE_LIMITS) {
    this.syntax = transferSyntaxUid === undefined ? undefined : TRANSFER_SYNTAXES.get(transferSyntaxUid);
    if (transferSyntaxUid !== undefined && this.syntax === undefined) {
      this.fault = new InstanceFault('transfer_syntax_unsupported', '(0002,0010)');
      return;
    }
    const pull = new Pull(walkDataSet(this.syntax, WANTED, limits, this.values));
    this.pull = pull;
    if (this.syntax?.deflated === true) {
      this.inflating = new Inflating((chunk) => {
        pull.push(chunk);
      }, limits.maxInflatedBytes);
    }
  }

  /** Resolves, or returns, when the next may come. */
  write(chunk: Buffer): void | Promise<void> {
    if (this.fault !== undefined) return;
    this.hash.update(chunk);
    if (this.inflating !== undefined) return this.inflating.write(chunk).catch(this.keep);
    try {
      this.pull?.push(chunk);
    } catch (error) {
      this.keep(error);
    }
  }

  /** @throws InstanceFault */
  async end(expected: ExpectedInstance = {}): Promise<InstanceHeader> {
    await this.inflating?.end().catch(this.keep);
    if (this.fault !== undefined || this.pull === undefined) throw this.fault;
    const walked = this.pull.end();
    const syntax = this.syntax ?? shownSyntax(walked);
    const uids = checkInstance(walked, syntax, expected);
    return {
      ...uids,
      transferSyntaxUid: syntax.uid,
      sha256: this.hash.digest('hex'),
      attributes: indexAttributes(walked),
    };
  }

  /** The UIDs of it that could be read, also where it is refused. */
  seen(): SeenUids {
    const [sopClassUid, sopInstanceUid] = [TAG.sopClassUid, TAG.sopInstanceUid].map((tag) => uidOf(this, tag));
    return {
      ...(sopClassUid === undefined ? {} : { sopClassUid }),
      ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
    };
  }

  /** Nothing more comes, and nobody asks. */
  close(): void {
    this.inflating?.close();
  }

  private readonly keep = (error: unknown): void => {
    this.fault ??= error;
    this.inflating?.close();
  };
}

function shownSyntax({ encoding, pixels }: Walked): TransferSyntax {
  const shown = encoding.implicitVr ? 'implicit' : encoding.littleEndian ? 'explicit' : 'big endian';
  const syntax = TRANSFER_SYNTAXES.get(SHOWN.get(shown) ?? '');
  if (pixels?.fragments !== undefined || syntax === undefined) {
    throw new InstanceFault('transfer_syntax_unsupported', '(0002,0010)');
  }
  return syntax;
}
