// Everything a reader of the documentation wants to look up: phases, fields, functions, managed transforms.  The tables of the
// code, as rows of text; docs/rules.md is written from them.

import { FUNCTIONS, type FunctionRow, type Parameter } from '../rules/index.ts'
import { isOffered } from './availability.ts'
import { FIELDS } from './fields.ts'
import { MANAGED_TRANSFORMS, type ManagedTransform } from './managed-transforms.ts'
import { RUN_PHASES, type RunPhase } from './phases.ts'
import { PHASE_TABLES } from './tables.ts'

export type PhaseReference = {
  readonly phase: RunPhase
  readonly product: string
  readonly actions: readonly string[]
  /** What happens when several rules match. */
  readonly merging: string
}

export type FieldReference = {
  readonly name: string
  readonly type: string
  readonly doc: string
  readonly needs: 'geoip' | undefined
  /** The value that one has which cannot be known; undefined: it can. */
  readonly unknownAs: string | undefined
  /** Places, from 1, of the phases that offer it to filters, and to values. */
  readonly filters: readonly number[]
  readonly values: readonly number[]
}

export type FunctionReference = {
  readonly signature: string
  readonly returns: string
  readonly use: FunctionRow['use']
  readonly doc: string
  readonly example: string
}

export type RulesReference = {
  readonly phases: readonly PhaseReference[]
  readonly fields: readonly FieldReference[]
  readonly functions: readonly FunctionReference[]
  readonly managedTransforms: readonly ManagedTransform[]
}

const LAST_WINS = 'all apply; of two that set one thing, the later wins'

const PRODUCTS: Readonly<Record<RunPhase, readonly [product: string, merging: string]>> = {
  http_request_dynamic_redirect: ['Single Redirects', 'the first ends the request'],
  http_request_transform: ['URL rewrites', LAST_WINS],
  http_config_settings: ['Configuration Rules', LAST_WINS],
  http_request_origin: ['Origin Rules', LAST_WINS],
  http_request_late_transform: ['Request header transforms', 'all apply, in order'],
  http_request_cache_settings: ['Cache Rules', LAST_WINS],
  http_request_snippets: ['Snippet rules', 'all named snippets run, in order'],
  http_response_cache_settings: ['Cache Response Rules', LAST_WINS],
  http_response_headers_transform: ['Response header transforms', 'all apply, in order'],
}

/** The tables, in their order. */
export function rulesReference(): RulesReference {
  return {
    phases: RUN_PHASES.map((phase) => {
      const [product, merging] = PRODUCTS[phase]
      return { phase, product, actions: Object.keys(PHASE_TABLES[phase].actions), merging }
    }),
    fields: FIELDS.map(({ name, type, doc, read, needs, fallback }) => ({
      ...{ name, type: type.name, doc, needs },
      unknownAs: read === undefined ? (fallback === undefined ? 'missing' : JSON.stringify(fallback)) : undefined,
      filters: phasesOf(name, 'filter'),
      values: phasesOf(name, 'value'),
    })),
    functions: FUNCTIONS.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((row) => ({
      signature: signatureOf(row),
      returns: row.returns === 'first' ? 'as its first argument' : row.returns.name,
      ...{ use: row.use, doc: row.doc, example: row.example },
    })),
    managedTransforms: MANAGED_TRANSFORMS,
  }
}

function phasesOf(field: string, use: 'filter' | 'value'): readonly number[] {
  return RUN_PHASES.flatMap((phase, place) => (isOffered(field, phase, use) ? [place + 1] : []))
}

function signatureOf({ name, required, optional = [], rest }: FunctionRow): string {
  const parameters = [
    ...required.map(describe),
    ...optional.map((parameter) => `${describe(parameter)}?`),
    ...(rest === undefined ? [] : [`${describe(rest)}...`]),
  ]
  return `${name}(${parameters.join(', ')})`
}

/** A literal stands in quotes where only one may stand. */
function describe({ name, kind }: Parameter): string {
  return kind === 'literal' ? `"${name}"` : name
}
