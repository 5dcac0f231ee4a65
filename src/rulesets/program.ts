// The rules of a zone, compiled once per change: every phase that has an enabled rule, and nothing for those that have none.
//
// G1  Compiling never fails: a rule that this version cannot compile (an older one stored it) is off, and `problems` says so.
// G2  A phase without a rule that is on is undefined, so that it costs a request one comparison.
// G3  A list of rules is compiled once, however often its zone is: a change costs what it changes.

import { compileCacheResponse } from './actions/cache-response.ts'
import { compileRequestHeaders, compileResponseHeaders } from './actions/rewrite-headers.ts'
import { compileRewriteUrl } from './actions/rewrite-url.ts'
import { compileRoute } from './actions/route.ts'
import { compileCacheSettings } from './actions/set-cache-rules.ts'
import { compileSetConfig } from './actions/set-config.ts'
import { compileRedirects } from './actions/single-redirect.ts'
import { compileManagedRequest, compileManagedResponse, type ManagedTransforms } from './managed-transforms.ts'
import type {
  CacheResponseEdits,
  CacheSettingsPhase,
  ConfigOverrides,
  HeaderEdits,
  OriginOverrides,
  Redirect,
  RuleFault,
  RulesPhase,
  UrlRewrite,
} from './outcomes.ts'
import type { Phase, RunPhase } from './phases.ts'
import type { StoredRule } from './rule.ts'
import { compileSnippetRules, type SnippetRule, toStoredRules } from './snippet-rules.ts'

/** How URLs are normalised, as the API has it.  CF rules/normalization */
export type UrlNormalization = {
  /** 'incoming': for rules; 'both': for the origin server and the cache key too; 'none': not at all. */
  readonly scope: 'incoming' | 'both' | 'none'
  readonly type: 'rfc3986' | 'cloudflare'
}

export const DEFAULT_URL_NORMALIZATION: UrlNormalization = { scope: 'incoming', type: 'rfc3986' }

export type RulesSource = {
  /** For sentences about problems. */
  readonly zoneName: string
  /** The rules of each phase in order, as they are stored. */
  readonly rulesets: ReadonlyMap<Phase, readonly StoredRule[]>
  /** undefined: the default. */
  readonly urlNormalization?: UrlNormalization | undefined
  readonly managedTransforms?: ManagedTransforms | undefined
  /** Those of the endpoint of snippets, behind those of the phase. */
  readonly snippetRules?: readonly SnippetRule[] | undefined
}

export type RulesProgram = {
  readonly urlNormalization: UrlNormalization
  /** http_request_dynamic_redirect; undefined from `run`: no rule matched. */
  readonly redirect: RulesPhase<Redirect | undefined> | undefined
  /** http_request_transform */
  readonly urlRewrite: RulesPhase<UrlRewrite | RuleFault<1035 | 1036 | 1037> | undefined> | undefined
  /** http_config_settings */
  readonly config: RulesPhase<ConfigOverrides> | undefined
  /** http_request_origin */
  readonly originRules: RulesPhase<OriginOverrides> | undefined
  /** Managed transforms of requests: before requestHeaders. */
  readonly managedRequest: RulesPhase<HeaderEdits> | undefined
  /** http_request_late_transform */
  readonly requestHeaders: RulesPhase<HeaderEdits | RuleFault<1038 | 1040 | 1041> | undefined> | undefined
  /** http_request_cache_settings */
  readonly cacheSettings: CacheSettingsPhase | undefined
  /** http_response_cache_settings; undefined from `run`: no rule matched. */
  readonly cacheResponse: RulesPhase<CacheResponseEdits | undefined> | undefined
  /** Managed transforms of responses: before responseHeaders. */
  readonly managedResponse: RulesPhase<HeaderEdits> | undefined
  /** http_response_headers_transform */
  readonly responseHeaders: RulesPhase<HeaderEdits | RuleFault<1038 | 1040 | 1041> | undefined> | undefined
  /** http_request_snippets: the names of the snippets to run, in order. */
  readonly snippetRules: RulesPhase<readonly string[]> | undefined
  /** Rules that are off because they cannot be compiled: zone, rule and reason, a sentence each. */
  readonly problems: readonly string[]
}

/** The rules of a zone, ready to run. */
export function compileRules(source: RulesSource): RulesProgram {
  const problems: string[] = []
  const compiled = <Outcome>(phase: RunPhase, compile: Compile<Outcome>): Outcome => {
    const rules = source.rulesets.get(phase)
    return rules === undefined ? compile([], problems) : compileOnce(phase, rules, compile, problems)
  }
  const { managedTransforms, snippetRules = [] } = source
  return {
    urlNormalization: source.urlNormalization ?? DEFAULT_URL_NORMALIZATION,
    redirect: compiled('http_request_dynamic_redirect', compileRedirects),
    urlRewrite: compiled('http_request_transform', compileRewriteUrl),
    config: compiled('http_config_settings', compileSetConfig),
    originRules: compiled('http_request_origin', compileRoute),
    managedRequest: compileManagedRequest(managedTransforms?.request ?? []),
    requestHeaders: compiled('http_request_late_transform', compileRequestHeaders),
    cacheSettings: compiled('http_request_cache_settings', compileCacheSettings),
    cacheResponse: compiled('http_response_cache_settings', compileCacheResponse),
    managedResponse: compileManagedResponse(managedTransforms?.response ?? []),
    responseHeaders: compiled('http_response_headers_transform', compileResponseHeaders),
    snippetRules: compileSnippetRules(
      [...(source.rulesets.get('http_request_snippets') ?? []), ...toStoredRules(snippetRules)],
      problems,
    ),
    problems: problems.map((problem) => `${source.zoneName}: ${problem}`),
  }
}

type Compile<Outcome> = (rules: readonly StoredRule[], problems: string[]) => Outcome
type Compiled = { readonly outcome: unknown; readonly problems: readonly string[] }

/** A list of rules that a change left alone is the same object, and keeps what it was compiled to. */
const COMPILED = new WeakMap<readonly StoredRule[], Map<RunPhase, Compiled>>()

function compileOnce<Outcome>(
  phase: RunPhase,
  rules: readonly StoredRule[],
  compile: Compile<Outcome>,
  problems: string[],
): Outcome {
  const byPhase = COMPILED.get(rules) ?? new Map<RunPhase, Compiled>()
  COMPILED.set(rules, byPhase)
  const known = byPhase.get(phase)
  const found: string[] = []
  const compiled = known ?? { outcome: compile(rules, found), problems: found }
  byPhase.set(phase, compiled)
  problems.push(...compiled.problems)
  // The phase says which outcome it is: each has one compile function.
  return compiled.outcome as Outcome
}
