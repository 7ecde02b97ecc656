import type { AnswerDocument, AnswerPart } from '@medserve/clinical';
import { FINDING } from '../codes/systems';
import { ofClassification } from './classification';
import { ofEmbedding } from './embedding';
import { ofMeasurements } from './measurements';
import { ofRegions } from './regions';
import { ofReport } from './report';
import { ofSegmentation } from './segmentation';
import { counted, type Statement } from './statement';
import { ofText } from './text';
import { inWords } from './in-words';

/**
 * What an answer says, statement by statement. A model that abstained stands by nothing: then one statement says so, and what it
 * would have said is a note for people, where no system takes it for a finding.
 */
export function statementsOf({ answer, decision }: AnswerDocument): Statement[] {
  const { parts = [], ...main } = answer;
  const said = counted([main, ...parts].flatMap(ofPart));
  if (decision === 'answered') return said;
  const notes = said.flatMap((statement) => inWords(statement)).map((line) => `Not stood by: ${line}`);
  return [{ key: 'abstained', code: FINDING, value: { kind: 'abstained' }, notes }];
}

function ofPart(part: AnswerPart): Statement[] {
  switch (part.kind) {
    case 'classification':
      return ofClassification(part);
    case 'regions':
      return ofRegions(part);
    case 'measurements':
      return ofMeasurements(part);
    case 'text':
      return ofText(part);
    case 'report':
      return ofReport(part);
    case 'segmentation':
      return ofSegmentation(part);
    case 'embedding':
      return ofEmbedding(part);
  }
}
