import type { Manifest } from '@medserve/engines';
import type { LanguageEntry } from '@medserve/rpc';

/** What a caller has to know of a package that writes, or turns texts into vectors; `undefined` of any other. */
export function languageOf({ generation, text, pool }: Manifest): LanguageEntry | undefined {
  if (text) {
    const { maxTokens: contextTokens } = text;
    return { generates: false, contextTokens, maxAnswerTokens: 0, maxImages: 0, adapters: [], slots: 1 };
  }
  if (!generation) return undefined;
  const { contextTokens, maxAnswerTokens, image, adapters, slots } = generation;
  return {
    generates: true,
    contextTokens,
    maxAnswerTokens,
    maxImages: image?.maxImages ?? 0,
    // Files of the package's own, or what the servers of its pool have.
    adapters: [...adapters, ...(pool?.adapters ?? [])].map(({ name }) => name),
    slots,
  };
}
