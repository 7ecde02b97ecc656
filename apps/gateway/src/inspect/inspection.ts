import {
  decideModality,
  type Modality,
  type ModalityDecision,
  type PixelVerdict,
  type Sensitive,
} from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { DecodedStudy } from '@medserve/imaging';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import { filesAsked } from '../infer/asked-view';
import { imageDetail } from '../infer/image-detail';
import { optional, parseModel } from '../infer/model-words';
import { PhaseTimes } from '../infer/phase-times';
import { pixelVerdict, type Asking } from '../infer/pixel-verdict';
import type { Catalogue, Decoder, Dispatcher } from '../infer/ports';
import type { InferenceRequest } from '../infer/inference-request';
import { choicesOf } from './choices';
import { describeImage } from './describe-image';
import { describeSeries } from './describe-series';
import type { Description } from './description';
import { offersFor, type OfferCatalogue } from './offers';

export interface InspectionParts {
  readonly decoder: Decoder;
  /** To the recogniser, for pictures whose header says nothing. */
  readonly dispatcher: Dispatcher;
  readonly catalogue: Pick<Catalogue, 'checkWords'> & OfferCatalogue;
  readonly instruments: Instruments;
}

export interface InspectionWishes {
  /** Whether the pixels are wanted too. */
  readonly asNifti: boolean;
  /** Told of the bytes that are held until the answer has left. @throws ServingError `overloaded` */
  readonly hold: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export interface Inspected {
  readonly description: Description;
  /** The pixels as one NIfTI-1 file, where they were asked for. */
  readonly nifti: Uint8Array | undefined;
  readonly times: PhaseTimes;
}

type Decided = Extract<ModalityDecision, { kind: 'decided' }>;

/** What is known of what was imaged: a decision, or in a sentence why there is none. */
interface Known {
  readonly decision: Decided | undefined;
  readonly why: string;
  readonly choices: readonly Modality[];
}

/** Says what an image is and what could be asked of it. Nothing is asked of a model but of the recogniser, and nothing is kept. */
export class Inspection {
  constructor(private readonly parts: InspectionParts) {}

  /**
   * @throws ServingError what `ImagePreparation` refuses before it has chosen a model, but for `modality_unrecognised`: that is an
   *   answer here
   */
  async inspect(
    principal: Principal,
    request: InferenceRequest & { readonly patientKey?: Sensitive<string> | undefined },
    { asNifti, hold, signal }: InspectionWishes,
  ): Promise<Inspected> {
    const { decoder, catalogue, instruments } = this.parts;
    const times = new PhaseTimes(instruments);
    catalogue.checkWords({ ...optional('task', request.task), ...optional('model', parseModel(request.model)) });
    const files = filesAsked(request);
    const study = await times.measure('decode', () => decoder.decode(files, signal, { asNifti }));
    hold(study.nifti?.byteLength ?? study.decoded.samples.byteLength);
    const known = await this.find({ principal, request, study, times, signal });
    return { description: this.describe(study, known, request), nifti: study.nifti, times };
  }

  private async find(asking: Asking): Promise<Known> {
    const { request, study } = asking;
    let pixels: PixelVerdict | undefined;
    try {
      pixels = await pixelVerdict(asking, this.parts.dispatcher);
      const { modality: declared, allowMismatch } = request;
      const decision = decideModality({ facts: study.facts, declared, allowMismatch, pixels });
      if (decision.kind !== 'decided') throw new ServingError('internal', 'The modality stayed undecided.');
      return { decision, why: decision.why, choices: this.otherChoices(study, pixels, decision) };
    } catch (thrown) {
      if (!(thrown instanceof ServingError) || thrown.reason !== 'modality_unrecognised') throw thrown;
      return { decision: undefined, why: thrown.message, choices: choicesOf(study, pixels) };
    }
  }

  /** Of what says itself what it is there is nothing to choose. */
  private otherChoices(study: DecodedStudy, pixels: PixelVerdict | undefined, { source, modality }: Decided) {
    if (source === 'header') return [];
    const choices = choicesOf(study, pixels);
    return choices.length === 1 && choices[0] === modality ? [] : choices;
  }

  private describe(study: DecodedStudy, { decision, why, choices }: Known, request: InferenceRequest): Description {
    const { inputs, slices, viewed, facts } = study;
    const modalities = decision === undefined ? choices : [decision.modality];
    return {
      modality: {
        declared: decision?.declared ?? request.modality ?? null,
        detected: decision?.detected ?? null,
        source: decision?.source ?? 'none',
        served: decision?.modality.id ?? null,
        title: decision?.modality.title ?? null,
        why,
        choices: choices.map(({ id, title }) => ({ id, title })),
        detail: imageDetail(facts),
      },
      image: describeImage(study),
      ...optional('series', describeSeries(study)),
      inputs,
      ...optional('slices', slices),
      ...optional('view', viewed),
      offers: modalities.flatMap((modality) => offersFor(this.parts.catalogue, modality, request.task)),
      warnings: [...(decision?.warnings ?? []), ...study.warnings],
    };
  }
}
