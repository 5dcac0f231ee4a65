// What rules can know of one exchange: plain accessors that the edge fills.  Nothing here is computed; fields.ts turns it
// into the fields of the language, and only those that a rule asks for.

import type { EpochMillis } from '../base/index.ts'
import type { FieldList } from '../http/index.ts'

/** Request fields as the stage before left them: names in lower case, the lines of one name joined. */
export type FieldSource = {
  get(name: string): string | null
  entries(): Iterable<readonly [name: string, value: string]>
}

/** Where an address is, as a database of addresses says; what it does not say is absent. */
export type GeoPlace = {
  /** ISO 3166-1, two capital letters. */
  readonly country?: string
  /** AF AN AS EU NA OC SA. */
  readonly continent?: string
  readonly isInEuropeanUnion?: boolean
  readonly city?: string
  readonly postalCode?: string
  readonly metroCode?: string
  readonly region?: string
  readonly regionCode?: string
  /** ISO 3166-2 with its country: `GB-ENG`. */
  readonly subdivision1?: string
  readonly subdivision2?: string
  readonly latitude?: number
  readonly longitude?: number
  readonly timeZone?: string
  readonly asn?: number
}

/** The place of an address (RFC 4291 text), or undefined when it is not known. */
export type Locate = (address: string) => GeoPlace | undefined

/** The response as the stage before left it. */
export type ResponseFacts = {
  readonly status: number
  readonly fields: FieldList
  /** Before any rule changed them. */
  readonly rawFields: FieldList
  /** Who made it: '' is an origin server or the store, '5xx' and '1xxx' are pages of the edge. */
  readonly errorType: '' | '5xx' | '1xxx'
  /** The number of a 1xxx page, else 0. */
  readonly errorCode: number
}

/** Milliseconds, whole; undefined: nobody measured. */
export type Timings = {
  readonly tcpRtt?: number | undefined
  readonly edge?: number | undefined
  /** 0 for an answer from the store. */
  readonly originTtfb?: number | undefined
  readonly worker?: number | undefined
}

export interface RuleFacts {
  // Never change.

  /** Upper case, as it came. */
  readonly method: string
  /** Towards the visitor. */
  readonly scheme: 'http' | 'https'
  /** The visitor's Host in lower case, without port. */
  readonly host: string
  /** The visitor's Host in lower case, with its port unless that is the scheme's default. */
  readonly authority: string
  /** As the visitor sent it; begins with "/". */
  readonly rawPath: string
  /** As the visitor sent it; begins with "?" or is empty. */
  readonly rawQuery: string
  /** As the visitor sent them. */
  readonly rawFields: FieldSource
  /** `HTTP/1.1`. */
  readonly httpVersion: string
  /** The visitor's address. */
  readonly peer: string
  readonly peerPort: number | undefined
  /** The address that the visitor connected to, when it is known. */
  readonly serverAddress: string | undefined
  /** The port that the visitor addressed. */
  readonly port: number
  readonly receivedAt: EpochMillis
  readonly ray: string
  readonly zoneName: string
  /** The zone of the Worker that sent this request; empty when none did. */
  readonly upstreamZone: string
  readonly locate: Locate | undefined

  // Change from phase to phase: accessors, read at most once in each.

  /** As it is now; begins with "/". */
  readonly path: string
  /** As it is now; begins with "?" or is empty. */
  readonly query: string
  readonly fields: FieldSource
  readonly timings: Timings
  /** undefined until there is a response. */
  readonly response: ResponseFacts | undefined
}
