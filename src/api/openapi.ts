// The OpenAPI document, made of the operations' own descriptions.

import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Operation } from './operation.ts'

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
    registry.registerPath({
      method: operation.method,
      path: operation.path,
      summary: operation.summary,
      ...(operation.permission !== undefined && { description: `Permission: \`${operation.permission}\`` }),
      security: [{ [token.name]: [] }],
      request: requestOf(operation),
      responses: {
        200: { description: 'Done', content: json(successOf(operation.result)) },
        default: { description: 'Refused; nothing was changed', content: json(FAILURE) },
      },
    })
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Varyant API', version: '4' },
    servers: [{ url: basePath }],
  })
}

function requestOf({ path, bodySchema }: Operation) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const params = z.object(Object.fromEntries(names.map((name) => [name, z.string()])))
  return { ...(names.length > 0 && { params }), ...(bodySchema && { body: { content: json(bodySchema) } }) }
}

function successOf(result: z.ZodType) {
  return z.object({ success: z.literal(true), errors: z.array(PROBLEM), messages: z.array(z.unknown()), result })
}

function json(schema: z.ZodType) {
  return { 'application/json': { schema } }
}
