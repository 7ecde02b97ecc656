import { auditAndCost } from './boards/audit-and-cost';
import { clinical } from './boards/clinical';
import { operations } from './boards/operations';
import { quality } from './boards/quality';
import { draw, type Dashboard } from './kit/board';

/** Every dashboard, by the name of its rendered file. */
export const dashboards = (): Readonly<Record<string, Dashboard>> => ({
  operations: draw(operations),
  clinical: draw(clinical),
  quality: draw(quality),
  'audit-and-cost': draw(auditAndCost),
});
