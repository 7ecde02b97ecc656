import type { AnswerDocument, SeriesContext, WindowFunction } from '@medserve/clinical';
import type { DecodedStudy } from '@medserve/imaging';
import type { Offer } from './offers';

/** How an image is laid out, and shown where nothing else is asked for. */
export interface ImageDescription {
  readonly kind: 'image' | 'volume';
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  readonly samplesPerPixel: number;
  /** Millimetres between the centres of neighbours; null where nothing says. */
  readonly spacingMm: { readonly x: number; readonly y: number; readonly z: number | null } | null;
  /** In units of the rescaled samples (PS3.3 C.11.2), and by which function (C.11.2.1.3), in the words of DICOMweb (PS3.18 8.3.5.1.4). */
  readonly window: { readonly center: number; readonly width: number; readonly function: WindowFunction } | null;
  /** Whether the smaller value is the brighter: of MONOCHROME1 whose values have a unit. What has none was turned when it was decoded. */
  readonly isInverted: boolean;
  /** Patient directions that columns, rows and slices grow towards, in letters (PS3.3 C.7.6.1.1.1). */
  readonly orientation: { readonly x: string; readonly y: string; readonly z: string | null } | null;
}

/** Which DICOM series files are of, in the words of its header: told to who sent them, and to nobody else. */
export type SeriesDescription = Pick<SeriesContext, 'uid' | 'number' | 'modality' | 'description'>;

/** What was sent, and what can be asked of it: the answer of `POST /v1/inspect`. */
export interface Description {
  readonly modality: {
    readonly declared: string | null;
    readonly detected: string | null;
    readonly source: 'header' | 'pixels' | 'declared' | 'none';
    /** What a request would be served as; null: one of `choices` has to be declared. */
    readonly served: string | null;
    readonly title: string | null;
    readonly why: string;
    readonly choices: readonly { readonly id: string; readonly title: string }[];
    readonly detail: AnswerDocument['modality']['detail'];
  };
  readonly image: ImageDescription;
  /** Absent where they do not say. */
  readonly series?: SeriesDescription;
  readonly inputs: DecodedStudy['inputs'];
  readonly slices?: DecodedStudy['slices'];
  readonly view?: DecodedStudy['viewed'];
  readonly offers: readonly Offer[];
  readonly warnings: readonly string[];
}
