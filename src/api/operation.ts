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
import { ACCOUNT_ID, type Administration, type Documents } from '../config/index.ts'
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

export type ApiZone = { readonly id: string; readonly name: string }

/** What operations act upon; made by whoever starts the API. */
export type Services = {
  /** The zones as they are now. */
  zones(): readonly ApiZone[]
  readonly purger: Purger
  readonly purgeAllowance: PurgeAllowance
  /** Zones with their settings, origins and records. */
  readonly administration: Administration
  /** What the API keeps beside them: tokens, rulesets. */
  readonly documents: Documents
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
  readForm(limit: Bytes): Promise<Result<Form, readonly ApiProblem[]>>
}

/** What a handler gets. */
export type Call<Body> = Omit<Received, 'readJson' | 'readForm'> & { readonly body: Body }
export type ZoneCall<Body> = Call<Body> & { readonly zone: ApiZone }

/** How the body becomes what the handler takes. */
export type BodyRule<Body, Given> = {
  /** For the document. */
  readonly schema: z.ZodType
  readonly limit?: Bytes
  /** 'form': multipart/form-data, and `parse` gets its parts, a Form; 'untyped': JSON under any type; JSON when absent. */
  readonly reads?: 'form' | 'untyped'
  parse(json: unknown, given: Given): Result<Body, readonly ApiProblem[]>
}

type Description = {
  readonly method: Method
  /** Further methods that historic clients use for the same. */
  readonly alsoBy?: readonly Method[]
  /** Below the API's base, with parameters as "{name}". */
  readonly path: string
  readonly summary: string
  /** undefined: any valid token. */
  readonly permission: Permission | undefined
  readonly wrongToken?: WrongToken
  readonly result: z.ZodType
}

export type Operation = Description & {
  readonly bodySchema: z.ZodType | undefined
  run(received: Received): Promise<Outcome>
}

type Spec<Given, Handled, Body> = Description & {
  readonly body?: BodyRule<Body, Given>
  handle(call: Handled): Outcome | Promise<Outcome>
}

/** Bodies beyond this are refused unless an operation says otherwise. */
const BODY_LIMIT = bytes(1024 * 1024)

/** An operation on the account or the token itself. */
export function operation<Body = undefined>(spec: Spec<Received, Call<Body>, Body>): Operation {
  return describe(spec, (received) => withBody(spec, received, (body) => ({ ...received, body })))
}

/** An operation on the account: its path has "{account_id}", and there is one. */
export function accountOperation<Body = undefined>(spec: Spec<Received, Call<Body>, Body>): Operation {
  return describe(spec, async (received) => {
    const account = checkAccount(received)
    return account.ok ? withBody(spec, received, (body) => ({ ...received, body })) : account
  })
}

/** An operation on one zone: its path has "{zone_id}", and the handler gets the zone. */
export function zoneOperation<Body = undefined>(
  spec: Spec<Received & { readonly zone: ApiZone }, ZoneCall<Body>, Body>,
): Operation {
  return describe(spec, async (received) => {
    const zone = findZone(received)
    if (!zone.ok) return zone
    const given = { ...received, zone: zone.value }
    return withBody(spec, given, (body) => ({ ...given, body }))
  })
}

function describe<Given, Handled, Body>(spec: Spec<Given, Handled, Body>, run: Operation['run']): Operation {
  const { body, handle: _, ...description } = spec
  return { ...description, bodySchema: body?.schema, run }
}

async function withBody<Given extends Received, Handled, Body>(
  spec: Spec<Given, Handled, Body>,
  given: Given,
  call: (body: Body) => Handled,
): Promise<Outcome> {
  // Without a rule for it, `Body` is undefined: that is the default of both constructors.
  if (spec.body === undefined) return spec.handle(call(undefined as Body))
  const { limit = BODY_LIMIT, reads } = spec.body
  const json = await (reads === 'form' ? given.readForm(limit) : given.readJson(limit, reads ?? 'typed'))
  if (!json.ok) return json
  const body = spec.body.parse(json.value, given)
  return body.ok ? spec.handle(call(body.value)) : body
}

export function checkAccount({ params }: Pick<Received, 'params'>): Result<undefined, readonly ApiProblem[]> {
  if (params.account_id === ACCOUNT_ID) return ok(undefined)
  return refuse('unknown-account', { message: `the one account is ${ACCOUNT_ID}; use it` })
}

const IDENTIFIER = /^[0-9a-f]{32}$/

function findZone({ params, path, services }: Received): Result<ApiZone, readonly ApiProblem[]> {
  const id = params.zone_id ?? ''
  if (!IDENTIFIER.test(id)) return noRoute(path)
  const zone = services.zones().find((each) => each.id === id)
  return zone === undefined ? refuse('unknown-zone', { message: `no zone has the id ${id}` }) : ok(zone)
}

/** The pair of errors for a path that leads nowhere; `path` is below the API's base. */
export function noRoute(path: string): Result<never, readonly ApiProblem[]> {
  const MAX_SHOWN_CHARACTERS = 200
  const shown = path.slice(0, MAX_SHOWN_CHARACTERS)
  // CF quirk, kept verbatim: clients show this sentence.
  const message = `Could not route to ${shown}, perhaps your object identifier is invalid?`
  return { ok: false, problem: [{ kind: 'could-not-route', message }, { kind: 'no-route' }] }
}
