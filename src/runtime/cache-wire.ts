// The Cache API as workerd speaks it: match, put and delete, each a request of its own kind.  spec of workerd's
// `cacheApiOutbound`; CF workers/runtime-apis/cache
//
//   match   GET URL    Cache-Control: only-if-cached   ──► the response with CF-Cache-Status: HIT, or anything with another
//   put     PUT URL    a serialised response            ──► 204 stored, 413 refused
//   delete  PURGE URL                                   ──► 200 deleted, 404 there was none
//
// CF-Cache-Namespace names a named cache.  A script may write it itself, so it never leads out of its zone.

import { splitTarget } from '../http/index.ts'
import type { CacheCall, Gateway, ScriptedZone } from './contract.ts'
import { readPutBody } from './put-body.ts'
import { CALLER_FIELD, CF_FIELD, PROTO_FIELD } from './workerd-config.ts'

const NAMESPACE_FIELD = 'cf-cache-namespace'
/** Fields that are about the call; the rest is the request whose response is meant. */
const CALL_FIELDS = [CALLER_FIELD, PROTO_FIELD, CF_FIELD, NAMESPACE_FIELD, 'x-real-ip'] as const

/** The answer to one call. */
export async function answerCacheCall(request: Request, zone: ScriptedZone, gateway: Gateway): Promise<Response> {
  const { headers } = request
  const { path, query } = splitTarget(request.url)
  const call: CacheCall = {
    ...{ zone, path, query, request },
    cache: headers.get(NAMESPACE_FIELD) ?? undefined,
    scheme: headers.get(PROTO_FIELD) === 'https' ? 'https' : 'http',
    host: headers.get('host')?.toLowerCase() ?? '',
  }
  for (const name of CALL_FIELDS) headers.delete(name)
  switch (request.method) {
    case 'GET':
      headers.delete('cache-control')
      return (await gateway.match(call)) ?? status(504, { 'cf-cache-status': 'MISS' })
    case 'PUT':
      return status((await put(call, request, gateway)) ? 204 : 413)
    case 'PURGE':
      return status((await gateway.delete(call)) ? 200 : 404)
    default:
      return status(405)
  }
}

async function put(call: CacheCall, request: Request, gateway: Gateway): Promise<boolean> {
  for (const name of ['content-length', 'content-type', 'transfer-encoding']) request.headers.delete(name)
  try {
    const serialised = request.body === null ? undefined : await readPutBody(request.body)
    return serialised !== undefined && (await gateway.put(call, serialised.head, serialised.content))
  } catch {
    // Fail closed: the script broke off in the middle; what has come is not stored.
    return false
  }
}

function status(code: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status: code, headers })
}
