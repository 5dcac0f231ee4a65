// The configuration after defaults, file and flags have been laid over each other and checked: plain data that the rest of
// the program can believe.

import type { Bytes, Seconds } from '../base/index.ts'
import type { CacheLevel, CacheSettings } from '../cache/index.ts'
import type { PurgeRateLimit } from '../purge/index.ts'
import type { Locate, ManagedTransforms, Phase, RuleInput, RulesSource, UrlNormalization } from '../rulesets/index.ts'
import type { RecordFields } from './dns-record.ts'
import type { ConfigPath } from './problems.ts'
import type { ScriptChange } from './script-change.ts'
import type { OriginTarget } from './snapshot.ts'
import type { SnippetCode, SnippetRuleRequest } from './snippet-contract.ts'

/** Where a listener accepts connections. */
export type Listen = {
  /** A name or an address; an IPv6 address has no brackets. */
  readonly hostname: string
  /** 0 picks a free one. */
  readonly port: number
}

/** A certificate that was read, parsed, and found to belong to its key. */
export type TlsMaterial = {
  /** The certificate, with its chain when the file has one; PEM. */
  readonly cert: string
  /** Its private key; PEM. */
  readonly key: string
  /** The DNS names that the certificate covers, lower case, wildcards as `*.example.com`; for SNI. */
  readonly serverNames: readonly string[]
}

export type EdgeConfig = {
  readonly http: Listen
  readonly https: Listen | undefined
  /** At least one when `https` is set, none otherwise. */
  readonly tls: readonly TlsMaterial[]
  readonly processes: number
  /** Whether answers carry fields that explain the cache's decision. */
  readonly debugHeaders: boolean
  readonly accessLog: boolean
  /** Where addresses are; undefined without a database. */
  readonly locate: Locate | undefined
}

/** Settings of a zone, by the ids of the API, in our units. */
export type ZoneSettings = {
  readonly browserCacheTtl: Seconds
  readonly cacheLevel: CacheLevel
  /** 'on': from each start, for its three hours; undefined: as the API last left it. */
  readonly developmentMode: 'on' | 'off' | undefined
  readonly sortQueryStringForCache: boolean
  readonly alwaysOnline: boolean
  readonly proxyReadTimeout: Seconds
  readonly maxUpload: Bytes
  readonly originErrorPagePassThru: boolean
  readonly ssl: SslMode
  readonly corsVariants: CacheSettings['corsVariants']
}

/** How the edge speaks to origins.  Whether it is TLS at all, the URL in `origins` says.  CF ssl/origin-configuration/ssl-modes */
export type SslMode =
  /** No TLS is asked for. */
  | 'off'
  /** TLS is for visitors. */
  | 'flexible'
  /** TLS to an https origin, whatever its certificate. */
  | 'full'
  /** TLS to an https origin whose certificate is valid for its name and signed by a trusted authority. */
  | 'strict'

/** An entry of `origins`: a host name, `*.suffix` or `*`, lower case, and where such hosts lead. */
export type OriginEntry = { readonly pattern: string; readonly target: OriginTarget }

export type ZoneConfig = {
  readonly name: string
  readonly origins: readonly OriginEntry[]
  readonly settings: ZoneSettings
  readonly rules: ZoneRules
  /** What of this the file said in so many words, in the API's JSON: that is what is applied to the store. */
  readonly written: WrittenZone
}

/** What `compileRules` is given, but for the zone's name. */
export type ZoneRules = Omit<RulesSource, 'zoneName'>

export type WrittenZone = {
  readonly origins?: Readonly<Record<string, string>>
  readonly settings?: Readonly<Record<string, unknown>>
  readonly dnsRecords?: readonly RecordFields[]
  readonly rulesets?: ReadonlyMap<Phase, readonly RuleInput[]>
  readonly urlNormalization?: UrlNormalization
  readonly managedTransforms?: ManagedTransforms
  readonly workers?: readonly WorkerInFile[]
  readonly workerRoutes?: readonly RouteInFile[]
  readonly snippets?: readonly SnippetInFile[]
}

/** A Worker with the files that it is made of. */
export type WorkerInFile = {
  readonly name: string
  /** Where the file names its main file. */
  readonly path: ConfigPath
  readonly change: ScriptChange
  readonly routes: readonly RouteInFile[]
  readonly domains: readonly { readonly zone: string; readonly hostname: string }[]
}

export type RouteInFile = {
  /** The name of its zone. */
  readonly zone: string
  readonly pattern: string
  /** undefined: what matches runs no Worker. */
  readonly script: string | undefined
  readonly failOpen: boolean
}

export type SnippetInFile = {
  readonly name: string
  readonly path: ConfigPath
  readonly code: SnippetCode
  /** undefined: it does not run. */
  readonly rule: SnippetRuleRequest | undefined
}

/** A private or loopback target that Workers and Snippets may fetch. */
export type PrivateTarget = {
  /** A name or an address, lower case; an IPv6 address has no brackets. */
  readonly hostname: string
  /** undefined: every port. */
  readonly port: number | undefined
}

export type ResolvedConfig = {
  readonly edge: EdgeConfig
  readonly api: Listen
  /** The port of live tails, beside the API's; 0 picks a free one. */
  readonly tailPort: number
  readonly purgeRateLimit: PurgeRateLimit
  /** Absolute. */
  readonly dataDir: string
  readonly cache: { readonly memory: Bytes; readonly disk: Bytes }
  readonly zones: readonly ZoneConfig[]
  /** Beside the origin servers of each zone. */
  readonly allowPrivate: readonly PrivateTarget[]
  /** For the scripts of each zone together. */
  readonly scriptMemory: Bytes
  /** Whether nobody named an origin server, so that the built-in one is served. */
  readonly demo: boolean
  /** What the operator should know, a sentence each. */
  readonly notices: readonly string[]
}
