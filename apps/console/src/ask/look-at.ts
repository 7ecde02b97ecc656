import type { Description } from '../api';
import type { ImageSet } from '../images/image-set';
import type { Inspection } from '../images/inspect-images';
import type { Sent } from '../images/send-files';
import type { Sorted } from '../images/sort-out';
import { isMixed, mayLackSlices, sortSeries, type SortedSeries } from '../images/sort-series';
import type { OnDesk } from './desk-state';

/** Files that are to be looked at as one image. */
export interface Candidate {
  readonly files: readonly File[];
  readonly left: Sorted['left'];
  /** What they are declared as; absent: what they say themselves. */
  readonly modality?: string | undefined;
  readonly isDrawing?: boolean;
  /** The series that they were chosen from, where they were. */
  readonly others?: SortedSeries | undefined;
}

/** The platform, which looks at files. Both throw ApiError, FileGoneError, and what the signal was aborted with. */
export interface LookPorts {
  inspect(inspection: Inspection): Promise<ImageSet>;
  describe(inspection: Inspection): Promise<Description>;
}

export interface Looking {
  readonly ports: LookPorts;
  /** Hears each state on the way, and what it ends in; nothing once the signal is aborted. */
  readonly tell: (onDesk: OnDesk) => void;
  readonly signal: AbortSignal;
}

/** Has the platform look at files, and sorts those that are no one image by their series. Everything is told; nothing is thrown. */
export async function lookAt(candidate: Candidate, { ports, tell, signal }: Looking): Promise<void> {
  const say = (onDesk: OnDesk): void => {
    if (!signal.aborted) tell(onDesk);
  };
  await new Look({ ports, tell: say, signal }).at(candidate);
}

class Look {
  constructor(private readonly looking: Looking) {}

  async at(candidate: Candidate): Promise<void> {
    const { files, left, modality, isDrawing = false, others } = candidate;
    const { ports, tell, signal } = this.looking;
    const sending = { kind: 'sending', count: files.length, left } as const;
    tell(sending);
    try {
      const onSent = (sent: Sent): void => {
        tell({ ...sending, sent });
      };
      const images = await ports.inspect({ files, modality, signal, onSent });
      tell({ kind: 'shown', images, left, isDrawing, isDescribing: false, others });
    } catch (error) {
      // What was chosen as one series and is refused all the same is not sorted again.
      if (isMixed(error) && others === undefined && files.length > 1 && !signal.aborted)
        await this.sort(candidate, error);
      else tell({ kind: 'failed', error, files, left, others });
    }
  }

  /** @param refusal why the files are no one image, for where they are not of several series */
  private async sort({ files, left }: Candidate, refusal: unknown): Promise<void> {
    const { ports, tell, signal } = this.looking;
    const onLooked = (looked: number): void => {
      tell({ kind: 'sorting', count: files.length, looked, left });
    };
    onLooked(0);
    try {
      const sorted = await sortSeries({ files, signal, onLooked, describe: (one) => ports.describe(one) });
      const [first, ...others] = sorted.series;
      const found = { series: sorted.series, left: [...left, ...sorted.left] };
      if (others.length > 0 || (first !== undefined && mayLackSlices(sorted))) tell({ kind: 'several', ...found });
      else if (first === undefined || first.files.length === files.length)
        tell({ kind: 'failed', error: refusal, files, left });
      else await this.at({ files: first.files, left: found.left, others: found });
    } catch (error) {
      tell({ kind: 'failed', error, files, left });
    }
  }
}
