// What the code itself says of the DICOM node, for the conformance statement. Needs an up-to-date dist/.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writtenObjects } from './written-objects.mjs';

const requireFrom = createRequire(import.meta.url);

/** Values by which matching is tried: what each VR makes of a pattern, a list, and a range. */
const PATTERN = 'A*';
const LIST = '1\\2';
const RANGES = { DA: '20260101-20260102', TM: '1000-1100' };

/** @param {string} root the project's root */
export async function readFacts(root) {
  const load = (path) => requireFrom(join(root, path));
  const dimse = load('libs/dimse/dist/index.js');
  const classes = load('libs/dimse/dist/uids/sop-classes.js');
  const syntaxes = load('libs/dimse/dist/uids/transfer-syntaxes.js');
  const imaging = load('libs/imaging/dist/index.js');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    version,
    implementation: { uid: dimse.IMPLEMENTATION_CLASS_UID, name: dimse.IMPLEMENTATION_VERSION_NAME },
    verification: dimse.VERIFICATION,
    queryRetrieve: dimse.QUERY_RETRIEVE,
    storageRoot: classes.STORAGE_ROOT,
    otherStorage: [...classes.OTHER_STORAGE],
    isImageClass: load('libs/imaging/dist/dicom/instance/image-classes.js').isImageClass,
    storageSyntaxes: [...syntaxes.STORAGE_SYNTAXES],
    syntaxes: imaging.TRANSFER_SYNTAXES,
    rejections: load('libs/dimse/dist/server/negotiate.js').REJECTION,
    status: dimse.STATUS,
    limits: dimse.DIMSE_LIMITS,
    timeouts: dimse.ASSOCIATE_TIMEOUTS,
    keepDays: load('libs/archive/dist/retention/housekeeping.js').KEEP_DAYS,
    archiveLimits: load('libs/archive/dist/archive-options.js').ARCHIVE_LIMITS,
    refusals: refusals(load),
    judged: load('libs/delivery/dist/dicom/judge.js').judgeStatus,
    keys: searchKeys(load, imaging),
    maxRows: load('libs/archive/dist/index.js').MAX_ROWS,
    resources: Object.values(load('apps/gateway/dist/dicomweb/resources.js').RESOURCES),
    workitemResources: Object.values(load('apps/gateway/dist/workitems/resources.js').WORKITEM_RESOURCES),
    webLimits: load('apps/gateway/dist/dicomweb/limits.js'),
    characterSets: Object.keys(load('libs/imaging/dist/dicom/character-sets.js').ENCODINGS),
    objects: await writtenObjects(load),
    labels: load('libs/imaging/dist/objects/codes/labels.js').KNOWN_LABELS,
    privateScheme: load('libs/imaging/dist/objects/codes/code.js').PRIVATE_SCHEME,
  };
}

/** What is answered to an instance that is not taken, over both doors. */
function refusals(load) {
  const { REFUSAL_STATUS } = load('libs/archive/dist/index.js');
  const { answerTo } = load('apps/gateway/dist/dimse/store-sink.js');
  return Object.entries(REFUSAL_STATUS).map(([reason, web]) => {
    const { status, comment } = answerTo({ kind: 'refused', refusal: { reason, status: web } });
    return { reason, web, status, comment };
  });
}

/** Keys of the index by level, with the kinds of matching that their VR allows (PS3.4 C.2.2.2). */
function searchKeys(load, { keywordOf }) {
  const { searchedKeys } = load('libs/storage/dist/archive/search-levels.js');
  const { matchOf } = load('libs/storage/dist/archive/match-values.js');
  const tried = (vr, value) => {
    try {
      return matchOf(vr, value);
    } catch {
      return { kind: 'refused' };
    }
  };
  return [...searchedKeys().values()].map(({ tag, vr, level }) => ({
    tag,
    vr,
    level,
    keyword: keywordOf(tag),
    wildcard: tried(vr, PATTERN).kind === 'like',
    range: vr in RANGES && tried(vr, RANGES[vr]).kind === 'between',
    list: tried(vr, LIST).values?.length === 2,
  }));
}
