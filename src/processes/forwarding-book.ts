// The findings of a member: what it sees goes to the control process, whose book holds answers of all members against each
// other, counts, and tells.  A book of its own only tells what is like the last answers, and what was found last.

import { type FindingsBook, makeFindingsBook } from '../cors/sharing/index.ts'
import type { FromMember, SeenAnswer } from './messages.ts'

/** Answers that are sent together, and how long the first of them waits. */
const MAX_BATCH = 64
const BATCH_MILLIS = 200
/** Beyond so many in one batch time, the others are not told of: findings are for people, and these see the first ones. */
const MAX_WAITING = 1_024

export type ForwardingBook = FindingsBook & {
  /** Sends what waits. */
  flush(): void
}

export function makeForwardingBook(send: (message: FromMember) => void): ForwardingBook {
  const own = makeFindingsBook()
  let waiting: SeenAnswer[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    for (let at = 0; at < waiting.length; at += MAX_BATCH) {
      send({ kind: 'findings', seen: waiting.slice(at, at + MAX_BATCH) })
    }
    waiting = []
  }

  return {
    note: (zone, host, answer) => {
      own.note(zone, host, answer)
      if (waiting.length < MAX_WAITING) waiting.push({ zone, host, answer })
      timer ??= setTimeout(flush, BATCH_MILLIS)
      timer.unref()
      return NOTHING
    },
    // What is only counted is counted where it was seen: the control process must not hear of every answer that passes.
    repeat: (zone, url, likeness, at) => (own.repeat(zone, url, likeness, at) === undefined ? undefined : NOTHING),
    list: (zone) => own.list(zone),
    latestOf: (zone, url) => own.latestOf(zone, url),
    flush,
  }
}

const NOTHING: ReturnType<FindingsBook['note']> = []
