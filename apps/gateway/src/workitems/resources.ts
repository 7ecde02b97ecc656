import type { Resource } from '../dicomweb/resources';

const DATA_SET = ['application/dicom+json', 'application/json', 'multipart/related; type="application/dicom+xml"'];
const TAKEN = ['application/dicom+json', 'application/json'];
const WORKITEM = 'workitems/:workitem';
/** Where every WebSocket is. */
export const EVENT_CHANNELS = '/dicom-web/subscribers/';
const SUBSCRIBER = `${WORKITEM}/subscribers/:aet`;

/** The worklist (PS3.18 chapter 11), and the connection over which its event reports come (8.10). */
export const WORKITEM_RESOURCES = {
  create: {
    method: 'POST',
    path: 'workitems',
    id: 'createWorkitem',
    title: 'Create a workitem',
    access: 'infer',
    takes: TAKEN,
    answers: [],
    parameters: ['workitem'],
  },
  search: {
    method: 'GET',
    path: 'workitems',
    id: 'searchWorkitems',
    title: 'Search workitems',
    access: 'result:read',
    answers: DATA_SET,
    parameters: ['limit', 'offset', 'includefield', 'accept'],
  },
  retrieve: {
    method: 'GET',
    path: WORKITEM,
    id: 'retrieveWorkitem',
    title: 'Retrieve a workitem',
    access: 'result:read',
    answers: [...DATA_SET, 'application/dicom+xml'],
    parameters: ['accept'],
  },
  update: {
    method: 'POST',
    path: WORKITEM,
    id: 'updateWorkitem',
    title: 'Update a workitem',
    access: 'infer',
    takes: TAKEN,
    answers: [],
    parameters: ['transaction-uid'],
  },
  changeState: {
    method: 'PUT',
    path: `${WORKITEM}/state`,
    id: 'changeWorkitemState',
    title: 'Claim, complete or cancel a workitem',
    access: 'infer',
    takes: TAKEN,
    answers: [],
  },
  requestCancel: {
    method: 'POST',
    path: `${WORKITEM}/cancelrequest`,
    id: 'requestWorkitemCancellation',
    title: 'Ask for the cancellation of a workitem',
    access: 'infer',
    takes: TAKEN,
    answers: [],
  },
  subscribe: {
    method: 'POST',
    path: SUBSCRIBER,
    id: 'subscribeToWorkitem',
    title: 'Subscribe to a workitem, to the worklist (1.2.840.10008.5.1.4.34.5) or to a part of it (…34.5.1)',
    access: 'result:read',
    answers: [],
    parameters: ['deletionlock', 'filter'],
  },
  unsubscribe: {
    method: 'DELETE',
    path: SUBSCRIBER,
    id: 'unsubscribeFromWorkitem',
    title: 'Unsubscribe',
    access: 'result:read',
    answers: [],
  },
  suspend: {
    method: 'POST',
    path: `${SUBSCRIBER}/suspend`,
    id: 'suspendSubscription',
    title: 'Suspend a subscription to the worklist: what comes into it later is not subscribed to',
    access: 'result:read',
    answers: [],
  },
  openEvents: {
    method: 'GET',
    path: 'subscribers/:aet',
    id: 'openNotificationConnection',
    title: 'Open a WebSocket over which event reports come',
    access: 'result:read',
    answers: [],
  },
} as const satisfies Record<string, Resource>;
