// How old is a response?  RFC 9111 §4.2.3.
//
//   apparent_age          = max(0, response_time - date_value)
//   corrected_age_value   = age_value + response_delay
//   corrected_initial_age = max(apparent_age, corrected_age_value)
//   current_age           = corrected_initial_age + resident_time

import { between, type EpochMillis, type Millis, millis, seconds, toMillis, toSeconds } from '../base/index.ts'
import { type FieldList, fieldValue, listMembers, parseHttpDate } from '../http/index.ts'
import { MAX_DELTA_SECONDS } from './cache-control.ts'
import type { StoredResponse } from './stored-response.ts'

const NO_AGE = millis(0)

/** corrected_initial_age: how old the response was when it arrived.  A Date or Age that is none counts as absent. */
export function initialAge(fields: FieldList, requestTime: EpochMillis, responseTime: EpochMillis): Millis {
  const responseDelay = Math.max(0, between(requestTime, responseTime))
  const correctedAgeValue = ageValue(fields) + responseDelay
  return millis(Math.max(apparentAge(fields, responseTime), correctedAgeValue))
}

/**
 * The age at `now`: never negative.  A clock that has gone back says nothing true about the time in between, so the
 * distance counts as if it had gone forward; otherwise a year put back would make every stored response fresh for a year.
 */
export function currentAge(stored: Pick<StoredResponse, 'responseTime' | 'initialAge'>, now: EpochMillis): Millis {
  const residentTime = Math.abs(between(stored.responseTime, now))
  return millis(stored.initialAge + residentTime)
}

/** Whole seconds: Date has no finer ones, and the rest of a second is not age. */
function apparentAge(fields: FieldList, responseTime: EpochMillis): Millis {
  const date = fieldValue(fields, 'date')
  const dateValue = date === undefined ? undefined : parseHttpDate(date, responseTime)
  if (dateValue === undefined || dateValue >= responseTime) return NO_AGE
  return toMillis(toSeconds(between(dateValue, responseTime)))
}

/** "... SHOULD use the first member of the field value"; if that is invalid, "a cache SHOULD ignore the field".  §5.1 */
function ageValue(fields: FieldList): Millis {
  const [first] = listMembers(fieldValue(fields, 'age') ?? '')
  if (first === undefined || !/^\d+$/.test(first)) return NO_AGE
  return toMillis(seconds(Math.min(Number(first), MAX_DELTA_SECONDS)))
}
