import type { Region, Section } from '../../answers/answer';

/** A report as it was read, before its references were checked. */
export interface Draft {
  readonly sections: readonly Section[];
  readonly regions: readonly Region[];
  readonly rationale?: string;
  /** Why the report cannot be relied on; empty: it can be read. */
  readonly problems: readonly string[];
  readonly cautions: readonly string[];
}

const DANGLING = 'A sentence refers to a region that the answer does not hold; the reference was dropped.';
const REPEATED = 'Two regions of the answer have the same name, so that references to them say nothing.';

/**
 * A draft whose references all lead somewhere. A report with a dangling one is kept for a person to read and abstains as a whole:
 * a reference claims that there is evidence, and where one claim is false the others are not to be trusted either. To drop the
 * reference quietly would turn a grounded sentence into one that merely names no place; to drop the sentence would hide a finding.
 */
export function checkReferences(draft: Draft): Draft {
  const ids = new Set(draft.regions.map(({ id }) => id));
  const sections = draft.sections.map((section) => ({
    ...section,
    sentences: section.sentences.map((sentence) => ({
      ...sentence,
      regions: sentence.regions.filter((id) => ids.has(id)),
    })),
  }));
  const problems = [
    ...draft.problems,
    ...(referencesOf(sections) < referencesOf(draft.sections) ? [DANGLING] : []),
    ...(ids.size < draft.regions.length ? [REPEATED] : []),
  ];
  return { ...draft, sections, problems };
}

const referencesOf = (sections: readonly Section[]): number =>
  sections.flatMap(({ sentences }) => sentences.flatMap(({ regions }) => regions)).length;
