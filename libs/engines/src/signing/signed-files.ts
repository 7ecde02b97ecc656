/** The uploader's signature, in the folder that it covers. */
export const SIGNATURE = 'model.sig';
/** The approver's, beside it. */
export const APPROVAL = 'approval.sig';

export const SIGNATURE_FILES: ReadonlySet<string> = new Set([SIGNATURE, APPROVAL]);
/** What the tool `model-signing` leaves out without being told. */
const OF_GIT: ReadonlySet<string> = new Set(['.git', '.gitattributes', '.github', '.gitignore']);

/** What lies in the folder and need not be signed, as it is never read. */
export const isIgnorable = (name: string): boolean => SIGNATURE_FILES.has(name) || OF_GIT.has(name);
