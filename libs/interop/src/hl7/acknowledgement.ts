import { unescapeText } from './escape';

/** AA, AE, AR: what the receiving application says. CA, CE, CR: whether the message is kept, in enhanced mode (HL7 2.5.1, 2.9). */
export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

const CODES: ReadonlySet<string> = new Set<AckCode>(['AA', 'AE', 'AR', 'CA', 'CE', 'CR']);

export interface Acknowledgement {
  readonly code: AckCode;
  /** What the peer says about it. It may quote the message, so it is no text for logs. */
  readonly text?: string;
}

/** Longer texts of a peer are cut. */
const MAX_TEXT = 500;

/** An acknowledgement, and the control id that it answers. */
export interface Answered {
  readonly of: string;
  readonly acknowledgement: Acknowledgement;
}

/** What a message acknowledges; undefined where it is another message. */
export function readAcknowledgement(message: string): Answered | undefined {
  const separator = separatorOf(message);
  const segments = message.split(/[\r\n]+/).map((line) => line.split(separator));
  const [, padded = '', of = '', text = ''] = segments.find(([name]) => name === 'MSA') ?? [];
  // Blanks at the end of an ST say nothing (HL7 2.5.1, 2.A.75), and some peers pad their fields.
  const code = padded.trim();
  if (!CODES.has(code)) return undefined;
  // ERR-8 is for users, ERR-7 for who repairs it; both are kinder than the deprecated MSA-3.
  const error = segments.find(([name]) => name === 'ERR');
  const said = [text, error?.[8], error?.[7]].find((one) => one !== undefined && one !== '');
  const told = said === undefined ? {} : { text: unescapeText(said).slice(0, MAX_TEXT) };
  return { of: unescapeText(of).trimEnd(), acknowledgement: { code: code as AckCode, ...told } };
}

/** MSH-1: the character after the name of the first segment separates fields everywhere in the message (HL7 2.5.1, 2.5.4). */
const separatorOf = (message: string): string => /(?:^|[\r\n])\uFEFF?MSH([^\r\n])/.exec(message)?.[1] ?? '|';

/** What a message says of itself in its first segment. */
export interface MessageHead {
  /** MSH-10. */
  readonly controlId: string;
  /** Whether an answer of the application is asked for after the one that the message is kept (MSH-16). */
  readonly wantsApplication: boolean;
}

export function readHead(message: string): MessageHead {
  // MSH-1 is the separator itself, so a field has an index one lower here than its number.
  const fields = (message.split('\r', 1)[0] ?? '').split('|');
  const application = fields[15] ?? '';
  return {
    controlId: unescapeText(fields[9] ?? ''),
    wantsApplication: application !== '' && application !== 'NE',
  };
}
