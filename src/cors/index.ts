// The door of `cors`: the Fetch standard's CORS protocol as a gateway sees it, pure.

// What an Origin is

export { isSerializedOrigin, parseWebOrigin, type WebOrigin } from './web-origin.ts'

// The protocol: what the browser asks, and whether it takes the answer

export { type Asker, type CheckOutcome, corsCheck } from './check.ts'
export { classifyRequest, type RequestKind } from './classify.ts'
export { type ResponseType, readableNames } from './expose.ts'
export {
  advance,
  type Journey,
  type JourneyEnd,
  type JourneyState,
  type Leg,
  type LegAnswer,
  type PageRequest,
  requestItself,
  setOut,
} from './journey.ts'
export { parseMethod } from './methods.ts'
export { checkPreflight, decidePreflight, preflightFields, preflightMaxAge } from './preflight.ts'
export type { Reading } from './reading.ts'
export { isRedirectStatus } from './redirect.ts'
export { isForbiddenRequestHeader, unsafeRequestHeaderNames } from './request-headers.ts'
export { checkResourcePolicy } from './resource-policy.ts'
export { STEPS, type Step, type StepName, stepTitle } from './steps.ts'
export { checkTiming } from './timing.ts'

// Explaining it

export { adviseOn, type Situation } from './advice.ts'
export type {
  BrowserReport,
  CacheReport,
  Explain,
  ExplainQuestion,
  Explanation,
  Hop,
  OtherVariant,
  PreflightReport,
  ProbeReport,
  VariantReport,
} from './explanation.ts'
