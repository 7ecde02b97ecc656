import { isUid } from '../is-uid';
import { withoutPadding } from '../padding';
import { TAG } from '../tags';
import type { TransferSyntax } from '../transfer-syntaxes';
import { announcedPixels } from './announced-pixels';
import { isImageClass } from './image-classes';
import { InstanceFault, notUnderstood } from './instance-fault';
import type { ExpectedInstance } from './instance-header';
import type { Walked } from './walk-data-set';

export interface InstanceUids {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
}

/** Referenced pixels (JPIP): the data set has a URL in place of them. */
const PIXEL_DATA_PROVIDER_URL = 0x00287fe0;
/** Frames of a video share one fragment (PS3.5 8.2.5 and following). */
const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.1(0[0-8])(\.1)?$/;

const doesNotMatch = (what: string): InstanceFault => new InstanceFault('does_not_match', what);

export function uidOf({ values }: Pick<Walked, 'values'>, tag: number): string | undefined {
  const value = withoutPadding(values.get(tag)?.bytes.toString('latin1') ?? '').trim();
  return isUid(value) ? value : undefined;
}

/**
 * Whether a data set is an instance, and the one that was announced.
 *
 * @throws InstanceFault
 */
export function checkInstance(walked: Walked, syntax: TransferSyntax, expected: ExpectedInstance): InstanceUids {
  const uid = (tag: number, name: string): string => {
    const found = uidOf(walked, tag);
    if (found === undefined) throw doesNotMatch(name);
    return found;
  };
  const sopClassUid = uidOf(walked, TAG.sopClassUid);
  const sopInstanceUid = uidOf(walked, TAG.sopInstanceUid);
  // Without either, nothing says that these bytes are an instance at all.
  if (sopClassUid === undefined || sopInstanceUid === undefined) {
    throw notUnderstood(sopClassUid === undefined ? '(0008,0016)' : '(0008,0018)');
  }
  if ((expected.sopClassUid ?? sopClassUid) !== sopClassUid) throw doesNotMatch('(0008,0016)');
  if ((expected.sopInstanceUid ?? sopInstanceUid) !== sopInstanceUid) throw doesNotMatch('(0008,0018)');
  if (expected.takesClass?.(sopClassUid) === false) throw new InstanceFault('sop_class_unsupported', '(0008,0016)');
  const studyUid = uid(TAG.studyInstanceUid, '(0020,000D)');
  const seriesUid = uid(TAG.seriesInstanceUid, '(0020,000E)');
  checkPixels(walked, syntax, sopClassUid);
  return { studyUid, seriesUid, sopInstanceUid, sopClassUid };
}

function checkPixels({ pixels, values, encoding }: Walked, syntax: TransferSyntax, sopClassUid: string): void {
  if (pixels === undefined) {
    if (isImageClass(sopClassUid) && !values.has(PIXEL_DATA_PROVIDER_URL)) throw doesNotMatch('(7FE0,0010)');
    return;
  }
  const announced = announcedPixels(values, encoding.littleEndian);
  if (pixels.fragments !== undefined) {
    if (syntax.codec === 'native') throw notUnderstood('(7FE0,0010) encapsulated');
    const isPerFrame = !VIDEO.test(syntax.uid);
    if (pixels.fragments < (isPerFrame ? announced.frames : 1)) throw notUnderstood('(7FE0,0010) fragments');
    return;
  }
  if (syntax.codec !== 'native') throw notUnderstood('(7FE0,0010) not encapsulated');
  if (announced.bytes !== undefined && pixels.length < announced.bytes) throw notUnderstood('(7FE0,0010) length');
}
