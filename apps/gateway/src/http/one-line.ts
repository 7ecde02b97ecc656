import { z } from 'zod';

/**
 * Text without control characters (Unicode's Cc): people read it in lists, and a database keeps no NUL. Spelt out, as the pattern stands in
 * the OpenAPI document, too, and few readers of one know `\p` (JSON Schema 2020-12 Core, 6.4).
 */
export const oneLine = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\u0000-\u001f\u007f-\u009f]+$/, 'it may hold no control characters');
