// The door of the test support: a scripted origin, a raw client, and ways to wait without sleeping.

export {
  ClientResponse,
  Connection,
  connect,
  get,
  type InterimResponse,
  type RequestOptions,
  ResponseHead,
  request,
  sendRaw,
} from './client.ts'
export {
  type EdgeProcess,
  type EdgeProcessOptions,
  makeScratch,
  parseReadyLine,
  type ReadyLine,
  startEdgeProcess,
} from './edge-process.ts'
export { type Gate, makeGate, Tally } from './gate.ts'
export { type FieldLine, FieldLines } from './http1.ts'
export {
  type Hold,
  type Matcher,
  Origin,
  type OriginOptions,
  RecordedRequest,
  type Script,
  type Scripted,
  startOrigin,
} from './origin.ts'
export type { Answer, AnswerFraming, AnswerHead, OriginResponse, PieceWriter } from './origin-response.ts'
export { modifiedAt, taggedWith } from './scripts.ts'
export { type Certificate, makeSelfSigned } from './self-signed.ts'
