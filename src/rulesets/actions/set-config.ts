// The action `set_config` of http_config_settings: a Configuration Rule.  CF rules/configuration-rules/settings
//
// Most of Cloudflare's parameters are of features that this edge has not; they are checked and kept, and have no effect.

import { type JsonReader, listed } from '../json-reader.ts'
import { makeMatcher } from '../matching.ts'
import type { ConfigOverrides, RulesPhase } from '../outcomes.ts'
import { compileEnabled, type PhaseTable, type StoredRule } from '../rule.ts'

const PHASE = 'http_config_settings'

/** CF's own `origin_pull` is `strict` with a client certificate, which this edge does not send. */
const SSL = ['off', 'flexible', 'full', 'strict'] as const
const SWITCHES = [
  ...['automatic_https_rewrites', 'bic', 'content_converter', 'email_obfuscation', 'fonts', 'hotlink_protection'],
  ...[
    'mirage',
    'opportunistic_encryption',
    'redirects_for_ai_training',
    'rocket_loader',
    'server_side_excludes',
    'sxg',
  ],
  ...['webmcp_enabled'],
]
/** They can only be switched off, by `true`. */
const DISABLERS = ['disable_apps', 'disable_pay_per_crawl', 'disable_rum', 'disable_zaraz']
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  polish: ['off', 'lossless', 'lossy', 'webp'],
  request_body_buffering: ['none', 'standard', 'full'],
  response_body_buffering: ['none', 'standard'],
  security_level: ['off', 'essentially_off', 'low', 'medium', 'high', 'under_attack'],
}
const MAX_TOOL_PACKS = 100

/** The parameters that are kept and do nothing. */
export const KEPT_CONFIG_PARAMETERS: readonly string[] = [
  ...SWITCHES,
  ...DISABLERS,
  ...Object.keys(CHOICES),
  ...['autominify', 'webmcp_packs'],
]

export const CONFIG_TABLE: PhaseTable<ConfigOverrides> = { phase: PHASE, actions: { set_config: readConfig } }

export function compileSetConfig(
  stored: readonly StoredRule[],
  problems: string[],
): RulesPhase<ConfigOverrides> | undefined {
  const rules = compileEnabled(CONFIG_TABLE, stored, problems)
  if (rules.length === 0) return undefined
  const match = makeMatcher(rules.map(({ filter }) => filter))
  return {
    run: (context, trail) => {
      context.beginPhase()
      let overrides: ConfigOverrides = NOTHING
      match(context, (place) => {
        const rule = rules[place]
        if (rule === undefined) return 'go on'
        const { ssl } = rule.effect
        trail.push(`${rule.name}: ${ssl === undefined ? 'nothing that this edge has' : `set ssl to ${ssl}`}`)
        overrides = overrides === NOTHING ? rule.effect : { ...overrides, ...rule.effect }
        return 'go on'
      })
      return overrides
    },
  }
}

const NOTHING: ConfigOverrides = {}

function readConfig(parameters: JsonReader): ConfigOverrides | undefined {
  const entries = parameters.entries()
  if (entries === undefined) return undefined
  let overrides: ConfigOverrides = NOTHING
  for (const [name, reader] of entries) {
    if (name === 'ssl') {
      const ssl = reader.oneOf(SSL)
      if (ssl !== undefined) overrides = { ssl }
    } else checkKept(name, reader)
  }
  return overrides
}

function checkKept(name: string, reader: JsonReader): void {
  if (SWITCHES.includes(name)) reader.boolean()
  else if (DISABLERS.includes(name)) {
    if (reader.value !== true) reader.refuse('this can only be true; leave it out otherwise')
  } else if (name === 'autominify') {
    for (const member of reader.members(['css', 'html', 'js'])?.values() ?? []) member.boolean()
  } else if (name === 'webmcp_packs') {
    for (const element of reader.elements(0, MAX_TOOL_PACKS) ?? []) element.string()
  } else {
    const choices = Object.hasOwn(CHOICES, name) ? CHOICES[name] : undefined
    if (choices !== undefined) reader.oneOf(choices)
    else reader.refuse(`this is no parameter of set_config; use ${listed(['ssl', ...KEPT_CONFIG_PARAMETERS])}`)
  }
}
