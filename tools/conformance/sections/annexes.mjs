// PS3.2 sections 5 to 9: media, character sets, security, and the objects that are created.
import { bullets, table, tagText } from '../markdown.mjs';
import { KINDS, storageClassTable } from './services.mjs';

export const rest = ({ characterSets }) => `## 5. Media interchange

No media are written or read.

## 6. Transformation to CDA

None. Results are also told as FHIR R4 ([fhir.md](fhir.md)) and HL7 v2 ([hl7.md](hl7.md)).

## 7. Character sets

Values are read in these, and with the code extensions of ISO 2022 for Japanese, Korean, simplified Chinese and the single-byte sets:
${characterSets.map((term) => `\`${term}\``).join(', ')}. What declares none is read as ISO_IR 100.

Answers to C-FIND and QIDO-RS are in ISO_IR 192. Objects that are created are in ISO_IR 192; where the text of the images cannot be converted
without doubt, it is copied as it is, with the character set that the images declare, and our own words are in ASCII.

## 8. Security

${table(
  ['what', 'how'],
  [
    [
      'secure transport',
      'TLS 1.2 or newer, as acceptor and as requestor, with the cipher suites of Node; no profile of PS3.15 annex B is claimed',
    ],
    ['certificates of peers', 'asked for where an authority for clients is configured; of servers always checked'],
    [
      'DICOMweb',
      'HTTPS; API keys, OpenID Connect, SMART Backend Services, client certificates ([identity.md](identity.md))',
    ],
    ['calling AE titles', 'an allow-list; a title alone proves nothing, so use TLS or a network of its own'],
    [
      'audit',
      'every study that was received, read, sent or requeued is in the ledger; as FHIR AuditEvent ([audit.md](audit.md))',
    ],
    ['de-identification', 'none: objects have the patient of the images'],
    ['digital signatures', 'neither made nor checked; those in instances stay valid'],
  ],
)}`;

export const annexes = (facts) =>
  [
    `## 9. Annexes

### 9.1 Objects that are created

One report for each generation of a study, and of each run a segmentation, up to eight pictures and a presentation state, where its answer has
something for them and the route wants them. UIDs are below 2.25 and follow from the requests, so that making an object again makes the same bytes. What
is said of which answer stands in [results.md](results.md).`,
    ...facts.objects.map(objectTables),
    coding(facts),
    storageClassTable(facts),
    last(),
  ].join('\n\n');

const spelled = ({ value }) =>
  value.length === 0
    ? 'empty'
    : value.map((one) => (typeof one === 'object' ? one.Alphabetic : String(one))).join('\\');

const listOf = (attributes) => attributes.map(({ keyword, tag }) => `${keyword} ${tagText(tag)}`).join(', ');

function objectTables({ kind, sopClassUid, attributes }) {
  const of = (from) => attributes.filter((attribute) => attribute.from === from);
  return `#### ${KINDS[kind]} (${sopClassUid})

${table(
  ['attribute', 'tag', 'VR', 'always'],
  of('always').map((attribute) => [attribute.keyword, tagText(attribute.tag), attribute.vr, spelled(attribute)]),
)}

As the images have it: ${listOf(of('images'))}.

Made for the object: ${listOf(of('made'))}.`;
}

const coding = ({ labels, privateScheme }) => `### 9.3 Coded terminology, templates and private attributes

${bullets([
  'Templates: TID 1500 with TID 1600 (image library), 1410, 1411 and 1501 (measurement groups), 1204, 1001, 1002, 1004.',
  `Codes: SNOMED CT (SCT), DCM, LOINC (LN), UCUM, RFC5646 and what packages name. ${String(new Set(Object.values(labels).map(({ value }) => value)).size)} concepts are known for labels without a system; all others are in the private scheme \`${privateScheme}\`, which the objects declare.`,
  'Private attributes: none are written. Private SOP classes: none are written; STOW-RS keeps instances of them. Private transfer syntaxes: none.',
])}`;

const last = () => `### 9.4 Grayscale image consistency

Nothing is displayed. Rendered resources apply the modality LUT and the window of the image by its VOI LUT Function, or the one that is asked for.

### 9.5 Extensions and coercion

No attribute of a received instance is changed, removed or added, neither when it is kept nor when it is sent. An attribute that breaks its VR is kept.`;
