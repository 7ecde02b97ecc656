import type { Resource } from '../dicomweb/resources';

const DATA_SET = ['application/dicom+json', 'application/json', 'multipart/related; type="application/dicom+xml"'];
const TAKEN = ['application/dicom+json', 'application/json'];
const WORKITEM = 'workitems/:workitem';

/** The worklist (PS3.18 chapter 11). Subscriptions and their event reports are not offered. */
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
    parameters: ['limit', 'offset', 'includefield'],
  },
  retrieve: {
    method: 'GET',
    path: WORKITEM,
    id: 'retrieveWorkitem',
    title: 'Retrieve a workitem',
    access: 'result:read',
    answers: DATA_SET,
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
} as const satisfies Record<string, Resource>;
