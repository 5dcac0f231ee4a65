// What every stage of the data plane may use.  Made by the listener, once; `routes` is replaced when the configuration is.

import type { Clock, EventSink } from '../base/index.ts'
import type { CacheStore } from '../cache/index.ts'
import type { FindingsBook, Sharing, VariantBudget } from '../cors/sharing/index.ts'
import type { AllowedTarget, OriginClient } from '../origin/index.ts'
import type { PurgeJournal } from '../purge/index.ts'
import type { Locate } from '../rulesets/index.ts'
import type { ScriptRuntime } from '../runtime/index.ts'
import type { Background } from './background.ts'
import type { Scheme } from './exchange.ts'
import type { Flights } from './flights.ts'
import type { Relay } from './relay.ts'
import type { Siblings } from './role.ts'
import type { Routes } from './routes.ts'

export type EdgeServices = {
  routes: Routes
  readonly store: CacheStore
  /** Who may be answered with whose copy; a checker puts faulty judgements here. */
  readonly sharing: Sharing
  /** How many Origins may have copies of a URL. */
  readonly budget: VariantBudget
  /** What was found wrong with the CORS of origin servers. */
  readonly findings: FindingsBook
  readonly journal: PurgeJournal
  readonly origins: OriginClient
  readonly flights: Flights
  readonly background: Background
  readonly clock: Clock
  readonly events: EventSink
  /** The address that each listener has, where it is one and not all of the machine's. */
  readonly addresses: Readonly<Partial<Record<Scheme, string>>>
  /** Where addresses are, when a database says so. */
  readonly locate: Locate | undefined
  /** Runs Workers and Snippets. */
  readonly scripts: ScriptRuntime | undefined
  /** The way to the process that runs scripts; undefined: this one does. */
  readonly relay: Relay | undefined
  /** Other processes that serve from the same store. */
  readonly siblings: Siblings | undefined
  /** Private addresses that scripts may reach. */
  readonly allowPrivate: readonly AllowedTarget[]
  /** Whether answers carry RFC 9211 Cache-Status. */
  readonly debugHeaders: boolean
  /** Whether each exchange leaves an access record. */
  readonly accessLog: boolean
}
