// What the rules of each phase answer: plain named values, which the edge carries out.

import type { CacheSettings } from '../cache/index.ts'
import type { RuleContext } from './context.ts'

/** A number of Cloudflare's error pages, which tell why a request that a rule changed cannot go on. */
export type RuleFaultCode =
  /** The rewritten path is empty, does not begin with "/", or is below /cdn-cgi/. */
  | 1035
  /** The rewritten URL is too long. */
  | 1036
  /** An expression of the rewrite has no value. */
  | 1037
  /** The fields that rules set are too long, all together; the client may try again later. */
  | 1038
  /** A protected field. */
  | 1040
  /** A value that is too long, or has a character that a field cannot have. */
  | 1041

export type RuleFault<Code extends RuleFaultCode = RuleFaultCode> = {
  readonly kind: 'fault'
  readonly code: Code
  /** Which rule, and why; safe to show. */
  readonly detail: string
}

export type Redirect = {
  readonly status: 301 | 302 | 303 | 307 | 308
  /** Printable ASCII: ready for Location. */
  readonly location: string
}

/** What becomes of the target; `undefined`: that part stays. */
export type UrlRewrite = {
  readonly kind: 'rewritten'
  /** Begins with "/"; printable ASCII. */
  readonly path: string | undefined
  /** Begins with "?" or is empty; printable ASCII. */
  readonly query: string | undefined
}

/** Settings of the zone that rules replace for one request. */
export type ConfigOverrides = {
  readonly ssl?: 'off' | 'flexible' | 'full' | 'strict'
}

/** Where and how the origin server is asked, as far as rules say; absent: as without rules. */
export type OriginOverrides = {
  /** The Host field that the origin server gets. */
  readonly hostHeader?: string
  /** A name or an address to connect to instead. */
  readonly hostname?: string
  readonly port?: number
  /** The name in the TLS handshake. */
  readonly sni?: string
}

/** Names in lower case; values are legal field values. */
export type HeaderEdit =
  /** Replaces every line of that name. */
  | { readonly operation: 'set'; readonly name: string; readonly value: string }
  /** One more line. */
  | { readonly operation: 'add'; readonly name: string; readonly value: string }
  | { readonly operation: 'remove'; readonly name: string }

/** In order: a later one wins.  The same rules with static values give the same object. */
export type HeaderEdits = { readonly kind: 'edits'; readonly edits: readonly HeaderEdit[] }

export type CacheDirective =
  | 'max-age'
  | 's-maxage'
  | 'stale-if-error'
  | 'stale-while-revalidate'
  | 'private'
  | 'no-cache'
  | 'no-store'
  | 'no-transform'
  | 'must-revalidate'
  | 'proxy-revalidate'
  | 'must-understand'
  | 'public'
  | 'immutable'

export type DirectiveEdit = {
  readonly operation: 'set' | 'remove'
  /** The argument as it is written, without "="; undefined: none. */
  readonly argument: string | undefined
  /** Whether the visitor keeps what the origin said. */
  readonly edgeOnly: boolean
}

export type TagEdit = { readonly operation: 'add' | 'remove' | 'set'; readonly tags: readonly string[] }

/** What cache response rules change; the last match has won, setting by setting. */
export type CacheResponseEdits = {
  readonly control: ReadonlyMap<CacheDirective, DirectiveEdit>
  /** In order. */
  readonly tags: readonly TagEdit[]
  readonly stripEtags: boolean
  readonly stripSetCookie: boolean
  readonly stripLastModified: boolean
}

/** The settings for a response that cache response rules changed. */
export type CacheResponseSettings = {
  /** The same object for the same settings and the same directives. */
  readonly settings: CacheSettings
  /** Whether the edge may validate by a Last-Modified that it made itself. */
  readonly allowsSmartRevalidation: boolean
}

// Phases

/** Rules that run over one request.  Sentences about those that matched go to the trail, in order. */
export type RulesPhase<Outcome> = {
  /** Begins a phase of the context. */
  run(context: RuleContext, trail: string[]): Outcome
}

export type CacheSettingsPhase = {
  /** Whether every rule matches every request, so that the outcome follows from `base` alone. */
  readonly isUnconditional: boolean
  /**
   * The settings with every rule that matched laid over them, the last one winning, setting by setting.  The same base and
   * the same matches give the same object; `base` itself when none matched.
   */
  run(context: RuleContext, base: CacheSettings, trail: string[]): CacheSettings
}
