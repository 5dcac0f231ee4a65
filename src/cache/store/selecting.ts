// Whether two variants answer the same requests.

import type { Selecting } from '../stored-response.ts'

/** Whether two variants are selected by the same values.  RFC 9111 §4.1 */
export function isSameSelecting(one: Selecting, other: Selecting): boolean {
  if (one.length !== other.length) return false
  return one.every(([name, value], index) => {
    const pair = other[index]
    return pair !== undefined && pair[0] === name && pair[1] === value
  })
}
