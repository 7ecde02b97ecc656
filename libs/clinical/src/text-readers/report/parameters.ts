import { z } from 'zod';
import { gridParameters } from '../boxes/grid';
import { rationaleMarks } from '../rationale';

const code = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/u);
const heading = z.string().trim().min(1).max(64);

const HEADERS = {
  indication: ['Indication', 'Clinical history', '检查目的'],
  technique: ['Technique', '检查方法'],
  comparison: ['Comparison', '对比'],
  findings: ['Findings', 'Finding', '检查所见', '影像所见', '所见'],
  impression: ['Impression', 'Conclusion', '诊断意见', '印象', '结论'],
};

/** What a package says of how its model writes reports. */
export const reportReaderParameters = z.strictObject({
  /** `headers`: sections under headings with a colon. `json`: an object, as `report-json.ts` describes it. */
  layout: z.enum(['headers', 'json']).default('headers'),
  /** Spellings of the headings of each section; case does not matter. */
  headers: z.record(code, z.array(heading).min(1).max(16)).default(HEADERS),
  /** The section of what stands under no heading. */
  untitled: code.default('findings'),
  /** How the model writes the places that a sentence speaks of; absent: it writes none in its text. */
  boxes: gridParameters.optional(),
  rationale: rationaleMarks.optional(),
});

export type ReportReaderParameters = z.infer<typeof reportReaderParameters>;
