// The door of `base`: units, time, results, faults, events.

export { type Clock, type FakeClock, makeFakeClock, systemClock } from './clock.ts'
export { FAULTS, type FaultCode, type FaultRow } from './error-codes.ts'
export { EdgeError, InvariantError, invariant } from './errors.ts'
export type { AccessRecord, EdgeEvent, EventSink } from './events.ts'
export { fail, ok, type Result, unreachable } from './result.ts'
export {
  after,
  type Bytes,
  between,
  bytes,
  type EpochMillis,
  epochMillis,
  type Millis,
  millis,
  parseBytes,
  type Seconds,
  seconds,
  toMillis,
  toSeconds,
} from './units.ts'
