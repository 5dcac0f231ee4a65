// The modules that stand before a snippet's own, in its isolate: they tie every `fetch` to the visit that it is made for, so
// that the edge can count what a visit costs.  CF rules/snippets/errors (1202); docs/decisions/0083
//
// A convenience for counting and no fence: code that goes around it is not counted, and reaches nothing more.

/** The header that names a visit on the way out.  Taken off before anything else sees the request. */
export const VISIT_FIELD = 'x-varyant-visit'
/** The header that names it on the way in: every script sees CF-Ray. */
export const RAY_FIELD = 'cf-ray'

export const GUARD_MAIN = 'varyant:snippet'
export const GUARD_HOOK = 'varyant:visits'

/** Comes first, so that the snippet's top level sees the `fetch` that it leaves. */
export const GUARD_HOOK_SOURCE = `import { AsyncLocalStorage } from 'node:async_hooks'
export const visits = new AsyncLocalStorage()
const send = globalThis.fetch
globalThis.fetch = function fetch(input, init) {
  const visit = visits.getStore()
  if (visit === undefined) return send(input, init)
  const request = new Request(input, init)
  request.headers.set('${VISIT_FIELD}', visit)
  return send(request)
}
`

/** The main module of a snippet whose own main module is `main`. */
export function guardMainSource(main: string): string {
  return `import { visits } from ${JSON.stringify(GUARD_HOOK)}
import * as snippet from ${JSON.stringify(main)}
export default {
  fetch(request, env, ctx) {
    return visits.run(request.headers.get('${RAY_FIELD}') ?? '', () => snippet.default.fetch(request, env, ctx))
  },
}
`
}

/** The main module that tells which events a script handles; for checks only. */
export function inspectorSource(main: string): string {
  return `import * as script from ${JSON.stringify(main)}
function namesOf(handler) {
  const names = new Set()
  for (let at = typeof handler === 'function' ? handler.prototype : handler; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor' && typeof at[name] === 'function') names.add(name)
  }
  return [...names]
}
export default { fetch: () => Response.json(namesOf(script.default)) }
`
}

/** A tail worker: hands on what workerd tells it about each invocation. */
export const TAIL_SOURCE = `export default {
  async tail(items) {
    await fetch('http://tail.varyant.invalid/', { method: 'POST', body: JSON.stringify(items) })
  },
}
`

/** Answers as soon as the process has a moment for it. */
export const PING_SOURCE = `export default { fetch: () => new Response(null, { status: 204 }) }
`
