// `varyant cors epoch ZONE`: every stored grant to other Origins is unusable until the origin server gives it again.

import { zoneId } from '../config/known.ts'
import { makeApiClient } from './api-client.ts'
import { complain, say } from './output.ts'
import { USAGE } from './usage.ts'
import { API_OPTIONS, parseVerbFlags, type VerbFlags } from './verb-flags.ts'

const OPTIONS = { ...API_OPTIONS, host: { type: 'string' }, prefix: { type: 'string' } } as const

/** Runs the verb with its words; answers the exit code. */
export async function cors(words: readonly string[]): Promise<number> {
  const flags = parseVerbFlags('cors', words, OPTIONS)
  if (!flags.ok) return complain(2, `${flags.problem}; see "varyant --help"`)
  if (flags.value.isSet('help')) return say(USAGE)
  const [verb, zone, more] = flags.value.words
  if (verb !== 'epoch' || zone === undefined || more !== undefined) {
    return complain(2, 'use "varyant cors epoch ZONE [--host HOST | --prefix HOST/PATH]"; see "varyant --help"')
  }
  return beginEpoch(zone.toLowerCase(), flags.value)
}

async function beginEpoch(zone: string, flags: VerbFlags): Promise<number> {
  const [host, prefix] = [flags.text('host'), flags.text('prefix')]
  if (host !== undefined && prefix !== undefined) return complain(2, 'name a host or a prefix, not both')
  const client = makeApiClient({ api: flags.text('api'), data: flags.text('data') }, process.env)
  if (!client.ok) return complain(client.problem.exitCode, client.problem.message)
  const id = /^[0-9a-f]{32}$/.test(zone) ? zone : zoneId(zone)
  const body = { ...(host !== undefined && { host }), ...(prefix !== undefined && { prefix }) }
  const begun = await client.value.call('POST', `/zones/${id}/cors_epoch`, body)
  if (!begun.ok) return complain(begun.problem.exitCode, begun.problem.message)
  if (flags.isSet('json')) return say(`${JSON.stringify(begun.value)}\n`)
  const { variants } = begun.value as { readonly variants: number | null }
  const counted =
    variants === null ? '' : `: ${variants} ${variants === 1 ? 'response' : 'responses'} must be validated`
  return say(`a new CORS epoch in ${host ?? prefix ?? zone}${counted}\n`)
}
