// `varyant explain`: what the edge would do with one request of a page, and what the browser would make of it.

import { fail, ok, type Result } from '../base/index.ts'
import { type CliFailure, makeApiClient } from './api-client.ts'
import { drawExplanation } from './explain-drawing.ts'
import { complain, say } from './output.ts'
import { PLAIN, paintFor } from './paint.ts'
import { USAGE } from './usage.ts'
import { API_OPTIONS, parseVerbFlags, readHeaders, type VerbFlags } from './verb-flags.ts'
import { findZone, noSuchZone, UNKNOWN_ZONE } from './zone-list.ts'

const OPTIONS = {
  ...API_OPTIONS,
  zone: { type: 'string' },
  origin: { type: 'string' },
  method: { type: 'string' },
  header: { type: 'string', multiple: true },
  credentials: { type: 'boolean' },
  follow: { type: 'boolean' },
  probe: { type: 'boolean' },
} as const

type Question = { readonly url: string; readonly host: string; readonly body: object }

/** Runs the verb with its words; answers the exit code. */
export async function explain(words: readonly string[]): Promise<number> {
  const flags = parseVerbFlags('explain', words, OPTIONS)
  if (!flags.ok) return complain(2, `${flags.problem}; see "varyant --help"`)
  if (flags.value.isSet('help')) return say(USAGE)
  const done = await carryOut(flags.value)
  return done.ok ? say(done.value) : complain(done.problem.exitCode, done.problem.message)
}

async function carryOut(flags: VerbFlags): Promise<Result<string, CliFailure>> {
  const question = readQuestion(flags)
  if (!question.ok) return fail({ message: question.problem, exitCode: 2 })
  const client = makeApiClient({ api: flags.text('api'), data: flags.text('data') }, process.env)
  if (!client.ok) return client
  const zone = await findZone(client.value, flags.text('zone'), question.value.host)
  if (!zone.ok) return zone
  const answer = await client.value.call('POST', `/zones/${zone.value.id}/explain`, question.value.body)
  if (!answer.ok) return answer.problem.code === UNKNOWN_ZONE ? fail(noSuchZone(zone.value.name)) : answer
  if (flags.isSet('json')) return ok(`${JSON.stringify(answer.value)}\n`)
  const { text } = flags
  const asked = { url: question.value.url, origin: text('origin'), method: text('method') ?? 'GET' }
  const paint = process.stdout.isTTY === true ? paintFor(process.env) : PLAIN
  return drawExplanation(asked, answer.value, { paint, follows: flags.isSet('follow') })
}

function readQuestion(flags: VerbFlags): Result<Question, string> {
  const [word, second] = flags.words
  if (word === undefined) return fail('name the URL that is asked for')
  if (second !== undefined) return fail(`explain one URL at a time; ${JSON.stringify(second)} is a second one`)
  const url = URL.parse(word)
  if (url === null) return fail(`${JSON.stringify(word)} is not a URL; write https://host/path`)
  const headers = readHeaders(flags.texts('header'))
  if (!headers.ok) return headers
  const [origin, method] = [flags.text('origin'), flags.text('method')]
  const body = {
    url: word,
    ...(origin !== undefined && { origin }),
    ...(method !== undefined && { method }),
    ...(Object.keys(headers.value).length > 0 && { headers: headers.value }),
    ...(flags.isSet('credentials') && { credentials: true }),
    ...(flags.isSet('probe') && { probe: true }),
  }
  return ok({ url: word, host: url.hostname, body })
}
