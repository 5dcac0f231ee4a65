// POST /zones/{zone_id}/explain: what the edge would do with one request, and what a browser would make of it.  Ours.

import { z } from '@hono/zod-openapi'
import { refuse, succeed } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { EXPLAIN_BODY } from './body.ts'
import { explanationDocument } from './document.ts'

const ANSWER = z.object({ status: z.int(), fields: z.record(z.string(), z.string()) })

const OTHER = z.object({
  id: z.string(),
  origin: z.string().nullable(),
  why_not: z.string(),
  status: z.int(),
  age: z.int(),
  ttl: z.int(),
  grants: z.string().nullable(),
})

const VARIANT = z.object({
  id: z.string(),
  status: z.int(),
  age: z.int(),
  ttl: z.int().openapi({ description: 'seconds of freshness left; below 0: stale for so long' }),
  fresh: z.boolean(),
  revision: z.int(),
  filled_by: z.object({ origin: z.string().nullable(), at: z.string() }),
  fields: z.record(z.string(), z.string()),
})

const HOP = z.object({
  kind: z.enum(['preflight', 'same-origin', 'cors', 'no-cors']),
  method: z.string(),
  url: z.string(),
  origin: z.string().nullable(),
  cache_status: z.string().nullable(),
  status: z.int().nullable(),
})

const RESULT = z.object({
  rules: z.array(z.string()).openapi({ description: 'the rules that matched, in their order' }),
  cache: z.object({
    status: z.string().nullable().openapi({ description: 'CF-Cache-Status of the next real request' }),
    assumes: z.string().nullable().openapi({ description: 'what must hold for status, where the origin decides' }),
    eligible: z.boolean(),
    key: z.string().nullable(),
    key_parts: z.array(z.object({ name: z.string(), value: z.string() })),
    variant: VARIANT.nullable(),
    others: z.array(OTHER),
    more_others: z.boolean(),
    trail: z.array(z.string()),
  }),
  browser: z.object({
    verdict: z.enum(['allow', 'block', 'unknown']),
    step: z.string(),
    code: z.string().nullable(),
    why: z.string(),
    assumes: z.string().nullable(),
    exposed: z.array(z.string()),
    timing: z.enum(['visible', 'hidden']),
  }),
  answer: ANSWER.nullable(),
  probe: z
    .object({ kind: z.enum(['answered', 'failed', 'not-asked']) })
    .loose()
    .nullable(),
  preflight: z
    .object({
      why: z.string(),
      request_fields: z.record(z.string(), z.string()),
      answer: ANSWER.nullable(),
      passes: z.boolean().nullable(),
      max_age: z.int().nullable(),
    })
    .nullable(),
  hops: z.array(HOP),
  advice: z.string().nullable(),
})

export const explain = zoneOperation({
  method: 'post',
  path: '/zones/{zone_id}/explain',
  summary: 'Explain what a request would get, and whether a browser would let a page have it',
  permission: 'zone:read',
  body: EXPLAIN_BODY,
  result: RESULT,
  handle: async ({ body, services }) => {
    const explained = await services.explain(body)
    if (!explained.ok) return refuse('foreign-url', { message: explained.problem, pointer: '/url' })
    return succeed(explanationDocument(explained.value))
  },
})
