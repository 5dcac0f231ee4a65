// One request on a connection, and its answer: who may end it, and how.

import type { Waiting } from '../../origin/index.ts'
import { Answer, type AnswerParts } from './answer.ts'
import { BrokenOff } from './broken-off.ts'
import type { AnswerHead, RequestHead } from './head.ts'
import { Upload, type UploadWriter } from './upload.ts'

export type WireRequest = RequestHead & {
  readonly body: ReadableStream<Uint8Array> | null
  /** Aborted when nobody wants the answer any more, its content too. */
  readonly signal: AbortSignal
}

/** The connection, as its exchange sees it. */
export interface Carrier extends UploadWriter {
  isAbout(exchange: Exchange): boolean
  /** Lets the other end go on sending, or not. */
  flow(flows: boolean): void
  /** The answer has begun. */
  begun(exchange: Exchange): void
  /** The exchange has its answer, all of it. */
  finish(exchange: Exchange, isKept: boolean): void
  /** Ends the connection, if it is still about the exchange. */
  leave(exchange: Exchange, cause: Error): void
}

/** One object for all that is told about it: most requests are answered at once, and what is made for each counts. */
export class Exchange implements AnswerParts, EventListenerObject, Waiting {
  readonly request: WireRequest
  readonly response: Promise<Response>
  answer: Answer | undefined
  since = 0
  previous: Waiting | undefined
  next: Waiting | undefined
  readonly #carrier: Carrier
  #resolve: ((response: Response) => void) | undefined
  #reject: ((cause: Error) => void) | undefined
  #upload: Upload | undefined
  #isKept = false

  constructor(request: WireRequest, carrier: Carrier) {
    this.request = request
    this.#carrier = carrier
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** The head of the request is on its way. */
  begin(): void {
    const { body, headers, signal } = this.request
    signal.addEventListener('abort', this)
    if (body === null) return
    this.#upload = new Upload(body, headers, this.#carrier, () => this.#carrier.isAbout(this))
    void this.#upload.run().then((fault) => {
      if (fault !== undefined) this.#carrier.leave(this, new BrokenOff('broken', fault))
    })
  }

  /** The head of the answer has come. */
  answered(head: AnswerHead): Answer {
    this.#carrier.begun(this)
    this.#isKept = head.isKept
    this.answer = new Answer(head, this)
    return this.answer
  }

  /** No answer has come in time. */
  overdue(): void {
    this.#carrier.leave(this, new BrokenOff('overdue', 'no answer has begun in time'))
  }

  /** The visitor is gone. */
  handleEvent(): void {
    this.onLeave()
  }

  fail(cause: Error): void {
    this.end()
    if (this.answer?.fail(cause) !== true) this.#reject?.(cause)
  }

  end(): void {
    this.request.signal.removeEventListener('abort', this)
    this.#upload?.stop()
  }

  // What the answer tells

  onResponse(response: Response): void {
    this.#resolve?.(response)
  }

  onFlow(flows: boolean): void {
    this.#carrier.flow(flows)
  }

  onLeave(): void {
    this.#carrier.leave(this, new BrokenOff('left', 'nobody waits for the answer'))
  }

  onMalformed(): void {
    this.#carrier.leave(this, new BrokenOff('broken', 'the content of the answer is malformed'))
  }

  onWhole(isClean: boolean): void {
    this.#carrier.finish(this, isClean && this.#isKept && this.#upload?.isDone !== false)
  }
}
