// An operation of the API: one method and path, who may call it, what it takes and answers, and what it does.
//
// Each has a file of its own under operations/<resource>/<verb>.ts and is listed in operations/index.ts.  router.ts
// resolves, authenticates and answers; openapi.ts documents: neither knows any operation.
//
//   export const getThing = zoneOperation({
//     method: 'get', path: '/zones/{zone_id}/thing', summary: '…', permission: 'thing:read', result: z.object({…}),
//     handle: ({ zone, services }) => succeed(services.things.find(zone.id)),
//   })

import type { z } from '@hono/zod-openapi'
import { type Bytes, bytes, type Clock, type EventSink, ok, type Result } from '../base/index.ts'
import type { Administration, Documents } from '../config/index.ts'
import type { Explain } from '../cors/index.ts'
import type { FindingsBook } from '../cors/sharing/index.ts'
import type { PurgeAllowance, Purger } from '../purge/index.ts'
import type { Phase, RuleDefinition, ValidateRuleset } from '../rulesets/index.ts'
import type { Identity, Permission, WrongToken } from './auth.ts'
import type { Form } from './body.ts'
import { type Outcome, refuse } from './envelope.ts'
import type { ApiProblem } from './errors.ts'
import type { ScriptHost } from './script-host.ts'
import type { Tail, Tails } from './tails/tails.ts'

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
export type Method = (typeof METHODS)[number]

/** The zone that a path names. */
export type ApiZone = { readonly id: string; readonly name: string }

/** What operations act upon; made by whoever starts the API. */
export type Services = {
  readonly purger: Purger
  readonly purgeAllowance: PurgeAllowance
  /** What the edge would do with a request. */
  readonly explain: Explain
  /** Zones with their settings, origins and records. */
  readonly administration: Administration
  /** What the API keeps beside them: tokens, rulesets. */
  readonly documents: Documents
  /** What was found wrong with the CORS of origin servers. */
  readonly findings: Pick<FindingsBook, 'list'>
  /** Whether rules can be run here. */
  readonly validateRuleset: ValidateRuleset
  /** What rules that can be run may not do as their author thinks, a sentence each. */
  readonly rulesetWarnings: (phase: Phase, rules: readonly RuleDefinition[]) => readonly string[]
  /** Who can tell whether a script runs, and what it does. */
  readonly scriptHost: ScriptHost
  readonly tails: Tails
  /** Where the client of a tail connects, that calls us `host`; undefined: nowhere. */
  tailUrl(tail: Tail, host: string): Promise<string | undefined>
  readonly clock: Clock
  readonly events: EventSink
}

/** A request whose sender is known. */
export type Received = {
  readonly identity: Identity
  /** The path below the API's base, for messages. */
  readonly path: string
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** What the client calls itself, and us. */
  readonly userAgent: string
  readonly host: string
  readonly services: Services
  /** The JSON body, undefined when there is none. */
  readJson(limit: Bytes, typed: 'typed' | 'untyped'): Promise<Result<unknown, readonly ApiProblem[]>>
  /** The parts of a multipart/form-data body. */
  readForm(limit: Bytes, accepts: 'form' | 'script'): Promise<Result<Form, readonly ApiProblem[]>>
}

/** What a handler gets. */
export type Call<Body> = Omit<Received, 'readJson' | 'readForm'> & { readonly body: Body }
export type ZoneCall<Body> = Call<Body> & { readonly zone: ApiZone }

/** How the body becomes what the handler takes. */
export type BodyRule<Body, Given> = {
  /** For the document. */
  readonly schema: z.ZodType
  readonly limit?: Bytes
  /**
   * 'form': multipart/form-data, and `parse` gets its parts, a Form; 'script': the same, or JavaScript alone; 'untyped': JSON
   * under any type; JSON when absent.
   */
  readonly reads?: 'form' | 'script' | 'untyped'
  parse(json: unknown, given: Given): Result<Body, readonly ApiProblem[]>
}

