// PS3.2 sections 1 and 3: what the node does, at a glance.
import { bullets, table } from '../markdown.mjs';

export const overview = ({ version, objects, storageSyntaxes }) => `# DICOM conformance statement

MedServe ${version}. This page follows the outline of PS3.2 for conformance statements. It is written by \`npm run conformance\` from the tables
that the code itself works by; \`npm run docs:check\` fails where it is not current. How the node is set up and watched stands in
[studies.md](studies.md), [destinations.md](destinations.md) and [operations.md](operations.md).

## 1. Overview

MedServe is an archive that asks models about the studies it receives and sends back what they say. It takes instances from modalities and
archives, finds out when a study is complete, runs models on series that routes choose, and stores structured reports, segmentations,
secondary captures and presentation states in the archives that are configured. **Not for clinical use.**

${table(
  ['service', 'as user (SCU)', 'as provider (SCP)'],
  [
    ['Verification', 'no', 'yes'],
    ['Storage', 'yes: results, and what a C-MOVE asks for', 'yes'],
    ['Query/Retrieve, patient root and study root: FIND', 'no', 'yes'],
    ['Query/Retrieve, patient root and study root: MOVE', 'no', 'yes'],
    ['Query/Retrieve: GET', 'no', 'no'],
    ['Storage Commitment, Modality Worklist, MPPS, Print', 'no', 'no'],
    ['STOW-RS', 'yes: results', 'yes'],
    ['QIDO-RS, WADO-RS', 'no', 'yes'],
    ['UPS-RS', 'no', 'yes, with subscriptions over WebSocket'],
    ['Media storage', 'no', 'no'],
  ],
)}

Instances are taken in ${String(storageSyntaxes.length)} transfer syntaxes and kept byte for byte. Objects of ${String(objects.length)} kinds are created, all in explicit VR little endian.

## 2. Contents

${bullets([
  '[3. Introduction](#3-introduction)',
  '[4. Networking](#4-networking)',
  '[5. Media interchange](#5-media-interchange)',
  '[6. Transformation to CDA](#6-transformation-to-cda)',
  '[7. Character sets](#7-character-sets)',
  '[8. Security](#8-security)',
  '[9. Annexes](#9-annexes)',
])}

## 3. Introduction

For whoever connects a modality, an archive or a viewer to MedServe, and for whoever checks that they fit. Conformance alone does not promise
that two systems work together: that is found out by connecting them. Which peers it was connected with in tests: DCMTK (echoscu, storescu,
findscu, movescu, storescp), Orthanc in both directions, pynetdicom, dicomweb-client; objects are checked with dciodvfy and PixelMed's
DicomSRValidator.

${table(
  ['word', 'meaning'],
  [
    ['route', 'a rule that chooses series and models for a study'],
    ['destination', 'a node or service, named by the operator, that results are sent to'],
    ['generation', 'what a study held when it was complete; what comes later is the next one'],
    ['tenant', 'whose things are: nobody sees those of another'],
  ],
)}`;
