import type { SendReason } from '../sent';

/** What an answer to C-STORE means for the object (PS3.4 B.2.3, PS3.7 Annex C). */
export type Judged = 'stored' | { readonly reason: SendReason; readonly isForGood: boolean };

const inRange = (status: number, from: number): boolean => (status & 0xff00) === from;

/** The object is there with a success or a warning; what the receiver has against it, it will have again; what it lacks, it may have later. */
export function judgeStatus(status: number): Judged {
  if (status === 0 || (status & 0xf000) === 0xb000 || status === 0x0001 || status === 0x0107 || status === 0x0116)
    return 'stored';
  // Duplicate SOP instance: ours, from an attempt whose answer was lost.
  if (status === 0x0111) return 'stored';
  if (inRange(status, 0xa700)) return { reason: 'out_of_resources', isForGood: false };
  if (inRange(status, 0xa900) || (status & 0xf000) === 0xc000) return { reason: 'content_refused', isForGood: true };
  if (status === 0x0122) return { reason: 'sop_class_refused', isForGood: true };
  if (status === 0x0124) return { reason: 'not_authorised', isForGood: true };
  if (status === 0x0110 || status === 0x0213) return { reason: 'receiver_failed', isForGood: false };
  if (status === 0x0112 || status === 0x0115 || status === 0x0117 || (status >= 0x0210 && status <= 0x0212))
    return { reason: 'content_refused', isForGood: true };
  return { reason: 'receiver_failed', isForGood: false };
}

export const statusWord = (status: number): string => status.toString(16).toUpperCase().padStart(4, '0');
