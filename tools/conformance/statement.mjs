// The DICOM conformance statement (PS3.2), whole.
import { annexes, rest } from './sections/annexes.mjs';
import { associations, interfaces } from './sections/associations.mjs';
import { model } from './sections/model.mjs';
import { overview } from './sections/overview.mjs';
import { services } from './sections/services.mjs';
import { web } from './sections/web.mjs';

const SECTIONS = [overview, model, associations, services, web, interfaces, rest, annexes];

/** @param facts as `readFacts` gives them */
export const statementOf = (facts) => SECTIONS.map((section) => section(facts)).join('\n\n');
