// `varyant findings`: what is wrong with how the origin servers of a zone do CORS.

import { fail, ok, type Result } from '../base/index.ts'
import { type ApiClient, type CliFailure, makeApiClient } from './api-client.ts'
import { drawFindings } from './findings-drawing.ts'
import { complain, say } from './output.ts'
import { PLAIN, paintFor } from './paint.ts'
import { USAGE } from './usage.ts'
import { API_OPTIONS, parseVerbFlags, type VerbFlags } from './verb-flags.ts'
import { findZone, noSuchZone, UNKNOWN_ZONE } from './zone-list.ts'

const OPTIONS = {
  ...API_OPTIONS,
  zone: { type: 'string' },
  url: { type: 'string' },
  kind: { type: 'string' },
} as const

const PER_PAGE = 100
/** The API keeps fewer: more pages than this mean that it does not understand `page`. */
const MAX_PAGES = 100

/** Runs the verb with its words; answers the exit code. */
export async function findings(words: readonly string[]): Promise<number> {
  const flags = parseVerbFlags('findings', words, OPTIONS)
  if (!flags.ok) return complain(2, `${flags.problem}; see "varyant --help"`)
  if (flags.value.isSet('help')) return say(USAGE)
  const done = await carryOut(flags.value)
  return done.ok ? say(done.value) : complain(done.problem.exitCode, done.problem.message)
}

async function carryOut(flags: VerbFlags): Promise<Result<string, CliFailure>> {
  const [word] = flags.words
  if (word !== undefined) return wrong(`${JSON.stringify(word)} is not an option of findings; name a URL with --url`)
  const url = flags.text('url')
  const parsed = url === undefined ? undefined : URL.parse(url)
  if (parsed === null) return wrong(`${JSON.stringify(url)} is not a URL; write https://host/path`)
  const client = makeApiClient({ api: flags.text('api'), data: flags.text('data') }, process.env)
  if (!client.ok) return client
  const zone = await findZone(client.value, flags.text('zone'), parsed?.hostname)
  if (!zone.ok) return zone
  const kind = flags.text('kind')
  const filter = { ...(url !== undefined && { url }), ...(kind !== undefined && { kind }) }
  const listed = await listAll(client.value, zone.value.id, filter)
  if (!listed.ok) return listed.problem.code === UNKNOWN_ZONE ? fail(noSuchZone(zone.value.name)) : listed
  if (flags.isSet('json')) return ok(`${JSON.stringify(listed.value)}\n`)
  const paint = process.stdout.isTTY === true ? paintFor(process.env) : PLAIN
  return drawFindings(url ?? zone.value.name, listed.value, paint)
}

async function listAll(
  client: ApiClient,
  zone: string,
  filter: Readonly<Record<string, string>>,
): Promise<Result<readonly unknown[], CliFailure>> {
  const found: unknown[] = []
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = new URLSearchParams({ ...filter, page: `${page}`, per_page: `${PER_PAGE}` })
    const answer = await client.call('GET', `/zones/${zone}/cors/findings?${query}`)
    if (!answer.ok) return answer
    const listed = Array.isArray(answer.value) ? answer.value : []
    found.push(...listed)
    if (listed.length < PER_PAGE) return ok(found)
  }
  return fail({ message: 'the API lists findings without end', exitCode: 1 })
}

function wrong(message: string): Result<never, CliFailure> {
  return fail({ message, exitCode: 2 })
}
