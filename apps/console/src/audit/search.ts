/** What of the audit log is shown: it stands in the address, so it holds nothing of a patient. Times are RFC 3339, UTC. */
export interface AuditSearch {
  readonly from?: string;
  readonly to?: string;
  readonly actor?: string;
  readonly event?: string;
  readonly model?: string;
  readonly subject?: string;
}

const FIELDS = ['from', 'to', 'actor', 'event', 'model', 'subject'] as const satisfies readonly (keyof AuditSearch)[];

const LONGEST = 256;

/**
 * What some fields look like, as fields of a form check it (`pattern`): ids of the platform. Who types a name or a UID of a study is
 * told so, and it gets into no address.
 */
export const PATTERNS = {
  actor: String.raw`[A-Za-z0-9][A-Za-z0-9._:\/\-]{0,127}`,
  event: '[a-z_]{1,64}',
  subject: String.raw`(?!.*\d\.\d+\.\d+\.\d)([A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}|[a-z][a-z\-]{0,31}:[A-Za-z0-9._:\/\-]{1,200})`,
} as const;

const SHAPES = new Map(Object.entries(PATTERNS).map(([name, pattern]) => [name, new RegExp(`^(?:${pattern})$`, 'v')]));
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/;

const isInstant = (text: string): boolean => INSTANT.test(text) && !Number.isNaN(Date.parse(text));

/** Takes of an address what can be searched for; the platform judges the rest. */
export function parseAuditSearch(raw: Readonly<Record<string, unknown>>): AuditSearch {
  const taken = FIELDS.flatMap((name) => {
    const value = raw[name];
    // The router reads digits as a number.
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || text === '' || text.length > LONGEST) return [];
    if (SHAPES.get(name)?.test(text) === false) return [];
    return (name === 'from' || name === 'to') && !isInstant(text) ? [] : [[name, text] as const];
  });
  return Object.fromEntries(taken);
}

/** Whom a search is about; sent in the body of a request, and neither kept nor written anywhere. */
export interface PatientWish {
  /** As the DICOM header has it: (0010,0020), and (0010,0021) where it is there. */
  readonly id: string;
  readonly issuer: string;
  /** As the sender named one, in `x-medserve-patient-key`. */
  readonly key: string;
}

export const NOBODY: PatientWish = { id: '', issuer: '', key: '' };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The body of `POST /v1/audit/search`. What an entry is about may be given as the bare id of a result. */
export function bodyOf(
  { subject, ...search }: AuditSearch,
  patient: PatientWish,
  limit: number,
  cursor?: string,
): object {
  const about = subject !== undefined && UUID.test(subject) ? `result:${subject.toLowerCase()}` : subject;
  return {
    ...search,
    ...(about === undefined ? {} : { subject: about }),
    ...(patient.id === ''
      ? {}
      : { patient: { id: patient.id, ...(patient.issuer === '' ? {} : { issuer: patient.issuer }) } }),
    ...(patient.key === '' ? {} : { patientKey: patient.key }),
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  };
}

const two = (number: number): string => String(number).padStart(2, '0');

/** An instant as a field of the reader's clock shows it (`datetime-local`), to the second. */
export function toLocal(instant: string | undefined): string {
  if (instant === undefined) return '';
  const at = new Date(instant);
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** The instant that a time on the reader's clock is; undefined where it is none. */
export function fromLocal(local: string): string | undefined {
  const at = new Date(local);
  return local === '' || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
