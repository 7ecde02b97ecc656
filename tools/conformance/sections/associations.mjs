// PS3.2 section 4.2: association policies, network interfaces and configuration.
import { bytes, seconds, table } from '../markdown.mjs';

const REJECTED_WHEN = {
  applicationContext: 'the application context is not 1.2.840.10008.3.1.1.1',
  callingAet: 'the calling title is empty, not among those that may associate, or of a tenant that is suspended',
  calledAet: 'the called title is not the configured one',
  protocolVersion: 'the protocol version is not 1',
  congestion: 'the node is about to close',
  localLimit: 'the limit of associations, or of those of one title, is reached',
};

const RESULTS = ['', 'permanent', 'transient'];
const SOURCES = ['', 'service user', 'service provider (ACSE)', 'service provider (presentation)'];

export const associations = ({ implementation, limits, timeouts, rejections }) => `### 4.2 Application entity

#### 4.2.1 Association policies

${table(
  ['policy', 'value'],
  [
    ['application context', '1.2.840.10008.3.1.1.1'],
    ['implementation class UID', implementation.uid],
    ['implementation version name', implementation.name],
    ['longest PDU that is taken', bytes(limits.maxPduBytes)],
    ['associations at once', String(limits.maxAssociations)],
    ['associations of one calling title', String(limits.maxAssociationsPerAet)],
    ['connections, with or without an association', String(limits.maxConnections)],
    ['asynchronous operations window', 'one invoked, one performed, where it was asked for'],
    ['role selection, extended negotiation, user identity', 'not answered: the defaults hold'],
    ['presentation contexts of one association', '128'],
  ],
)}

${table(
  ['timer', 'value'],
  [
    ['from the connection to the whole association request (ARTIM)', seconds(limits.artimMs)],
    ['silence of a peer whose turn it is, in a message too', seconds(limits.idleMs)],
    ['as requestor: to be connected', seconds(timeouts.connectMs)],
    ['as requestor: until the association is answered', seconds(timeouts.associateMs)],
    ['as requestor: silence of the peer while an answer is waited for', seconds(timeouts.responseMs)],
  ],
)}

A peer that runs out of a timer is aborted; what it was sending is not kept, and instances that were answered are.

#### 4.2.2 Association initiation

One for each attempt to deliver the results of a study to a \`dicom\` destination, and one or more for each C-MOVE. Deliveries that fail are
tried again: when, and after how many attempts they are given up, is configured for each destination.

#### 4.2.3 Association acceptance

An association is accepted when the called title is ours and the calling title may associate. Presentation contexts are answered each for
itself; an association without an acceptable one is accepted too.

${table(
  ['rejected when', 'result', 'source', 'reason'],
  Object.entries(rejections).map(([name, { result, source, reason }]) => [
    REJECTED_WHEN[name],
    `${String(result)} (${RESULTS[result]})`,
    `${String(source)} (${SOURCES[source]})`,
    String(reason),
  ]),
)}`;

export const interfaces = () => `### 4.4 Network interfaces

TCP/IP, version 4 and 6, of the operating system. Two listeners: in the clear (104 is registered; 11112 is what \`medserve up\` and the
deployments use), and under TLS. Either may be off.

### 4.5 Configuration

${table(
  ['parameter', 'setting'],
  [
    ['own AE title (default `MEDSERVE`)', '`MEDSERVE_AET`'],
    ['address and port in the clear', '`MEDSERVE_DIMSE_HOST`, `MEDSERVE_DIMSE_PORT`'],
    ['port and certificate under TLS', '`MEDSERVE_DIMSE_TLS_PORT`, `MEDSERVE_DIMSE_TLS_DIR`'],
    ['calling titles that may associate; of each its tenant, site and route', '`MEDSERVE_DIMSE_PEERS`'],
    ['remote nodes: AE title, host, port, TLS, what they take, retries', '`MEDSERVE_DESTINATIONS`'],
    ['routes: which studies are asked about, when they are complete', '`MEDSERVE_ROUTES`'],
    ['folder of the files', '`MEDSERVE_STUDIES_DIR`'],
  ],
)}

Where the node does not listen on loopback the calling titles have to be named. Timers and limits of 4.2 are not configurable.`;