type Description = {
  readonly method: Method
  /** Further methods that historic clients use for the same. */
  readonly alsoBy?: readonly Method[]
  /** Below the API's base, with parameters as "{name}". */
  readonly path: string
  readonly summary: string
  /** undefined: any valid token, or one that the handler judges. */
  readonly permission: Permission | undefined
  /** What a success is when it is no envelope. */
  readonly produces?: 'text/plain'
  /** Of a success; 200 when absent. */
  readonly status?: 204
  /** Whether it draws from an allowance and may answer 429. */
  readonly isLimited?: boolean
  /** Names of query parameters, for the document. */
  readonly query?: readonly string[]
  readonly wrongToken?: WrongToken
  readonly result: z.ZodType
}

export type Operation = Description & {
  readonly bodySchema: z.ZodType | undefined
  readonly bodyReads: 'form' | 'json'
  run(received: Received): Promise<Outcome>
}

export type Spec<Given, Handled, Body> = Description & {
  /** Whether the sender may ask at all, where no single permission says it; judged before the body is looked at. */
  admits?(given: Given): boolean
  readonly body?: BodyRule<Body, Given>
  handle(call: Handled): Outcome | Promise<Outcome>
}

/** Bodies beyond this are refused unless an operation says otherwise. */
const BODY_LIMIT = bytes(1024 * 1024)

/** An operation on nothing that its path names. */
export function operation<Body = undefined>(spec: Spec<Received, Call<Body>, Body>): Operation {
  return makeOperation(spec, ok)
}

/** An operation on one zone: its path has "{zone_id}", and the handler gets the zone. */
export function zoneOperation<Body = undefined>(
  spec: Spec<Received & { readonly zone: ApiZone }, ZoneCall<Body>, Body>,
): Operation {
  return makeOperation(spec, (received) => {
    const zone = findZone(received)
    return zone.ok ? ok({ ...received, zone: zone.value }) : zone
  })
}

/** An operation that first finds what its path names. */
export function makeOperation<Given extends Received, Body>(
  spec: Spec<Given, Omit<Given, 'readJson' | 'readForm'> & { readonly body: Body }, Body>,
  find: (received: Received) => Result<Given, readonly ApiProblem[]>,
): Operation {
  const { body, handle: _, admits, ...description } = spec
  return {
    ...description,
    bodySchema: body?.schema,
    bodyReads: body?.reads === 'form' || body?.reads === 'script' ? 'form' : 'json',
    run: async (received) => {
      const given = find(received)
      if (!given.ok) return given
      if (admits?.(given.value) === false) return refuse('lacks-permission')
      return withBody(spec, given.value, (read) => ({ ...given.value, body: read }))
    },
  }
}

async function withBody<Given extends Received, Handled, Body>(
  spec: Spec<Given, Handled, Body>,
  given: Given,
  call: (body: Body) => Handled,
): Promise<Outcome> {
  // Without a rule for it, `Body` is undefined: that is the default of both constructors.
  if (spec.body === undefined) return spec.handle(call(undefined as Body))
  const { limit = BODY_LIMIT, reads } = spec.body
  const isForm = reads === 'form' || reads === 'script'
  const json = await (isForm ? given.readForm(limit, reads) : given.readJson(limit, reads ?? 'typed'))
  if (!json.ok) return json
  const body = spec.body.parse(json.value, given)
  return body.ok ? spec.handle(call(body.value)) : body
}

/** CF api: ids are 32 hex digits. */
export const IDENTIFIER = /^[0-9a-f]{32}$/

function findZone({ params, path, services }: Received): Result<ApiZone, readonly ApiProblem[]> {
  const id = params.zone_id ?? ''
  if (!IDENTIFIER.test(id)) return noRoute(path)
  const zone = services.administration.zones.find(id)
  return zone === undefined
    ? refuse('unknown-zone', { message: `no zone has the id ${id}; see /zones` })
    : ok({ id, name: zone.name })
}

/** The pair of errors for a path that leads nowhere; `path` is below the API's base. */
export function noRoute(path: string): Result<never, readonly ApiProblem[]> {
  const MAX_SHOWN_CHARACTERS = 200
  const shown = path.slice(0, MAX_SHOWN_CHARACTERS)
  // CF quirk, kept verbatim: clients show this sentence.
  const message = `Could not route to ${shown}, perhaps your object identifier is invalid?`
  return { ok: false, problem: [{ kind: 'could-not-route', message }, { kind: 'no-route' }] }
}
