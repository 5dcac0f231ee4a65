// What clients ask about a zone beside the zone itself: plans, subscription, hold, name servers, environments.  Nobody
// pays here and nothing is reserved, so the answers are the same for every zone; changing them is no route.

import { z } from '@hono/zod-openapi'
import type { Success } from '../../envelope.ts'
import { refuse, succeed } from '../../envelope.ts'
import { type Operation, zoneOperation } from '../../operation.ts'
import { PLAN, ZONE_PATH } from './zone.ts'

const RATE_PLAN = {
  id: PLAN.id,
  public_name: PLAN.name,
  currency: PLAN.currency,
  scope: 'zone',
  externally_managed: false,
  is_contract: false,
  sets: [],
}

const SUBSCRIPTION = {
  id: PLAN.id,
  currency: PLAN.currency,
  price: 0,
  frequency: 'not-applicable',
  state: 'Paid',
  rate_plan: RATE_PLAN,
}

const LIST = z.array(z.looseObject({}))

const ANSWERS: readonly (readonly [
  path: string,
  summary: string,
  schema: z.ZodType,
  answer: Omit<Success, 'messages'>,
])[] = [
  ['available_plans', 'List the plans of a zone', LIST, { result: [PLAN] }],
  [
    'available_rate_plans',
    'List the rate plans of a zone',
    LIST,
    { result: [{ ...PLAN, components: [], duration: 1 }] },
  ],
  ['subscription', 'Read the subscription of a zone', z.looseObject({ id: z.string() }), { result: SUBSCRIPTION }],
  ['hold', 'Read the hold of a zone', z.looseObject({ hold: z.boolean() }), { result: { hold: false } }],
  ['entitlements', 'List what a zone is entitled to', LIST, { result: [] }],
  [
    'environments',
    'List the environments of a zone beside production',
    z.object({ environments: LIST }),
    { result: { environments: [] } },
  ],
  // CF quirk: these members stand beside result, not in it.
  [
    'custom_ns',
    'Read the custom name servers of a zone',
    z.null(),
    { result: null, beside: { enabled: false, ns_set: 1 } },
  ],
]

export const PLAN_OPERATIONS: readonly Operation[] = [
  ...ANSWERS.map(([path, summary, schema, { result, ...rest }]) =>
    zoneOperation({
      method: 'get',
      path: `${ZONE_PATH}/${path}`,
      summary,
      permission: 'zone:read',
      result: schema,
      handle: () => succeed(result, rest),
    }),
  ),
  zoneOperation({
    method: 'get',
    path: `${ZONE_PATH}/available_plans/{plan_id}`,
    summary: 'Read a plan of a zone',
    permission: 'zone:read',
    result: z.looseObject({ id: z.string() }),
    handle: ({ params }) =>
      params.plan_id === PLAN.id
        ? succeed(PLAN)
        : refuse('unknown-plan', { message: `there is one plan, with the id ${PLAN.id}` }),
  }),
]
