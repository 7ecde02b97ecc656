import type {
  Decoded,
  ImageFacts,
  PatientIdentity,
  Sensitive,
  SliceSource,
  StudyContext,
  Window,
} from '@medserve/clinical';
import type { Viewed } from '../slide/view';
import type { Placement } from '../dicom/placement';
import { studyContextOf, type PlacedContext } from '../dicom/study-context';

/** What files were decoded to, before what is said of every input. */
export interface Content {
  readonly decoded: Decoded;
  /** Of a volume: how its header has it shown. A picture says so itself. */
  readonly window?: Window;
  /** Of a volume: its smaller values are shown brighter (MONOCHROME1 with a unit). A picture was turned for it. */
  readonly isInverted?: true;
  /** Of a picture: where it lies in the patient, as far as its header says. */
  readonly placement?: Placement;
  readonly facts: ImageFacts;
  readonly identity?: PatientIdentity;
  readonly context?: Sensitive<StudyContext>;
  readonly slices?: readonly SliceSource[];
  readonly viewed?: Viewed;
  readonly warnings: readonly string[];
}

export function aboutStudy(objects: readonly PlacedContext[]): Pick<Content, 'context'> {
  const context = studyContextOf(objects);
  return context === undefined ? {} : { context };
}
