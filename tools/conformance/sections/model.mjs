// PS3.2 section 4.1: the implementation model.
import { bullets } from '../markdown.mjs';

export const model = () => `## 4. Networking

### 4.1 Implementation model

#### 4.1.1 Application data flow

\`\`\`
 modality, archive --C-STORE--> +-------------+            +---------+
                                |             |--- files ->|         |
 DICOMweb client  --STOW-RS---> |  the node   |            |  models |
                                |  MEDSERVE   |<- answers -|         |
 viewer  --C-FIND, C-MOVE-----> |             |            +---------+
         --QIDO-RS, WADO-RS---> +-------------+
                                       |
                                       +--C-STORE, STOW-RS--> archives: SR, SEG, SC, GSPS
                                       +--C-STORE-----------> the destination of a C-MOVE
\`\`\`

#### 4.1.2 Functional definition

There is one application entity, whose AE title is configured. It

${bullets([
  'answers C-ECHO;',
  'receives instances by C-STORE and answers success when file and index row are on disk, and not before;',
  'answers C-FIND from the index of what it has;',
  'sends by C-MOVE what it has, as it is kept, to nodes that the operator named;',
  'when a study is complete, runs the models of its routes and sends the objects that it made of their answers to the destinations of the route.',
])}

#### 4.1.3 Sequencing

A study is complete when nothing has come for the quiet time of its route, or after the longest wait, or when told so; the end of an
association starts the quiet time. An instance that comes after that begins the next generation of the study, whose report names the one
before as its predecessor. The same instance sent again, byte for byte, is answered with success and begins nothing.`;
