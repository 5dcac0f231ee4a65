// Why did the edge not start?  The system's error as a sentence with a remedy.

import { lookup } from 'node:dns/promises'
import type { Listen, ResolvedConfig } from '../config/index.ts'
import { StartFailure, urlOf } from '../config/known.ts'

/** One sentence about a start that failed. */
export async function explainFailure(cause: unknown, config: ResolvedConfig): Promise<string> {
  if (cause instanceof StartFailure) return cause.message
  // Bun gives a listener's failure one of many codes; what is not about listening finds every address free.
  if (cause instanceof Error && 'code' in cause) {
    for (const place of placesOf(config)) {
      const problem = await explainListener(place)
      if (problem !== undefined) return problem
    }
  }
  return cause instanceof Error ? cause.message : String(cause)
}

type Place = { readonly listen: Listen; readonly what: string; readonly remedy: string }

function placesOf({ edge, api }: ResolvedConfig): Place[] {
  return [
    { listen: edge.http, what: 'the edge', remedy: '--listen HOST:PORT' },
    ...(edge.https === undefined ? [] : [{ listen: edge.https, what: 'the edge (https)', remedy: 'edge.https' }]),
    { listen: api, what: 'the API', remedy: '--api HOST:PORT' },
  ]
}

/** What is wrong with an address, or undefined when it can be had.  Bun itself does not tell which it was, or why. */
async function explainListener({ listen, what, remedy }: Place): Promise<string | undefined> {
  const address = urlOf('http', listen).slice('http://'.length)
  const choose = `choose another address with ${remedy}`
  try {
    await lookup(listen.hostname)
  } catch {
    // Fail closed: said to the operator.
    return `${what} cannot listen on ${address}: the name ${listen.hostname} has no address; ${choose}`
  }
  try {
    Bun.listen({ ...listen, socket: { data: () => {} } }).stop(true)
    return undefined
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (code === 'EADDRINUSE') return `${what} cannot listen on ${address}: another program does; stop it, or ${choose}`
    if (code === 'EACCES') return `${what} cannot listen on ${address}: the system does not permit it; ${choose}`
    return `${what} cannot listen on ${address}: this machine does not have that address; ${choose}`
  }
}
