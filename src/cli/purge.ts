// `varyant purge`: purges by URL, tag, host, prefix, or everything.

import { fail, ok, type Result } from '../base/index.ts'
import { MAX_WALKED_VARIANTS } from '../purge/index.ts'
import { type CliFailure, makeApiClient } from './api-client.ts'
import { complain, say } from './output.ts'
import { USAGE } from './usage.ts'
import { API_OPTIONS, parseVerbFlags, readHeaders, type VerbFlags } from './verb-flags.ts'
import { findZone, noSuchZone, UNKNOWN_ZONE } from './zone-list.ts'

const OPTIONS = {
  ...API_OPTIONS,
  zone: { type: 'string' },
  tag: { type: 'string', multiple: true },
  host: { type: 'string', multiple: true },
  prefix: { type: 'string', multiple: true },
  everything: { type: 'boolean' },
  origin: { type: 'string' },
  header: { type: 'string', multiple: true },
  'all-variants': { type: 'boolean' },
  invalidate: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const

/** What is purged: the body, and a host of it by which its zone is found. */
type Wanted = { readonly body: object; readonly host: string | undefined }

/** Runs the verb with its words; answers the exit code. */
export async function purge(words: readonly string[]): Promise<number> {
  const flags = parseVerbFlags('purge', words, OPTIONS)
  if (!flags.ok) return complain(2, `${flags.problem}; see "varyant --help"`)
  if (flags.value.isSet('help')) return say(USAGE)
  const done = await carryOut(flags.value)
  return done.ok ? say(done.value) : complain(done.problem.exitCode, done.problem.message)
}

async function carryOut(flags: VerbFlags): Promise<Result<string, CliFailure>> {
  const wanted = readWanted(flags)
  if (!wanted.ok) return wanted
  const client = makeApiClient({ api: flags.text('api'), data: flags.text('data') }, process.env)
  if (!client.ok) return client
  const zone = await findZone(client.value, flags.text('zone'), wanted.value.host)
  if (!zone.ok) return zone
  const operation = flags.isSet('invalidate') ? 'invalidate_cache' : 'purge_cache'
  const query = flags.isSet('dry-run') ? '?dry_run=true' : ''
  const answer = await client.value.call('POST', `/zones/${zone.value.id}/${operation}${query}`, wanted.value.body)
  if (!answer.ok) return answer.problem.code === UNKNOWN_ZONE ? fail(noSuchZone(zone.value.name)) : answer
  if (flags.isSet('json')) return ok(`${JSON.stringify(answer.value)}\n`)
  return ok(describe(answer.value, zone.value.name, flags))
}

function readWanted(flags: VerbFlags): Result<Wanted, CliFailure> {
  const { words } = flags
  const lists = (['tag', 'host', 'prefix'] as const).filter((name) => flags.texts(name).length > 0)
  const given = [...(words.length > 0 ? ['URL'] : []), ...lists, ...(flags.isSet('everything') ? ['everything'] : [])]
  if (given.length !== 1) {
    const what = given.length === 0 ? 'name what to purge' : `purge one kind at a time, not ${given.join(' and ')}`
    return wrong(`${what}: URLs, --tag, --host, --prefix or --everything`)
  }
  const variantFlags = [...flags.texts('origin'), ...flags.texts('header')].length > 0 || flags.isSet('all-variants')
  if (variantFlags && words.length === 0) return wrong('--origin, --header and --all-variants go with URLs only')
  if (flags.isSet('everything')) return ok({ body: { purge_everything: true }, host: undefined })
  if (words.length > 0) return readFiles(flags)
  const tags = flags.texts('tag')
  if (tags.length > 0) return ok({ body: { tags }, host: undefined })
  const [hosts, prefixes] = [flags.texts('host'), flags.texts('prefix')]
  const [first = ''] = [...hosts, ...prefixes]
  return ok({ body: hosts.length > 0 ? { hosts } : { prefixes }, host: first.split(/[/:]/)[0]?.toLowerCase() })
}

function readFiles(flags: VerbFlags): Result<Wanted, CliFailure> {
  const given = readHeaders(flags.texts('header'))
  if (!given.ok) return wrong(given.problem)
  const headers = { ...given.value }
  const origin = flags.text('origin')
  if (origin !== undefined) headers.Origin = origin
  const bad = flags.words.find((word) => !URL.canParse(word))
  if (bad !== undefined) return wrong(`${JSON.stringify(bad)} is not a URL; write https://host/path`)
  const files = flags.words.map((url) => ({
    url,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(flags.isSet('all-variants') && { variants: 'all' }),
  }))
  return ok({ body: { files }, host: URL.parse(flags.words[0] ?? '')?.hostname })
}

const LIMIT = MAX_WALKED_VARIANTS.toLocaleString('en')
const NOT_COUNTED = `  whose copies went was not counted: more than ${LIMIT} responses are stored; --dry-run counts them before\n`

type Purged = {
  readonly origins?: readonly { readonly origin: string | null; readonly variants: number }[] | null
  readonly variants?: number | null
  readonly bodies?: number | null
  readonly responses?: readonly { readonly url: string }[]
}

function describe(result: unknown, zone: string, flags: VerbFlags): string {
  const { variants, bodies, responses, origins } = result as Purged
  const verb = flags.isSet('invalidate') ? 'invalidated' : 'purged'
  const counts = [...count(variants, 'response', 'responses'), ...count(bodies, 'body', 'bodies')]
  const counted = counts.length === 0 ? '' : `: ${counts.join(', ')}`
  const whose =
    origins === null
      ? NOT_COUNTED
      : (origins ?? []).map((each) => `  ${askerName(each.origin)}: ${each.variants}\n`).join('')
  if (responses === undefined) return `${verb} in ${zone}${counted}\n${whose}${hint(variants, flags)}`
  const more =
    typeof variants === 'number' && variants > responses.length ? [`... and ${variants - responses.length} more`] : []
  const lines = [...Map.groupBy(responses, ({ url }) => url)].map(([url, { length }]) =>
    length === 1 ? url : `${url} (${length} variants)`,
  )
  return `${[...lines, ...more, `would be ${verb} in ${zone}${counted}`].join('\n')}\n${whose}${hint(variants, flags)}`
}

function count(number: number | null | undefined, one: string, many: string): readonly string[] {
  return typeof number === 'number' ? [`${number} ${number === 1 ? one : many}`] : []
}

/** A purge of a URL that took nothing is seldom what was meant. */
function hint(variants: number | null | undefined, flags: VerbFlags): string {
  if (variants !== 0 || flags.words.length === 0 || flags.isSet('all-variants')) return ''
  return 'nothing was stored for such a request; copies for other Origins or headers go with --all-variants\n'
}

function askerName(origin: string | null): string {
  if (origin === null) return 'without Origin'
  return origin === '*' ? 'every Origin' : `Origin ${origin}`
}

function wrong(message: string): Result<never, CliFailure> {
  return fail({ message, exitCode: 2 })
}
