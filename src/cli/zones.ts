// `varyant zones`: the zones, a line each.

import { makeApiClient } from './api-client.ts'
import { complain, say } from './output.ts'
import { USAGE } from './usage.ts'
import { API_OPTIONS, parseVerbFlags } from './verb-flags.ts'
import { listZones } from './zone-list.ts'

/** Runs the verb with its words; answers the exit code. */
export async function zones(words: readonly string[]): Promise<number> {
  const flags = parseVerbFlags('zones', words, API_OPTIONS)
  if (!flags.ok) return complain(2, `${flags.problem}; see "varyant --help"`)
  if (flags.value.isSet('help')) return say(USAGE)
  const [word] = flags.value.words
  if (word !== undefined) return complain(2, `${JSON.stringify(word)} is not an option of zones; see "varyant --help"`)
  const client = makeApiClient({ api: flags.value.text('api'), data: flags.value.text('data') }, process.env)
  if (!client.ok) return complain(client.problem.exitCode, client.problem.message)
  const listed = await listZones(client.value)
  if (!listed.ok) return complain(listed.problem.exitCode, listed.problem.message)
  if (flags.value.isSet('json')) return say(`${JSON.stringify(listed.value)}\n`)
  return say(listed.value.map(({ id, name, status }) => `${id}  ${name}  ${status}\n`).join(''))
}
