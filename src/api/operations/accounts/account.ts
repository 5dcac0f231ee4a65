// The one account and the one user: this edge has no others, and clients want to see some.

import { z } from '@hono/zod-openapi'
import { ACCOUNT_ID } from '../../../config/index.ts'

export const ACCOUNT_NAME = 'varyant'

/** Before anybody can have asked. */
const CREATED_ON = '2026-01-01T00:00:00.000Z'

export const ACCOUNT = {
  id: ACCOUNT_ID,
  name: ACCOUNT_NAME,
  type: 'standard',
  created_on: CREATED_ON,
  settings: { enforce_twofactor: false, abuse_contact_email: null },
}

export const ACCOUNT_RESULT = z.looseObject({ id: z.string(), name: z.string(), type: z.string() })

export const USER = {
  id: ACCOUNT_ID,
  email: 'admin@varyant.invalid',
  username: ACCOUNT_NAME,
  first_name: null,
  last_name: null,
  telephone: null,
  country: null,
  zipcode: null,
  two_factor_authentication_enabled: false,
  two_factor_authentication_locked: false,
  suspended: false,
  has_pro_zones: false,
  has_business_zones: false,
  has_enterprise_zones: true,
  betas: [],
  organizations: [],
  created_on: CREATED_ON,
  modified_on: CREATED_ON,
}

export const MEMBERSHIP = {
  id: ACCOUNT_ID,
  status: 'accepted',
  api_access_enabled: null,
  code: '',
  account: ACCOUNT,
  roles: ['Super Administrator - All Privileges'],
  permissions: {},
}
