// What this room offers to the planes, and what it asks of the data plane.  Types only.
//
//   visitor ──edge──► dispatch(visit) ──► snippet ─► snippet ─► Worker ──fetch──► doorway ──► Gateway ──► cache, other zone, outside
//                                                                 └────caches───────┘

import type { FaultCode, Result } from '../base/index.ts'
import type { OriginSocket } from '../origin/index.ts'
import type { Script, ScriptFindings, ZoneScripts } from '../scripts/index.ts'
import type { CfKnobs } from './cf-knobs.ts'

/** A zone as far as this room is concerned. */
export type ScriptedZone = {
  readonly id: string
  readonly name: string
  /** undefined: it has none. */
  readonly scripts?: ZoneScripts | undefined
}

/** A visitor's request on its way through the scripts that its URL runs. */
export type Visit = {
  readonly zone: ScriptedZone
  /** Snippets in their order, then the Worker; at least one. */
  readonly stages: readonly Script[]
  readonly method: string
  /** Absolute, with the scheme that the visitor used; no fragment. */
  readonly url: string
  readonly scheme: 'http' | 'https'
  /** Host and CF-Ray among them; what the visitor said of itself has been overwritten.  Theirs who dispatch: changed in place. */
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array> | null
  readonly signal: AbortSignal
  /** `request.cf`, as JSON. */
  readonly cf: string
  /** Unique among live visits; what CF-Ray says. */
  readonly ray: string
  /** The visitor's address. */
  readonly peer: string
  /** How many zones' scripts have led to it. */
  readonly depth: number
  /** Whether the request goes on without the Worker when that is switched off or cannot be run. */
  readonly failOpen: boolean
}

export type ScriptOutcome = { readonly kind: 'answered'; readonly response: Response } | ScriptFailure

export type ScriptFailure = {
  readonly kind: 'failed'
  readonly fault: ScriptFault
  /** For the log. */
  readonly detail: string
  /** Where it was thrown; only while scripts are being watched for it (`RuntimeOptions.keepStacks`). */
  readonly stack?: string
  /** Whether the request's content, if any, has not been touched, so that it can still go on without the script. */
  readonly isUntouched: boolean
}

/** The rows of base/error-codes.ts that scripts can cause. */
export type ScriptFault = Extract<
  FaultCode,
  | 'worker-exception'
  | 'worker-limit'
  | 'worker-loop'
  | 'worker-unavailable'
  | 'snippet-continued-twice'
  | 'snippet-subrequests'
  | 'snippet-limit'
  | 'snippet-memory'
  | 'snippet-exception'
>

/** A request that a script made. */
export type Subrequest = {
  readonly zone: ScriptedZone
  readonly script: Script
  /** As it came, without the fields between edge and workerd. */
  readonly request: Request
  readonly headers: Headers
  readonly scheme: 'http' | 'https'
  /** What the script said about caching it. */
  readonly knobs: CfKnobs
  /** The visit that it belongs to, when that is known. */
  readonly visit: Pick<Visit, 'ray' | 'peer' | 'depth'> | undefined
}

/** A Cache API call; `cache` is the name of a named cache, undefined for `caches.default`. */
export type CacheCall = {
  readonly zone: ScriptedZone
  readonly cache: string | undefined
  readonly scheme: 'http' | 'https'
  readonly host: string
  /** Begins with "/". */
  readonly path: string
  /** Begins with "?" or is empty. */
  readonly query: string
  /** As it came, without the fields of the call; its method is that of the wire. */
  readonly request: Request
}

/** The head of a response that a script puts into a cache. */
export type PutHead = { readonly status: number; readonly fields: readonly (readonly [name: string, value: string])[] }

/** The far end of a WebSocket, or the answer that there is none. */
export type SocketAnswer =
  | { readonly kind: 'open'; readonly socket: OriginSocket }
  | { readonly kind: 'answered'; readonly response: Response }

/** What a WebSocket of a script is connected with. */
export type Tunnel = { readonly origin: OriginSocket }

/** What scripts reach, as the data plane gives it.  Nothing here rejects: a fault is an answer. */
export interface Gateway {
  /** The id of the zone that serves a host, or undefined. */
  zoneOf(host: string): string | undefined
  /** Enters the pipeline of the script's own zone at the cache. */
  throughZone(subrequest: Subrequest): Promise<Response>
  /** Enters another zone of ours as a visitor would. */
  asVisitor(subrequest: Subrequest): Promise<Response>
  /** Asks for a WebSocket where a script's request would go. */
  connect(subrequest: Subrequest, target: 'own-zone' | 'other-zone' | 'outside'): Promise<SocketAnswer>
  /** What is done with the script's end of a WebSocket. */
  readonly tunnelHandlers: Bun.WebSocketHandler<Tunnel>
  /** Goes to the internet through the cache of the script's zone; private addresses are refused. */
  outside(subrequest: Subrequest): Promise<Response>
  /** A fresh stored response as `deliver` would send it, or undefined. */
  match(call: CacheCall): Promise<Response | undefined>
  /** Whether it was stored; `body` errors when the script broke off. */
  put(call: CacheCall, head: PutHead, body: ReadableStream<Uint8Array>): Promise<boolean>
  /** Whether there was something to delete. */
  delete(call: CacheCall): boolean
}

/** What workerd tells of one invocation, unchanged but for the script's name. */
export type TailItem = Readonly<Record<string, unknown>>
export type TailListener = (items: readonly TailItem[]) => void

export interface ScriptRuntime {
  /** The sentence that says why scripts cannot run here; undefined when they can. */
  readonly unavailable: string | undefined
  /** Runs a script's top level alone; within 20 s, whatever it does. */
  validate(script: Script): Promise<Result<ScriptFindings, { readonly message: string }>>
  /** Serves by these scripts from the next visit on; what is under way ends with those that it began with. */
  apply(snapshot: { readonly zones: readonly ScriptedZone[] }): void
  /** Who answers what scripts ask; called once, before the first visit. */
  attach(gateway: Gateway): void
  /** Never rejects. */
  dispatch(visit: Visit): Promise<ScriptOutcome>
  /** Where the WebSocket handshake of a visit is to be sent, and as what, or why its one script is not to be asked. */
  openSocket(visit: Visit): Promise<SocketEntrance | ScriptFailure>
  /** Listens to the invocations of a Worker, in whatever zone, until the answered function is called. */
  tail(script: string, listener: TailListener): () => void
  /** Ends every process. */
  close(): Promise<void>
}

/** The path of a script's unix socket, and the fields for it. */
export type SocketEntrance = { readonly kind: 'entrance'; readonly path: string; readonly headers: Headers }
