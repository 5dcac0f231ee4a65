// The OpenAPI document, made of the operations' own descriptions.

import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Method, Operation } from './operation.ts'

const PROBLEM = z
  .object({
    code: z.int(),
    message: z.string(),
    source: z.object({ pointer: z.string() }).optional(),
    error_chain: z.array(z.object({ code: z.int(), message: z.string() })).optional(),
  })
  .openapi('Problem')

const FAILURE = z
  .object({ success: z.literal(false), errors: z.array(PROBLEM), messages: z.array(z.unknown()), result: z.null() })
  .openapi('Failure')

/** The document of these operations; `basePath` is where they are served. */
export function describeOperations(operations: readonly Operation[], basePath: string): object {
  const app = new OpenAPIHono()
  const { openAPIRegistry: registry } = app
  const token = registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  for (const operation of operations) {
    for (const method of [operation.method, ...(operation.alsoBy ?? [])]) {
      registry.registerPath({
        ...pathOf(operation, method),
        ...(method !== operation.method && { deprecated: true }),
        security: [{ [token.name]: [] }],
      })
    }
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Varyant API', version: '4' },
    servers: [{ url: basePath }],
  })
}

function pathOf(operation: Operation, method: Method) {
  const { path, summary, permission } = operation
  return {
    method,
    path,
    operationId: operationIdOf(method, path),
    summary,
    description: permission === undefined ? BY_THE_HANDLER : `Permission: \`${permission}\``,
    'x-permission': permission ?? null,
    request: requestOf(operation),
    responses: { ...successesOf(operation), ...failuresOf(operation) },
  }
}

const BY_THE_HANDLER =
  'Permission: any token, or what the thing itself asks for: a ruleset is read and changed with the permission of its phase'

/** "get-zones-zone_id-settings": unique, since method and path are. */
function operationIdOf(method: Method, path: string): string {
  return [method, ...path.split('/').filter(Boolean)].join('-').replace(/[{}]/g, '')
}

function requestOf({ path, query, bodySchema, bodyReads }: Operation) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const params = z.object(Object.fromEntries(names.map((name) => [name, z.string()])))
  const queries = z.object(Object.fromEntries((query ?? []).map((name) => [name, z.string().optional()])))
  const type = bodyReads === 'form' ? 'multipart/form-data' : 'application/json'
  return {
    ...(names.length > 0 && { params }),
    ...(query !== undefined && { query: queries }),
    ...(bodySchema && { body: { required: true, content: { [type]: { schema: bodySchema } } } }),
  }
}

function successesOf({ result, status, produces }: Operation) {
  if (status === 204) return { 204: { description: 'Done; no content' } }
  if (produces !== undefined) return { 200: { description: 'Done', content: { [produces]: { schema: result } } } }
  const schema = z.object({
    success: z.literal(true),
    errors: z.array(PROBLEM),
    messages: z.array(z.unknown()),
    result,
  })
  return { 200: { description: 'Done', content: json(schema) } }
}

/** What each refusal means; nothing was changed by any. */
const FAILURES = {
  400: 'Refused: the credentials, the query or the body are not valid',
  401: 'Refused: no such token',
  403: 'Refused: the token may not do this',
  404: 'Refused: there is no such thing',
  413: 'Refused: the body is too large',
  415: 'Refused: the body is of another type',
  429: 'Refused for now: retry-after says for how long',
  503: 'Refused: the change could not be made durable',
} as const

function failuresOf({ bodySchema, wrongToken, method, isLimited = false }: Operation) {
  const statuses = [
    400 as const,
    ...(wrongToken === 'token-invalid' ? [401 as const] : []),
    ...[403 as const, 404 as const],
    ...(bodySchema === undefined ? [] : [413 as const, 415 as const]),
    ...(isLimited ? [429 as const] : []),
    ...(method === 'get' ? [] : [503 as const]),
  ]
  const answers = statuses.map((status) => [status, { description: FAILURES[status], content: json(FAILURE) }] as const)
  return { ...Object.fromEntries(answers), default: { description: 'Refused', content: json(FAILURE) } }
}

function json(schema: z.ZodType) {
  return { 'application/json': { schema } }
}
