// Who has been waiting too long?  One timer over everything that waits for the same span.
//
// As the span is one, those who joined first are due first, so a list in order of joining is in order of time.  Joining and
// leaving is a matter of four links; a timer runs only while somebody waits, and goes off once a span, not once a request.
//
// D1  Somebody who left is never called; somebody who stays is called once, and has left then.

import type { Millis } from '../base/index.ts'

/** One who waits; the links belong to the list that it is in. */
export interface Waiting {
  /** The span is over. */
  overdue(): void
  since: number
  previous: Waiting | undefined
  next: Waiting | undefined
}

export class Deadlines {
  readonly span: Millis
  #first: Waiting | undefined
  #last: Waiting | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(span: Millis) {
    this.span = span
  }

  join(waiting: Waiting): void {
    waiting.since = performance.now()
    waiting.previous = this.#last
    if (this.#last === undefined) this.#first = waiting
    else this.#last.next = waiting
    this.#last = waiting
    if (this.#timer === undefined) this.#wake(this.span)
  }

  /** Does nothing for one who is not in the list. */
  leave(waiting: Waiting): void {
    const { previous, next } = waiting
    if (previous !== undefined) previous.next = next
    else if (this.#first === waiting) this.#first = next
    else return
    if (next !== undefined) next.previous = previous
    else this.#last = previous
    waiting.previous = undefined
    waiting.next = undefined
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #wake(delay: number): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => this.#call(), delay)
    this.#timer.unref()
  }

  #call(): void {
    const due = performance.now() - this.span
    this.#timer = undefined
    for (let first = this.#first; first !== undefined && first.since <= due; first = this.#first) {
      this.leave(first)
      first.overdue()
    }
    if (this.#first !== undefined && this.#timer === undefined) this.#wake(Math.max(1, this.#first.since - due))
  }
}
