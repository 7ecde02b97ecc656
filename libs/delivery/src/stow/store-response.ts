import { z } from 'zod';

/** As much of the Store Instances Response Module (PS3.18 Annex I, Table I.1-1) as says what was not stored. */
const item = z.object({
  '00081155': z.object({ Value: z.array(z.string()).optional() }).optional(),
  '00081197': z.object({ Value: z.array(z.coerce.number()).optional() }).optional(),
});

const response = z.object({
  '00081198': z.object({ Value: z.array(item).optional() }).optional(),
  '00081199': z.object({ Value: z.array(item).optional() }).optional(),
  '0008119A': z.object({ Value: z.array(item).optional() }).optional(),
});

export interface StoreResponse {
  /** SOP Instance UIDs. */
  readonly stored: readonly string[];
  /** `reason`: (0008,1197), absent where the receiver gives none. */
  readonly failed: readonly { readonly sopInstanceUid: string | undefined; readonly reason: number | undefined }[];
}

/** @returns undefined for what is no such response in DICOM JSON */
export function readStoreResponse(body: Buffer): StoreResponse | undefined {
  let written: unknown;
  try {
    written = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  // Some receivers answer with a list of one.
  const { success, data } = response.safeParse(Array.isArray(written) ? written[0] : written);
  if (!success) return undefined;
  const of = (tag: keyof typeof data) =>
    (data[tag]?.Value ?? []).map((found) => ({
      sopInstanceUid: found['00081155']?.Value?.[0],
      reason: found['00081197']?.Value?.[0],
    }));
  return {
    stored: of('00081199').flatMap(({ sopInstanceUid }) => sopInstanceUid ?? []),
    failed: [...of('00081198'), ...of('0008119A')],
  };
}
