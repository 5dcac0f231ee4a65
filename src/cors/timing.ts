// May the page see how long the parts of the fetch took?  Fetch §TAO check; Resource Timing §Timing-Allow-Origin.
//
// A failure hides numbers and blocks nothing.

import { type FieldList, fieldValue, listMembers } from '../http/index.ts'

export type TimingOutcome = 'visible' | 'hidden'

/**
 * The outcome for one answer.  `origin`: what the browser would send as Origin; `isBasic`: the response is same-origin and
 * no hop before it was not; `failedBefore`: an earlier hop has failed the check already.
 */
export function checkTiming(
  origin: string,
  fields: FieldList,
  { isBasic, failedBefore }: { readonly isBasic: boolean; readonly failedBefore: boolean },
): TimingOutcome {
  // "If request's timing allow failed flag is set, then return failure."
  if (failedBefore) return 'hidden'
  const values = listMembers(fieldValue(fields, 'timing-allow-origin') ?? '')
  return values.includes('*') || values.includes(origin) || isBasic ? 'visible' : 'hidden'
}
