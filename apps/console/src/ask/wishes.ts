import type { Description, Offer, OfferedModel } from '../api';
import type { CLASSES } from '../api/classes';

export type RequestClass = (typeof CLASSES)[number];

/** How a question may be answered; `free` is what the platform does when nothing is said (docs/typed-answers.md). */
export const FORMS = ['free', 'closed', 'single-choice', 'multiple-choice'] as const;

export type Form = (typeof FORMS)[number];

/** Languages in which a plain yes or no is read (docs/typed-answers.md, "Reading the answer"). */
export const ANSWER_LANGUAGES = ['en', 'es', 'fr', 'de', 'it', 'pt', 'ru', 'zh', 'ja', 'ko', 'ar', 'hi'] as const;

/** What a person chose and typed so far. */
export interface Wishes {
  /** What they say was imaged; absent: what was found. */
  readonly modality?: string | undefined;
  /** Absent: what the platform would do by itself. */
  readonly task?: string | undefined;
  /** `name:version`; absent: the usual one. */
  readonly model?: string | undefined;
  readonly class: RequestClass;
  readonly question: string;
  readonly form: Form;
  /** One a line. */
  readonly options: string;
  readonly phrase: string;
  /** Of the answer; empty: the model's own choice. */
  readonly language: string;
}

export const FIRST_WISHES: Wishes = {
  class: 'routine',
  question: '',
  form: 'free',
  options: '',
  phrase: '',
  language: '',
};

/** Limits of the gateway's schema of requests. */
export const MOST_CHARACTERS = { question: 4_000, phrase: 512 } as const;

const OPTIONS = { least: 2, most: 26 } as const;

/** Undefined where neither the image nor the person says what was imaged. */
export const servedAs = ({ modality: { served } }: Description, { modality }: Wishes): string | undefined =>
  served ?? modality;

/** What can be asked of an image as it is served. */
export function offersOf(description: Description, wishes: Wishes): readonly Offer[] {
  const modality = servedAs(description, wishes);
  return description.offers.filter((offer) => offer.modality === modality);
}

export function offerOf(description: Description, wishes: Wishes): Offer | undefined {
  const offers = offersOf(description, wishes);
  return offers.find(({ task }) => task === wishes.task) ?? offers.find(({ isDefault }) => isDefault) ?? offers[0];
}

export const modelId = ({ name, version }: Pick<OfferedModel, 'name' | 'version'>): string => `${name}:${version}`;

/** The model that would answer. */
export const modelOf = ({ models }: Offer, wishes: Wishes): OfferedModel | undefined =>
  models.find((model) => modelId(model) === wishes.model) ?? models.find(({ isDefault }) => isDefault) ?? models[0];

/** Which of the further wishes a task knows. */
export interface Knows {
  readonly question: boolean;
  readonly form: boolean;
  readonly options: boolean;
  readonly phrase: boolean;
  readonly language: boolean;
}

const WRITING_TASKS: readonly string[] = ['answer', 'report', 'ground'];

export function knownTo({ task, question, wantsPhrase }: Offer, { form }: Wishes): Knows {
  const isQuestion = task === 'answer';
  return {
    question: question !== 'none',
    form: isQuestion,
    options: isQuestion && form.endsWith('-choice'),
    phrase: wantsPhrase,
    language: WRITING_TASKS.includes(task),
  };
}

const optionsOf = ({ options }: Wishes): readonly string[] =>
  options
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

export type Missing = 'modality' | 'task' | 'question' | 'phrase' | 'options' | 'too-many-options';

/** What has still to be said before it can be asked; undefined: nothing. */
export function missingIn(description: Description, wishes: Wishes): Missing | undefined {
  if (servedAs(description, wishes) === undefined) return 'modality';
  const offer = offerOf(description, wishes);
  if (offer === undefined || offer.models.length === 0) return 'task';
  const knows = knownTo(offer, wishes);
  if (offer.question === 'required' && wishes.question.trim() === '') return 'question';
  if (knows.phrase && wishes.phrase.trim() === '') return 'phrase';
  if (!knows.options) return undefined;
  const { length } = optionsOf(wishes);
  if (length < OPTIONS.least) return 'options';
  return length > OPTIONS.most ? 'too-many-options' : undefined;
}

/** The words of a person that go with what is asked: a question, or what is to be looked for. Empty where the task takes none. */
export function wordsOf(description: Description, wishes: Wishes): string {
  const offer = offerOf(description, wishes);
  if (offer === undefined) return '';
  const { question, phrase } = knownTo(offer, wishes);
  return [question ? wishes.question : '', phrase ? wishes.phrase : ''].filter((said) => said.trim() !== '').join('\n');
}

/** The part `request` of what is asked. Only what the person chose is said; what the platform chooses by itself is left to it. */
export function requestOf(description: Description, wishes: Wishes, allowMismatch = false): Record<string, unknown> {
  const offer = offerOf(description, wishes);
  const declared = description.modality.served === null ? wishes.modality : description.modality.declared;
  const model = offer && modelOf(offer, wishes);
  const question = wishes.question.trim();
  const parameters = offer === undefined ? {} : parametersOf(offer, wishes);
  return {
    ...(offer === undefined ? {} : { task: offer.task }),
    ...(declared === undefined || declared === null ? {} : { modality: declared }),
    ...(wishes.model === undefined || model === undefined ? {} : { model: modelId(model) }),
    ...(offer === undefined || offer.question === 'none' || question === '' ? {} : { question }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    class: wishes.class,
    ...(allowMismatch ? { allowMismatch } : {}),
  };
}

function parametersOf(offer: Offer, wishes: Wishes): Record<string, unknown> {
  const knows = knownTo(offer, wishes);
  return {
    ...(knows.form && wishes.form !== 'free' ? { form: wishes.form } : {}),
    ...(knows.options ? { options: optionsOf(wishes).map(coded) } : {}),
    ...(knows.phrase ? { phrase: wishes.phrase.trim() } : {}),
    ...(knows.language && wishes.language !== '' ? { language: wishes.language } : {}),
  };
}

/** A code that reads like no letter of a list, and like no text that somebody would type. */
const coded = (display: string, index: number) => ({ code: `choice:${String(index + 1)}`, display });
