import { z } from 'zod';
import { languageTag } from '../../language/language-tag';

/** How a report is wanted. */
export const reportParameters = z.looseObject({ language: languageTag.optional() });
