// PS3.2 section 4.2, SOP-specific conformance of the DIMSE services.
import { bytes, hex4, table, tagText, yesNo } from '../markdown.mjs';
import { storageClasses } from '../storage-classes.mjs';

export const services = (facts) =>
  [contexts(facts), storageProvider(facts), storageUser(facts), queryRetrieve(facts)].join('\n\n');

const contexts = (facts) => `### 4.3 Services

#### 4.3.1 Presentation contexts that are accepted

${table(
  ['abstract syntax', 'UID', 'role', 'transfer syntaxes'],
  [
    ['Verification', facts.verification, 'SCP', 'explicit or implicit VR little endian'],
    [
      `every Storage class: UIDs that begin with \`${facts.storageRoot}\``,
      '[9.2](#92-storage-sop-classes)',
      'SCP',
      'those below',
    ],
    ['further Storage classes', facts.otherStorage.join(', '), 'SCP', 'those below'],
    ...Object.entries(facts.queryRetrieve).map(([name, uid]) => [
      `${name.startsWith('patient') ? 'Patient' : 'Study'} Root Query/Retrieve, ${name.slice(-4).toUpperCase()}`,
      uid,
      'SCP',
      'explicit or implicit VR little endian',
    ]),
  ],
)}

Transfer syntaxes of Storage. Of those that are proposed, explicit VR little endian is chosen, else the first compressed one, else the first of
implicit VR little endian and explicit VR big endian. "Decoded" are those whose pixels models and rendered resources can be given; the others are
kept, found and sent on.

${table(
  ['transfer syntax', 'UID', 'decoded'],
  facts.storageSyntaxes.map((uid) => {
    const { name, codec } = facts.syntaxes.get(uid);
    return [name, uid, yesNo(codec !== undefined)];
  }),
)}

#### 4.3.2 Verification

C-ECHO is answered with ${hex4(facts.status.success)}. A command that is not offered is answered with
${hex4(facts.status.unrecognizedOperation)}; one in a context that was not agreed on aborts the association.`;

const storageProvider = ({ refusals, archiveLimits, keepDays, limits }) => `#### 4.3.3 Storage as provider

Level 2 (full): every element, private ones included, is kept as it came; data sets are bit-preserving (digital signature level 3). No attribute is
coerced. 0000 is answered after the file and its row in the index are on disk. A study stays for ${String(keepDays)} days after its last change, or
until the patient that it shows is shredded; who asks for it afterwards is told so (DICOMweb: 410).

An instance is refused when it is not one: its data set is cut short, lengths fit nothing, its UIDs are missing or not those that were announced,
an image class has no pixels, or fewer than its header says.

${table(
  ['status', 'meaning', 'comment (0000,0902)'],
  [
    ['0000', 'stored, or the same bytes were there already', ''],
    ...refusals.map(({ reason, status, comment }) => [hex4(status), reason.replaceAll('_', ' '), comment]),
    ['0117', 'the request has no valid SOP Instance UID', 'No valid SOP Instance UID'],
    ['0110', 'something of ours failed; the instance was not kept', ''],
  ],
)}

A700 is answered when less than ${bytes(archiveLimits.minFreeBytes)} or ${String(100 * archiveLimits.minFreeShare)} % of the disk are free, when ${String(archiveLimits.maxIncoming)} instances are on their way in,
or when the index cannot be reached: the same instance may be sent again later. An instance is at most ${bytes(archiveLimits.maxInstanceBytes)}, and is not held in memory beyond ${bytes(archiveLimits.heldBytes)}. The
association stays open after a refusal. Identifiers of C-FIND and C-MOVE are at most ${bytes(limits.maxIdentifierBytes)}.`;

/** Statuses whose treatment is told apart (PS3.4 table B.2-1, PS3.7 annex C). */
const ANSWERS = [
  0x0000, 0x0111, 0xb000, 0xb006, 0xb007, 0xa700, 0xa900, 0xc000, 0x0110, 0x0122, 0x0124, 0x0211, 0x0213,
];

const storageUser = ({ judged, objects }) => `#### 4.3.4 Storage as user

*Results.* Contexts are proposed for the classes of the objects that the destination takes, each in explicit VR little endian and, in a context of
its own, in implicit VR little endian.

${table(
  ['SOP class', 'UID'],
  objects.map(({ kind, sopClassUid }) => [KINDS[kind], sopClassUid]),
)}

*C-MOVE.* A context is proposed for each pair of class and transfer syntax among the instances, with that transfer syntax alone, and for each class
one with explicit and implicit VR little endian. What the node takes as it is kept goes so; else it is decoded, where that is possible, and
nothing is compressed. Move Originator AE title and message ID are sent.

