// What the pipeline has for the client before it is delivered.
//
// Two lanes.  What the store has or is taking in (`stored`) is a field list and a body that can be read more than once;
// what passes through (`passing`) keeps the runtime's own Headers and stream, untouched, because most of the time of a
// pass-through is what is done to it.

import type { FaultCode } from '../base/index.ts'
import type { CacheOutcome, Content, StoredResponse } from '../cache/index.ts'
import type { OriginAnswer } from '../origin/index.ts'

/** The bytes of a stored answer. */
export type BodySource =
  | { readonly kind: 'content'; readonly content: Content }
  /** Still arriving.  `length` when the origin server said so.  One of `open` and `leave` is called, once. */
  | {
      readonly kind: 'arriving'
      readonly length: number | undefined
      open(): ReadableStream<Uint8Array>
      /** The content is not wanted. */
      leave(): void
    }

export type StoredAnswer = {
  readonly kind: 'stored'
  readonly outcome: CacheOutcome
  readonly stored: Pick<StoredResponse, 'status' | 'fields' | 'responseTime' | 'initialAge'>
  readonly body: BodySource
  /** The Age that the answer came with, when it goes out as it comes.  RFC 9111 §5.1 */
  readonly receivedAge: string | undefined
}

export type PassingAnswer = {
  readonly kind: 'passing'
  readonly outcome: CacheOutcome
  /** The origin's answer as it came; its fields are changed in place when it is delivered. */
  readonly answer: OriginAnswer
}

/** An answer of the edge's own: the page of a fault, or a redirection. */
export type MadeAnswer = {
  readonly kind: 'made'
  readonly fault: FaultCode | undefined
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** What a Worker or a Snippet answered. */
export type ScriptedAnswer = {
  readonly kind: 'scripted'
  /** As workerd sent it; its fields are changed in place when it is delivered. */
  readonly response: Response
}

/** What another process answered, every stage included. */
export type RelayedAnswer = {
  readonly kind: 'relayed'
  /** As it is to go out. */
  readonly response: Response
}

export type EdgeResponse = StoredAnswer | PassingAnswer | MadeAnswer | ScriptedAnswer
