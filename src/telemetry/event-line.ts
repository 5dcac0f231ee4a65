// Events that are no exchanges, as lines for a person.

import { type EdgeEvent, unreachable } from '../base/index.ts'

export type OperatorEvent = Exclude<EdgeEvent, { readonly kind: 'access' }>

/** How much an event matters: a notice informs, a warning names a degradation, an error something to report. */
type Weight = 'notice' | 'warning' | 'error'

const COLOURS: Readonly<Record<Weight, string>> = { notice: '\x1b[36m', warning: '\x1b[33m', error: '\x1b[31m' }
const PLAIN = '\x1b[0m'

/** The line, without its end. */
export function eventLine(event: OperatorEvent, coloured: boolean): string {
  const [weight, text] = describe(event)
  const label = coloured ? `${COLOURS[weight]}${weight}${PLAIN}` : weight
  return `varyant ${label}: ${onOneLine(text)}`
}

function describe(event: OperatorEvent): readonly [Weight, string] {
  switch (event.kind) {
    case 'notice':
      return ['notice', event.message]
    case 'cors-finding':
      return ['warning', `CORS of ${event.url}: ${event.message} (${event.finding}, seen ${event.count} times)`]
    case 'store-degraded':
      return ['warning', `the disk store is out of use and the cache goes on in memory: ${event.reason}`]
    case 'store-recovered':
      return ['notice', 'the disk store is in use again']
    case 'store-corrupt':
      return ['warning', `the stored body ${event.digest} was damaged and is dropped: ${event.reason}`]
    case 'background-failed':
      return ['warning', `${event.name} failed in the background: ${event.reason}`]
    case 'unexpected':
      return ['error', `unexpected failure in ${event.where}: ${event.reason}`]
    default:
      return unreachable(event)
  }
}

/** Reasons may quote what a stranger sent: no line ends, no terminal sequences. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
