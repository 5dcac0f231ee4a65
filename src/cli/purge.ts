// `varyant purge`: purges by URL, tag, host, prefix, or everything.

import { fail, ok, type Result } from '../base/index.ts'
import { type CliFailure, makeApiClient } from './api-client.ts'
import { complain, say } from './output.ts'
import { USAGE } from './usage.ts'
import { API_OPTIONS, parseVerbFlags, readHeaders, type VerbFlags } from './verb-flags.ts'
import { findZone } from './zone-list.ts'

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
  if (!answer.ok) return answer
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

function describe(result: unknown, zone: string, flags: VerbFlags): string {
  const { variants, bodies, responses } = result as {
    readonly variants?: number | null
    readonly bodies?: number | null
    readonly responses?: readonly { readonly url: string }[]
  }
  const verb = flags.isSet('invalidate') ? 'invalidated' : 'purged'
  const counted = typeof variants === 'number' ? `: ${variants} responses, ${bodies ?? 0} bodies` : ''
  if (responses === undefined) return `${verb} in ${zone}${counted}\n`
  const more =
    typeof variants === 'number' && variants > responses.length ? [`... and ${variants - responses.length} more`] : []
  return `${[...responses.map(({ url }) => url), ...more, `would be ${verb} in ${zone}${counted}`].join('\n')}\n`
}

function wrong(message: string): Result<never, CliFailure> {
  return fail({ message, exitCode: 2 })
}
