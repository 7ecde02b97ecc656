const WORDS = /dynamically imported module|importing a module script failed|preload CSS/i;

/** Whether a part of the page could not be fetched: the platform is away, or has a newer version of the page by now. */
export const isMissingChunk = (error: unknown): boolean => error instanceof Error && WORDS.test(error.message);
