// From a request to an answer: resolve, authenticate, permit, run, render.
//
//   Host is ours? ─► which operation? ─► who asks? ─► may they? ─► operation.run ─► envelope
//
// Under the base nothing but the document is told to a client without a valid token, not even which paths exist.

import { type Context, Hono } from 'hono'
import type { EventSink } from '../base/index.ts'
import { type Authenticate, isPermitted } from './auth.ts'
import { readForm, readJson } from './body.ts'
import { type Outcome, refuse, succeed, toDocument, toResponse } from './envelope.ts'
import { refuseLacking } from './lacks-permission.ts'
import { describeOperations } from './openapi.ts'
import { noRoute, type Operation, type Services } from './operation.ts'
import type { Target } from './policy.ts'

const BASE_PATH = '/client/v4'

export type RouterParts = {
  readonly operations: readonly Operation[]
  readonly services: Services
  readonly authenticate: Authenticate
  readonly checkHost: (host: string | null) => 'ours' | 'foreign'
  /** Resolves when what an operation has changed is in force everywhere; undefined: it is as soon as the operation is done. */
  readonly settled: (() => Promise<void>) | undefined
  readonly events: EventSink
}

/** The function that answers every request to the API; it never throws. */
export function makeRouter(parts: RouterParts): (request: Request, client: string) => Promise<Response> {
  const app = makeApp(parts)
  return async (request, client) => {
    if (parts.checkHost(request.headers.get('host')) === 'foreign') return toResponse(refuse('foreign-host'))
    try {
      return await app.fetch(request, { client })
    } catch (cause) {
      return internalError(cause, request, parts.events)
    }
  }
}

function makeApp(parts: RouterParts): Hono {
  // Documentation shows paths with a trailing slash; both forms are one.
  const app = new Hono({ strict: false })
  app.get('/health', () => toResponse(succeed({ status: 'ok' })))
  for (const [path, operations] of byPath(parts.operations)) {
    const pattern = BASE_PATH + path.replace(/\{(\w+)\}/g, ':$1')
    for (const operation of operations) {
      const methods = [operation.method, ...(operation.alsoBy ?? [])].map((method) => method.toUpperCase())
      app.on(methods, pattern, (context) => answer(operation, context, parts))
    }
    app.all(pattern, (context) => answerUnknown(context, parts, allowedMethods(operations)))
  }
  let document: object | undefined
  for (const path of ['/openapi.json', `${BASE_PATH}/openapi.json`]) {
    app.get(path, () => {
      // Made once: anybody may ask, and it takes a while.
      document ??= describeOperations(parts.operations, BASE_PATH)
      return toDocument(document)
    })
  }
  app.all('/health', () => methodNotAllowed(['GET', 'HEAD']))
  app.notFound((context) => answerUnknown(context, parts, undefined))
  app.onError((cause, context) => internalError(cause, context.req.raw, parts.events))
  return app
}

/** Operations by path, in the order in which paths must be tried: "{" sorts behind every letter, so a name wins. */
function byPath(operations: readonly Operation[]): readonly (readonly [string, readonly Operation[]])[] {
  const paths = Map.groupBy(operations, ({ path }) => path)
  return [...paths].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function allowedMethods(operations: readonly Operation[]): readonly string[] {
  const methods = operations.flatMap(({ method, alsoBy = [] }) => [method, ...alsoBy]).map((each) => each.toUpperCase())
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods
}

async function answer(operation: Operation, context: Context, parts: RouterParts): Promise<Response> {
  return toResponse(await run(operation, context, parts))
}

async function run(operation: Operation, context: Context, parts: RouterParts): Promise<Outcome> {
  const request = context.req.raw
  const identity = parts.authenticate(
    request.headers,
    operation.wrongToken ?? 'authentication-error',
    clientOf(context),
  )
  if (!identity.ok) return identity
  const { permission } = operation
  if (permission !== undefined && !isPermitted(identity.value, permission, targetOf(operation, context))) {
    return refuseLacking(permission)
  }
  const outcome = await operation.run({
    identity: identity.value,
    path: pathBelowBase(context),
    params: context.req.param(),
    query: new URL(request.url).searchParams,
    userAgent: request.headers.get('user-agent') ?? '',
    host: request.headers.get('host') ?? '',
    services: parts.services,
    readJson: (limit, typed) => readJson(request, limit, typed),
    readForm: (limit, accepts) => readForm(request, limit, accepts),
  })
  // An answer says that it is so, wherever the next visitor comes in.
  await parts.settled?.()
  return outcome
}

/** Without a zone in its path a GET lists what the token may see; anything else concerns every zone. */
function targetOf({ method }: Operation, context: Context): Target {
  const zone = context.req.param('zone_id')
  if (zone !== undefined) return { zone }
  return method === 'get' ? 'some' : 'every'
}

function clientOf(context: Context): string {
  return String(context.env.client ?? '')
}

/** A known path with another method, or no known path; but first: who asks? */
function answerUnknown(context: Context, parts: RouterParts, allow: readonly string[] | undefined): Response {
  if (context.req.path.startsWith(`${BASE_PATH}/`)) {
    const identity = parts.authenticate(context.req.raw.headers, 'authentication-error', clientOf(context))
    if (!identity.ok) return toResponse(identity)
  }
  return allow === undefined ? toResponse(noRoute(pathBelowBase(context))) : methodNotAllowed(allow)
}

function methodNotAllowed(allow: readonly string[]): Response {
  const list = allow.join(', ')
  return toResponse(refuse('method-not-allowed', { message: `the method is not allowed here; use ${list}` }), {
    allow: list,
  })
}

function pathBelowBase(context: Context): string {
  const { path } = context.req
  return path.startsWith(`${BASE_PATH}/`) ? path.slice(BASE_PATH.length) : path
}

/** Fail closed: the client learns that it failed, the log learns why. */
function internalError(cause: unknown, request: Request, events: EventSink): Response {
  events({ kind: 'unexpected', where: `api ${request.method}`, reason: String(cause) })
  return toResponse(refuse('internal'))
}
