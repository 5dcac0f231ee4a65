// GET /zones/{zone_id}/cors/findings: what is wrong with the CORS of the zone's origin servers, as seen while serving.  Ours.
//
//   ?kind=reflects-without-vary   of one kind          ?url=http://b.example.com/a   of one URL
//
// The scheme of a URL is that of the way to the origin server, which a visitor does not know: it is not compared.

import { z } from '@hono/zod-openapi'
import { type CountedFinding, FINDING_KINDS, FINDINGS, type Sighting } from '../../../cors/sharing/index.ts'
import { refuse } from '../../envelope.ts'
import { zoneOperation } from '../../operation.ts'
import { answerPage, readPage } from '../../pagination.ts'

const PAGE_LIMITS = { perPage: 20, maxPerPage: 100 }

const ANSWER = z.object({
  at: z.string(),
  url: z.string(),
  origin: z.string().nullable().openapi({ description: 'null: the request had no Origin' }),
  status: z.int(),
  fields: z.record(z.string(), z.string()),
})

const FINDING = z.object({
  kind: z.enum(FINDING_KINDS as [string, ...string[]]),
  url: z.string(),
  count: z.int(),
  first_seen: z.string(),
  last_seen: z.string(),
  what: z.string(),
  evidence: z
    .array(ANSWER)
    .openapi({ description: 'The answers that show it: one, or two that contradict each other' }),
  fix: z.string(),
})

export const listFindings = zoneOperation({
  method: 'get',
  path: '/zones/{zone_id}/cors/findings',
  summary: 'List what is wrong with the CORS of origin servers',
  permission: 'zone:read',
  query: ['kind', 'url', 'page', 'per_page'],
  result: z.array(FINDING),
  handle: ({ zone, query, services }) => {
    const page = readPage(query, PAGE_LIMITS)
    if (!page.ok) return page
    const [kind, url] = [query.get('kind'), query.get('url')]
    if (kind !== null && !FINDING_KINDS.some((known) => known === kind)) {
      const shown = JSON.stringify(kind.slice(0, 40))
      return refuse('invalid-query', { message: `kind ${shown} is not known here; use ${FINDING_KINDS.join(', ')}` })
    }
    const place = url === null ? undefined : placeOf(url)
    const found = services.findings
      .list(zone.id)
      .filter((finding) => kind === null || finding.kind === kind)
      .filter((finding) => place === undefined || placeOf(finding.url) === place)
    return answerPage(found, page.value, showFinding)
  },
})

/** Host, path and query as the URL standard writes them; what is no URL is itself. */
function placeOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null ? url : parsed.host + parsed.pathname + parsed.search
}

function showFinding({ kind, url, count, firstSeen, lastSeen, evidence }: CountedFinding): z.infer<typeof FINDING> {
  const { what, fix } = FINDINGS[kind]
  return {
    ...{ kind, url, count, what, fix },
    first_seen: new Date(firstSeen).toISOString(),
    last_seen: new Date(lastSeen).toISOString(),
    evidence: evidence.map(showAnswer),
  }
}

function showAnswer({ at, url, askedBy, status, fields }: Sighting): z.infer<typeof ANSWER> {
  return { at: new Date(at).toISOString(), url, origin: askedBy, status, fields: Object.fromEntries(fields) }
}
