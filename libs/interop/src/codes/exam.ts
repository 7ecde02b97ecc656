import type { Coded, StudyContext } from '@medserve/clinical';
import type { InteropInput } from '../input';
import { SYSTEM } from './systems';

const loinc = (code: string, display: string): Coded => ({ system: SYSTEM.loinc, code, display });

/** What every imaging study may be called. */
const ANY_IMAGING = loinc('18748-4', 'Diagnostic imaging study');

const X_RAYS = {
  CHEST: loinc('30745-4', 'XR Chest Views'),
  '*': loinc('43468-8', 'XR Unspecified body region'),
};

/** The exam by what was imaged, and by how: LOINC names each pair. `*` stands for every other part of the body. */
const EXAMS: Readonly<Record<string, Readonly<Record<string, Coded>>>> = {
  CT: {
    CHEST: loinc('24627-2', 'CT Chest'),
    HEAD: loinc('24725-4', 'CT Head'),
    BRAIN: loinc('24725-4', 'CT Head'),
    ABDOMEN: loinc('41806-1', 'CT Abdomen'),
    '*': loinc('25045-6', 'CT Unspecified body region'),
  },
  MR: {
    HEAD: loinc('24590-2', 'MR Brain'),
    BRAIN: loinc('24590-2', 'MR Brain'),
    '*': loinc('25056-3', 'MR Unspecified body region'),
  },
  CR: X_RAYS,
  DX: X_RAYS,
};

/** Modality and body part: of the study's first image series that tells, or of what the answer says was seen. */
function examinedIn({ context, runs }: InteropInput): { modality: string | undefined; bodyPart: string | undefined } {
  const series = context?.series ?? [];
  const detail = runs[0]?.document.modality.detail ?? {};
  const told = (name: string): string | undefined => (typeof detail[name] === 'string' ? detail[name] : undefined);
  return {
    modality: series.find(({ modality }) => modality !== undefined)?.modality ?? told('dicomModality'),
    bodyPart: series.find(({ bodyPart }) => bodyPart !== undefined)?.bodyPart ?? told('bodyPart'),
  };
}

/** What the examination was, the most exact name first: as the order coded it, and as LOINC names it. */
export function examCodes(input: InteropInput): [Coded, ...Coded[]] {
  const { modality, bodyPart } = examinedIn(input);
  const byPart = EXAMS[modality ?? ''];
  const known = byPart?.[bodyPart?.toUpperCase() ?? ''] ?? byPart?.['*'] ?? ANY_IMAGING;
  const ordered = procedureOf(input.context);
  return ordered === undefined ? [known] : [known, ordered];
}

const procedureOf = (context: StudyContext | undefined): Coded | undefined => context?.study.procedure;
