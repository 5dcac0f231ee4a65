// Rules through the API: what a test sets holds for its next request.

import { expect } from 'bun:test'
import type { ClientResponse } from '../index.ts'
import { zoneId } from './edge.ts'
import { type Scene, ZONE } from './scene.ts'

/** The phases that the edge runs, by the action that their rules have. */
const ACTIONS = {
  http_request_dynamic_redirect: 'redirect',
  http_request_transform: 'rewrite',
  http_config_settings: 'set_config',
  http_request_origin: 'route',
  http_request_late_transform: 'rewrite',
  http_request_cache_settings: 'set_cache_settings',
  http_response_cache_settings: 'set_cache_settings',
  http_response_headers_transform: 'rewrite',
} as const

export type RunPhase = keyof typeof ACTIONS

/** A rule; without an expression it matches every request, without an action it has its phase's usual one. */
export type RuleOfTest = {
  readonly expression?: string
  readonly action?: string
  readonly action_parameters: Readonly<Record<string, unknown>>
  readonly description?: string
}

/** Replaces the rules of a phase, and answers as the API did. */
export function putRules(scene: Scene, phase: RunPhase, rules: readonly RuleOfTest[]): Promise<ClientResponse> {
  const path = `/zones/${zoneId(ZONE)}/rulesets/phases/${phase}/entrypoint`
  return scene.edge.api('PUT', path, {
    rules: rules.map((rule) => ({ expression: 'true', action: ACTIONS[phase], ...rule })),
  })
}

/** Replaces the rules of a phase and insists on success. */
export async function setRules(scene: Scene, phase: RunPhase, ...rules: readonly RuleOfTest[]): Promise<void> {
  const answer = await putRules(scene, phase, rules)
  expect(answer.status === 200 ? '' : answer.text).toBe('')
}

/** A rule that edits header fields. */
export function headerRule(headers: Readonly<Record<string, unknown>>, expression = 'true'): RuleOfTest {
  return { expression, action_parameters: { headers } }
}
