// PS3.2, web services: DICOMweb (PS3.18).
import { bytes, hex4, table } from '../markdown.mjs';

const code = (text) => `\`${text}\``;

const resourceTable = (resources) =>
  table(
    ['resource', 'method', 'what it is', 'scope', 'media types of the answer', 'parameters'],
    resources.map(({ path, method, title, access, answers, parameters = [] }) => [
      code(path.replace(/:(\w+)/g, '{$1}')),
      method,
      title,
      code(access),
      answers.map(code).join(', '),
      parameters.map(code).join(', '),
    ]),
  );

export const web = ({ resources, workitemResources, webLimits, maxRows, refusals }) => {
  const { STORE_LIMITS, SEARCH_LIMITS, MAX_FRAMES, MAX_VIEWPORT, THUMBNAIL, THUMBNAIL_TRIES } = webLimits;
  return `#### 4.3.6 DICOMweb as provider

Below \`/dicom-web\` of the gateway. The same is told to programs by \`OPTIONS\` or \`GET\` of \`/dicom-web\`, as WADL or JSON. The tenant is that of
the credential; a request without one is answered with 401, and what is of another tenant with 404.

${resourceTable(resources)}

*STOW-RS* takes \`multipart/related; type="application/dicom"\`, and one instance as \`application/dicom\`. The answer is a Store Instances
Response Module; its status is 200 where all were stored, 202 where some were, 409 where none was, 400 where nothing could be understood, and 503 where
all of it may be sent again later. Of the SOP classes of the standard, those of storage
are taken ([4.3.1](#431-presentation-contexts-that-are-accepted)); of those of manufacturers, all are.

${table(
  ['Failure Reason (0008,1197)', 'meaning'],
  refusals.map(({ reason, web: status }) => [`${hex4(status)} (${String(status)})`, reason.replaceAll('_', ' ')]),
)}

*QIDO-RS* matches the keys of [4.3.5](#435-queryretrieve-as-provider), by keyword or tag. \`fuzzymatching=true\` also matches names by the beginnings of their
words, without accents. A \`Warning\` header tells so, which keys could not be matched, and that \`emptyvaluematching\` and \`multiplevaluematching\` are not offered. \`includefield\` of an attribute that the index does not have is read from
the files, at the level of instances.

*WADO-RS* sends instances in explicit VR little endian, or as they are kept with \`transfer-syntax=*\` or their own transfer syntax; frames and bulk
data decoded, or as they are kept. Nothing is compressed anew. An instance whose pixels cannot be decoded comes as it is kept where that is accepted, too;
else the answer is 406, or ends before its last boundary where others have left already. Pictures are rendered with \`window\`, \`viewport\` and \`quality\`;
without annotations and without a profile of colours, which a \`Warning\` says to who asks for \`annotation\` or \`iccprofile\` in words of the standard.
Pictures of a study or series are of the instances that a picture can be made of, its thumbnail of an image near its middle; where there is none, the answer
is 406.

${table(
  ['limit', 'value'],
  [
    ['a STOW-RS request', bytes(STORE_LIMITS.requestBytes)],
    ['one part', bytes(STORE_LIMITS.parts.partBytes)],
    ['parts of a request', String(STORE_LIMITS.parts.parts)],
    ['results of one search', `${String(maxRows)}; the rest by \`offset\``],
    ['results whose headers are read from files', String(SEARCH_LIMITS.headers)],
    ['keys of a search', String(SEARCH_LIMITS.keys)],
    ['frames of one request', String(MAX_FRAMES)],
    ['side of a rendered picture', `${String(MAX_VIEWPORT)} pixels`],
    ['longer side of a thumbnail', `${String(THUMBNAIL)} pixels`],
    ['instances that a thumbnail is tried of', String(THUMBNAIL_TRIES)],
  ],
)}

#### 4.3.7 Worklist (UPS-RS) as provider

Workitems of the Unified Procedure Step, pull class, below \`/dicom-web\`. The Worklist Label (0074,1202) is the name of a route. Data sets are taken as
\`application/dicom+json\`. A workitem whose label is the name of a route is performed by the node itself as soon as its study is here; others are for whoever
claims them. What routes do with studies is shown as workitems too. Subscriptions to a workitem, to the
worklist and to a part of it are taken, with deletion locks; their event reports of types 1, 2, 3 and 5 (PS3.4 table CC.2.4-1) come over a WebSocket (RFC 6455,
without compression) as text, are kept for seven days while nobody listens, and may come twice after a connection broke. A global subscription with a deletion lock
is told how every workitem stands that has not ended.

${resourceTable(workitemResources)}

#### 4.3.8 DICOMweb as user

STOW-RS to \`stow\` destinations: all objects of a study in one request, \`multipart/related; type="application/dicom"\`, explicit VR little endian, with
\`Accept: application/dicom+json\`. 200 is success. Of 202 and 409 the Failure Reason of each object is read as in
[4.3.4](#434-storage-as-user); 408, 425, 429 and 5xx are tried again, every other answer is for good.`;
};
