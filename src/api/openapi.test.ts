// The document that the API tells of itself: OpenAPI 3.1, whole, and true of every operation.

import { describe, expect, test } from 'bun:test'
import { describeOperations } from './openapi.ts'
import { METHODS } from './operation.ts'
import { OPERATIONS } from './operations/index.ts'
import { PERMISSIONS } from './permissions.ts'

type Json = { readonly [name: string]: unknown }
type Described = {
  readonly operationId: string
  readonly summary: string
  readonly 'x-permission': string | null
  readonly security: readonly Json[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: { readonly content: Json }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Json }>>
}

const document = JSON.parse(JSON.stringify(describeOperations(OPERATIONS, '/client/v4')))
const described = Object.entries(document.paths as Record<string, Record<string, Described>>).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
)

test('it is an OpenAPI 3.1 document with a server and a way to authenticate', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: expect.any(String), version: expect.any(String) },
    servers: [{ url: '/client/v4' }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  })
})

test('every method of every operation is in it', () => {
  const wanted = OPERATIONS.flatMap(({ method, alsoBy = [], path }) =>
    [method, ...alsoBy].map((each) => `${each} ${path}`),
  )
  expect(described.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(wanted.toSorted())
  expect(new Set(wanted).size).toBe(wanted.length)
})

test('operation ids are unique', () => {
  const ids = described.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

test('what findings are filtered by is declared', () => {
  const findings = described.find(({ path }) => path.endsWith('/cors/findings'))
  const declared = (findings?.operation.parameters ?? []).filter((each) => each.in === 'query')
  expect(declared.map(({ name }) => name)).toEqual(['kind', 'url', 'page', 'per_page'])
})

describe.each(described)('$method $path', ({ path, method, operation }) => {
  test('has an id, a summary, its permission, and asks for a token', () => {
    expect(METHODS as readonly string[]).toContain(method)
    expect(operation.operationId).toMatch(/^[a-z]+(-[A-Za-z0-9_]+)+$/)
    expect(operation.summary).not.toBe('')
    expect([...PERMISSIONS, null] as readonly unknown[]).toContain(operation['x-permission'])
    expect(operation.security).toEqual([{ token: [] }])
  })

  test('declares the parameters of its path, each once', () => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = (operation.parameters ?? []).filter((each) => each.in === 'path')
    expect(declared.map(({ name }) => name as string | undefined)).toEqual(named)
    expect(declared.every(({ required }) => required)).toBe(true)
  })

  test('says what a success is, and what each refusal is', () => {
    const statuses = Object.keys(operation.responses)
    expect(statuses.filter((status) => status.startsWith('2'))).toHaveLength(1)
    expect(statuses).toEqual(expect.arrayContaining(['400', '403', '404', 'default']))
    for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('')
  })
})

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path)
  expect(references.length).toBeGreaterThan(0)
  for (const path of new Set(references)) {
    const found = path.split('/').reduce<unknown>((at, name) => (at as Json)?.[name], document)
    expect({ path, found }).toEqual({ path, found: expect.anything() })
  }
})
