/** How urgent a study is, the most urgent first: the classes of requests. */
export const STUDY_CLASSES = ['stat', 'urgent', 'routine', 'research'] as const;
export type StudyClass = (typeof STUDY_CLASSES)[number];
