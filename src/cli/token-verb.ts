// `varyant token create --purge-only ZONE`: a token that can purge one zone and nothing else.
//
// stdout has the secret and nothing else, so that a script can keep it; it is not shown again.

import { zoneId } from '../config/known.ts'
import { makeApiClient } from './api-client.ts'
import { complain, say } from './output.ts'
import { USAGE } from './usage.ts'
import { API_OPTIONS, parseVerbFlags } from './verb-flags.ts'
import { noSuchZone } from './zone-list.ts'

const OPTIONS = {
  ...API_OPTIONS,
  'purge-only': { type: 'string' },
  name: { type: 'string' },
  expires: { type: 'string' },
} as const

/** Cloudflare's id of the permission group Cache Purge. */
const CACHE_PURGE = 'e17beae8b8cb423a99b1730f21238bed'

/** Runs the verb with its words; answers the exit code. */
export async function token(words: readonly string[]): Promise<number> {
  const flags = parseVerbFlags('token', words, OPTIONS)
  if (!flags.ok) return complain(2, `${flags.problem}; see "varyant --help"`)
  const { text, isSet } = flags.value
  if (isSet('help')) return say(USAGE)
  const [verb, more] = flags.value.words
  const zone = text('purge-only')?.toLowerCase()
  if (verb !== 'create' || more !== undefined || zone === undefined) {
    return complain(2, 'use "varyant token create --purge-only ZONE"; see "varyant --help"')
  }
  const expires = text('expires')
  if (expires !== undefined && Number.isNaN(Date.parse(expires))) {
    return complain(2, `--expires ${JSON.stringify(expires)} is no instant; write for example 2027-01-31T00:00:00Z`)
  }
  const client = makeApiClient({ api: text('api'), data: text('data') }, process.env)
  if (!client.ok) return complain(client.problem.exitCode, client.problem.message)
  const id = /^[0-9a-f]{32}$/.test(zone) ? zone : zoneId(zone)
  const made = await client.value.call('POST', '/user/tokens', {
    name: text('name') ?? `purge ${zone}`,
    policies: [
      {
        effect: 'allow',
        resources: { [`com.cloudflare.api.account.zone.${id}`]: '*' },
        permission_groups: [{ id: CACHE_PURGE }],
      },
    ],
    ...(expires !== undefined && { expires_on: new Date(expires).toISOString() }),
  })
  if (!made.ok) {
    const { message, exitCode } = made.problem.message.includes(id) ? noSuchZone(zone) : made.problem
    return complain(exitCode, message)
  }
  if (isSet('json')) return say(`${JSON.stringify(made.value)}\n`)
  return say(`${(made.value as { readonly value: string }).value}\n`)
}
