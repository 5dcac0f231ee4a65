// An explanation as JSON: snake_case, fields as objects, absent things null.

import type { Explanation, LegAnswer } from '../../../cors/index.ts'
import type { FieldList } from '../../../http/index.ts'

/** The result of explain, as the contract has it; what it does not name stands beside. */
export function explanationDocument(explanation: Explanation): object {
  const { rules, cache, answer, probe, preflight, hops, browser, advice } = explanation
  return {
    rules,
    cache: {
      status: cache.status ?? null,
      assumes: cache.assumes ?? null,
      eligible: cache.eligible,
      key: cache.key ?? null,
      key_parts: cache.keyParts,
      variant: variantDocument(cache.variant),
      others: cache.others.map(({ origin, whyNot, grants, ...other }) => ({
        ...other,
        origin: origin ?? null,
        why_not: whyNot,
        grants: grants ?? null,
      })),
      more_others: cache.moreOthers,
      trail: cache.trail,
    },
    browser: { ...browser, code: browser.code ?? null, assumes: browser.assumes ?? null },
    answer: answerDocument(answer),
    probe: probeDocument(probe),
    preflight: preflightDocument(preflight),
    hops: hops.map(({ cacheStatus, origin, status, ...hop }) => ({
      ...hop,
      origin: origin ?? null,
      status: status ?? null,
      cache_status: cacheStatus ?? null,
    })),
    advice: advice ?? null,
  }
}

function variantDocument(variant: Explanation['cache']['variant']): object | null {
  if (variant === undefined) return null
  const { filledBy, fields, ...rest } = variant
  return { ...rest, filled_by: { origin: filledBy.origin ?? null, at: filledBy.at }, fields: fieldsDocument(fields) }
}

function answerDocument(answer: LegAnswer | undefined): object | null {
  return answer === undefined ? null : { status: answer.status, fields: fieldsDocument(answer.fields) }
}

function probeDocument(probe: Explanation['probe']): object | null {
  if (probe === undefined) return null
  return probe.kind === 'answered' ? { kind: probe.kind, ...answerDocument(probe.answer) } : probe
}

function preflightDocument(preflight: Explanation['preflight']): object | null {
  if (preflight === undefined) return null
  const { why, requestFields, answer, passes, maxAge } = preflight
  return {
    why,
    request_fields: fieldsDocument(requestFields),
    answer: answerDocument(answer),
    passes: passes ?? null,
    max_age: maxAge ?? null,
  }
}

/** Lines of one name are joined, Set-Cookie's with a line break, which none of them can have. */
function fieldsDocument(fields: FieldList): Readonly<Record<string, string>> {
  const joined = new Map<string, string>()
  for (const [name, value] of fields) {
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before}${name === 'set-cookie' ? '\n' : ', '}${value}`)
  }
  return Object.fromEntries(joined)
}