${table(
  ['answer to a delivery', 'the object'],
  ANSWERS.map((status) => {
    const found = judged(status);
    if (found === 'stored') return [hex4(status), 'is there'];
    return [hex4(status), `${found.isForGood ? 'is not sent again' : 'is tried again'} (\`${found.reason}\`)`];
  }),
)}

A rejection that is permanent ends the delivery, until the operator requeues it; one that is transient, an abort, a timer or a refused
connection does not. Of several objects those that arrived are not sent again.`;

export const KINDS = {
  sr: 'Comprehensive 3D SR Storage',
  seg: 'Segmentation Storage',
  sc: 'Secondary Capture Image Storage',
  gsps: 'Grayscale Softcopy Presentation State Storage',
};

const LEVELS = { study: 'STUDY', series: 'SERIES', instance: 'IMAGE' };

const queryRetrieve = ({ keys, status, maxRows }) => `#### 4.3.5 Query/Retrieve as provider

Hierarchical queries; keys of the levels above may have any value that they could be matched by. The levels are STUDY, SERIES and IMAGE, and PATIENT in
the patient root model. Only what is of the tenant of the calling title is found.

Matching is by single value and universally, and as the table says. Without regard to capitals for names of people (PN). An attribute that
is not in the table is returned empty and matches everything, which the status says. Answers are in ISO_IR 192, with Retrieve AE Title (0008,0054); Instance
Availability (0008,0056), where it is asked for, is ONLINE. A value of Timezone Offset From UTC (0008,0201) in an identifier chooses nothing: the
attribute is returned; QIDO-RS matches it. Accession Number, Study Instance UID, Requested Procedure ID and Scheduled Procedure Step ID inside of Request
Attributes Sequence (0040,0275) are matched together in one of its items; a key inside of another sequence chooses nothing.

${table(
  ['level', 'attribute', 'tag', 'VR', 'wildcards', 'range', 'list'],
  keys.map(({ level, keyword, tag, vr, wildcard, range, list }) => [
    LEVELS[level],
    keyword,
    tagText(tag),
    vr,
    yesNo(wildcard),
    yesNo(range),
    yesNo(list),
  ]),
)}

Also returned, and not matched: Number of Study Related Series (0020,1206) and Instances (0020,1208), Number of Series Related Instances
(0020,1209), Request Attributes Sequence (0040,0275), and of a patient Number of Patient Related Studies, Series and Instances (0020,1200), (0020,1202),
(0020,1204). Matches are read from the index ${String(maxRows)} at most at a time, and none before the one before was taken; C-CANCEL is obeyed.

${table(
  ['C-FIND status', 'meaning'],
  [
    [hex4(status.pending), 'a match'],
    [hex4(status.pendingWithoutKeys), 'a match; a key of the identifier chose nothing, or is not known at the level'],
    [hex4(status.success), 'there are no more'],
    [hex4(status.cancelled), 'it was cancelled'],
    [hex4(status.outOfResources), 'the index cannot be reached'],
    [
      hex4(status.doesNotMatchSopClass),
      'the identifier has no level of its model, cannot be read, is too long, or has a value that its VR cannot have',
    ],
    [hex4(status.processingFailure), 'something of ours failed'],
  ],
)}

C-MOVE takes the unique keys of its level and those above, lists of UIDs among them. The destination has to be one that the operator
named as a \`dicom\` destination of the same tenant. A response with the counts follows each sub-operation; the last one names those that
failed in Failed SOP Instance UID List (0008,0058).

${table(
  ['C-MOVE status', 'meaning'],
  [
    [hex4(status.pending), 'a sub-operation has ended'],
    [hex4(status.success), 'all arrived'],
    [hex4(status.someSubOperationsFailed), 'some arrived'],
    [hex4(status.subOperationsFailed), 'none arrived'],
    [hex4(status.moveDestinationUnknown), 'the destination is not known'],
    [hex4(status.cancelled), 'it was cancelled'],
    [hex4(status.doesNotMatchSopClass), 'a unique key has no value, or as for C-FIND'],
    [hex4(status.outOfResources), 'the index cannot be reached, or it would be more than 100,000 instances'],
  ],
)}`;

export const storageClassTable = ({ storageRoot, isImageClass }) => `### 9.2 Storage SOP classes

All that begins with \`${storageRoot}\` is taken, also classes of later editions of the standard, which are not in this table; but not
the searches and retrievals of protocol approvals and inventories, whose UIDs begin alike. A class with "pixels" is
refused without them.

${table(
  ['SOP class', 'UID', 'pixels'],
  storageClasses().map(({ suffix, name }) => [name, storageRoot + suffix, yesNo(isImageClass(storageRoot + suffix))]),
)}`;
