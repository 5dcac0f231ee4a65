// GET …/scripts/{script_name}/versions: the versions that are kept, the newest first.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import { answerPage, readPage } from '../../pagination.ts'
import { ANY_RESULT, SCRIPT_PATH, scriptOperation } from './script.ts'
import { summarizeVersion } from './version.ts'

const PAGE_LIMITS = { perPage: 10, maxPerPage: 100 }

export const listVersions = scriptOperation({
  method: 'get',
  path: `${SCRIPT_PATH}/versions`,
  summary: 'List versions',
  permission: 'workers_scripts:read',
  result: z.object({ items: z.array(ANY_RESULT) }),
  handle: ({ script, services, query }) => {
    const page = readPage(query, PAGE_LIMITS)
    if (!page.ok) return page
    const answer = answerPage(services.administration.scripts.versions(script.name), page.value, summarizeVersion)
    return answer.ok ? ok({ ...answer.value, result: { items: answer.value.result } }) : answer
  },
})
