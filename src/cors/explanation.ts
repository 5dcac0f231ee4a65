// What `explain` answers: what the edge would do with one request, and what a browser would make of it.  Types only: the
// edge makes an explanation, the API writes it as JSON, and neither imports the other.

import type { Result } from '../base/index.ts'
import type { FieldList } from '../http/index.ts'
import type { LegAnswer } from './journey.ts'
import type { StepName } from './steps.ts'

/** One request of a page, and whether the origin server may be asked about it. */
export type ExplainQuestion = {
  /** The id of the zone whose edge is asked. */
  readonly zone: string
  /** http or https, without user name, password and fragment. */
  readonly url: URL
  /** As it goes over the wire. */
  readonly method: string
  /** A serialised origin or `null`; undefined: a no-cors request. */
  readonly origin: string | undefined
  /** The page's credentials mode is "include". */
  readonly credentials: boolean
  /** Further fields of the request; lower-case names. */
  readonly headers: FieldList
  /** Ask the origin server, with safe methods only, and store nothing. */
  readonly probe: boolean
}

/** Never rejects.  A problem is a sentence: the zone does not serve that URL. */
export type Explain = (question: ExplainQuestion) => Promise<Result<Explanation, string>>

export type Explanation = {
  /** The rules and managed transforms that matched, in their order: those of the trail. */
  readonly rules: readonly string[]
  readonly cache: CacheReport
  /** What goes out; undefined: nobody knows without asking. */
  readonly answer: LegAnswer | undefined
  /** What the origin server said to a probe about the URL itself. */
  readonly probe: ProbeReport | undefined
  /** Of the URL itself; undefined: the browser sends none. */
  readonly preflight: PreflightReport | undefined
  /** Every request that the browser sends, in order. */
  readonly hops: readonly Hop[]
  readonly browser: BrowserReport
  /** One line: what to change, and where. */
  readonly advice: string | undefined
}

export type CacheReport = {
  /** CF-Cache-Status of the next real request; undefined: its answer would have none. */
  readonly status: string | undefined
  /** What must hold for `status`, where the origin server decides. */
  readonly assumes: string | undefined
  /** Whether the request may be answered from the store at all. */
  readonly eligible: boolean
  readonly key: string | undefined
  readonly keyParts: readonly { readonly name: string; readonly value: string }[]
  /** The stored response that is reused or validated. */
  readonly variant: VariantReport | undefined
  readonly others: readonly OtherVariant[]
  /** There are more others than are told. */
  readonly moreOthers: boolean
  /** One sentence for each decision, those of later hops too. */
  readonly trail: readonly string[]
}

export type VariantReport = {
  readonly id: string
  readonly status: number
  /** Seconds. */
  readonly age: number
  /** Seconds of freshness left; below 0: stale for so long. */
  readonly ttl: number
  readonly fresh: boolean
  readonly revision: number
  /** The request that filled it: its Origin, and when its answer came (ISO 8601). */
  readonly filledBy: { readonly origin: string | undefined; readonly at: string }
  readonly fields: FieldList
}

export type OtherVariant = {
  readonly id: string
  /** The Origin that it was fetched for. */
  readonly origin: string | undefined
  readonly whyNot: string
  readonly status: number
  readonly age: number
  readonly ttl: number
  /** Its Access-Control-Allow-Origin. */
  readonly grants: string | undefined
}

export type ProbeReport =
  /** It answered. */
  | { readonly kind: 'answered'; readonly answer: LegAnswer }
  /** It did not, or not usably. */
  | { readonly kind: 'failed'; readonly why: string }
  /** It was not asked, because the method could change something. */
  | { readonly kind: 'not-asked'; readonly why: string }

export type PreflightReport = {
  readonly why: string
  readonly requestFields: FieldList
  /** undefined: nobody knows without asking. */
  readonly answer: LegAnswer | undefined
  readonly passes: boolean | undefined
  /** Seconds for which the browser may send such requests without asking again; undefined unless it passes. */
  readonly maxAge: number | undefined
}

export type Hop = {
  readonly kind: 'preflight' | 'same-origin' | 'cors' | 'no-cors'
  readonly method: string
  readonly url: string
  /** The Origin that the browser sends with it. */
  readonly origin: string | undefined
  /** CF-Cache-Status; undefined: none, or unknown. */
  readonly cacheStatus: string | undefined
  /** Status of the answer; undefined: unknown. */
  readonly status: number | undefined
}

export type BrowserReport = {
  readonly verdict: 'allow' | 'block' | 'unknown'
  /** The section of the Fetch standard and what it found. */
  readonly step: string
  /** The step by name; undefined when the verdict is unknown. */
  readonly code: StepName | undefined
  readonly why: string
  /** What must hold for the verdict, where the origin server decides. */
  readonly assumes: string | undefined
  /** Response fields that a script can read. */
  readonly exposed: readonly string[]
  readonly timing: 'visible' | 'hidden'
}
