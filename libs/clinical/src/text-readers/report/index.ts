import type { Finding } from '../../answers/answer';
import { detectLanguage } from '../../language/detect-language';
import { frameOf } from '../boxes/grid';
import { cautionsOf } from '../cautions';
import { confidenceOf } from '../confidence';
import { tellApart } from '../rationale';
import { defineTextReader } from '../text-reader';
import { checkReferences } from './draft';
import { reportReaderParameters, type ReportReaderParameters } from './parameters';
import { readHeaded } from './read-headed';
import { readJson } from './read-json';

const EMPTY = 'The model wrote no report.';

/**
 * Reads a draft report: sections of sentences, each with the regions that it speaks of. One that was cut at its limit abstains: what
 * is missing may be the finding.
 */
export const report = defineTextReader<ReportReaderParameters>({
  id: 'report',
  parameters: reportReaderParameters,
  read(reading, parameters): Finding {
    const told = tellApart(reading, parameters.rationale);
    const frame = () => frameOf(reading.input);
    const read = parameters.layout === 'json' ? readJson : readHeaded;
    const { sections, regions, problems, cautions, rationale } = checkReferences(read(told.text, frame, parameters));
    const sentences = sections.flatMap((section) => section.sentences);
    const text = sentences.map((sentence) => sentence.text).join('\n');
    const reasons = [told.rationale, rationale].filter((reason) => reason !== undefined).join('\n');
    const language = detectLanguage(text);
    return {
      answer: {
        kind: 'report',
        sections,
        ...(reasons === '' ? {} : { rationale: reasons }),
        ...(language === undefined ? {} : { language }),
        ...(regions.length === 0 ? {} : { parts: [{ kind: 'regions', regions, frame: frame() }] }),
      },
      decision: problems.length > 0 || sentences.length === 0 || reading.finish === 'length' ? 'abstained' : 'answered',
      confidence: confidenceOf(reading),
      evidence: [
        {
          kind: 'report',
          layout: parameters.layout,
          sentences: sentences.length,
          grounded: sentences.filter((sentence) => sentence.regions.length > 0).length,
          regions: regions.length,
          finish: reading.finish,
        },
      ],
      warnings: [...(sentences.length === 0 ? [EMPTY] : []), ...problems, ...cautions, ...cautionsOf(reading, text)],
    };
  },
});
