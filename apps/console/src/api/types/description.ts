import type { AnswerDocument, WindowFunction } from '@medserve/clinical';

/** A model that could be asked. */
export interface OfferedModel {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly isDefault: boolean;
  readonly state: string;
  /** Whether it can answer at once. */
  readonly isWarm: boolean;
  /** How long a cold one takes to load, where that was measured. */
  readonly expectedLoadMs?: number;
}

export interface Offer {
  /** The modality that it is offered for: the one that was found, or each that could be declared. */
  readonly modality: string;
  readonly task: string;
  readonly title: string;
  /** Whether the task wants a question. */
  readonly question: 'none' | 'optional' | 'required';
  /** Whether it wants `parameters.phrase`, what is to be looked for, or `parameters.region` instead. */
  readonly wantsPhrase: boolean;
  /** Whether it is what the platform would do if nothing was said. */
  readonly isDefault: boolean;
  readonly models: readonly OfferedModel[];
}

/** Which DICOM series an image is of, in the words of its header: it may tell who the patient is. */
export interface SeriesDescription {
  readonly uid: string;
  readonly number?: number;
  /** As DICOM has it: `CT`, `MR`, `DX`. */
  readonly modality?: string;
  readonly description?: string;
}

/** What was sent, and what can be asked of it: the answer of `POST /v1/inspect`. */
export interface Description {
  readonly modality: Omit<AnswerDocument['modality'], 'served'> & {
    /** What a request would be served as; null where nothing says what this is: then one of `choices` has to be declared. */
    readonly served: string | null;
    /** Of the modality that it is served as. */
    readonly title: string | null;
    /** In a sentence: what in the header or in the pixels said so. */
    readonly why: string;
    /** What it may be declared as, where it does not say itself what it is; else empty. */
    readonly choices: readonly { readonly id: string; readonly title: string }[];
  };
  readonly image: {
    readonly kind: 'image' | 'volume';
    readonly columns: number;
    readonly rows: number;
    readonly slices: number;
    /** 1, or 3 of a colour image. */
    readonly samplesPerPixel: number;
    /** Millimetres between the centres of neighbours along columns (x), rows (y) and slices (z); null where nothing says. */
    readonly spacingMm: { readonly x: number; readonly y: number; readonly z: number | null } | null;
    /** Where the image says how it is to be shown (DICOM VOI LUT): in units of the rescaled samples. */
    readonly window: { readonly center: number; readonly width: number; readonly function: WindowFunction } | null;
    /** Whether low samples are bright; never of what is decoded here, where MONOCHROME1 was turned. */
    readonly isInverted: boolean;
    /** Patient directions that x and y grow towards, letters such as `L`, `P` and `H` (PS3.3 C.7.6.1.1.1); null where nothing says. */
    readonly orientation: { readonly x: string; readonly y: string; readonly z: string | null } | null;
  };
  /** Absent where its files do not say. */
  readonly series?: SeriesDescription;
  /** One a file, in sending order. */
  readonly inputs: AnswerDocument['provenance']['inputs'];
  readonly slices?: AnswerDocument['provenance']['slices'];
  readonly view?: AnswerDocument['provenance']['view'];
  readonly offers: readonly Offer[];
  readonly warnings: readonly string[];
}
