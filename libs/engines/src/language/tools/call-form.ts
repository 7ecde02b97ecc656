/** How calls are written (Hermes, ChatML): one JSON object between two tags. */
export const OPEN = '<tool_call>';
export const CLOSE = '</tool_call>';
