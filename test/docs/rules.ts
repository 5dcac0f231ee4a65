// Writes the tables of docs/rules.md from those of the code.  Pure.

import type { RulesReference } from '../../src/rulesets/index.ts'

const NAMES = ['phases', 'fields', 'unknown fields', 'functions', 'managed transforms'] as const
type Name = (typeof NAMES)[number]

const begin = (name: Name) => `<!-- Written by \`npm run docs\`: ${name}. -->`
const END = '<!-- End of what is written. -->'

/** The document with every table replaced by what the code has now. */
export function withRulesTables(document: string, reference: RulesReference): string {
  return NAMES.reduce((text, name) => withTable(text, name, TABLES[name](reference)), document)
}

function withTable(document: string, name: Name, table: string): string {
  const from = document.indexOf(begin(name))
  const to = document.indexOf(END, from)
  if (from < 0 || to < 0) throw new Error(`the document lacks the line ${from < 0 ? begin(name) : END}`)
  return `${document.slice(0, from)}${begin(name)}\n\n${table}\n\n${document.slice(to)}`
}

const TABLES: Readonly<Record<Name, (reference: RulesReference) => string>> = {
  phases: ({ phases }) =>
    table(
      ['', 'phase', 'product', 'actions', 'when several match'],
      phases.map(({ phase, product, actions, merging }, place) => [
        String(place + 1),
        code(phase),
        product,
        actions.map(code).join(' '),
        merging,
      ]),
    ),
  fields: ({ fields, phases }) =>
    table(
      ['field', 'type', 'filters', 'values', 'what it is'],
      fields
        .filter(({ unknownAs }) => unknownAs === undefined)
        .map(({ name, type, doc, needs, filters, values }) => [
          code(name),
          code(type),
          ranges(filters, phases.length),
          ranges(values, phases.length),
          doc + (needs === 'geoip' ? ' Needs `edge.geoip`.' : ''),
        ]),
    ),
  'unknown fields': ({ fields }) =>
    table(
      ['why', 'its value', 'fields'],
      [...grouped(fields)].map(([, rows]) => [
        rows[0]?.doc ?? '',
        rows[0]?.unknownAs ?? '',
        rows.map(({ name }) => code(name)).join(' '),
      ]),
    ),
  functions: ({ functions }) =>
    table(
      ['function', 'answers', 'where', 'what it does', 'example'],
      functions.map(({ signature, returns, use, doc, example }) => [
        code(signature),
        /^[A-Z]/.test(returns) ? code(returns) : returns,
        use === 'values' ? 'values' : 'anywhere',
        doc,
        code(example),
      ]),
    ),
  'managed transforms': ({ managedTransforms }) =>
    table(
      ['transform', 'side', 'what it does', 'here'],
      managedTransforms.map(({ id, side, doc, refusal }) => [
        code(id),
        side,
        doc,
        refusal === undefined ? 'yes' : `refused: ${refusal}`,
      ]),
    ),
}

type FieldReference = RulesReference['fields'][number]

function grouped(fields: readonly FieldReference[]): ReadonlyMap<string, readonly FieldReference[]> {
  const unknown = fields.filter(({ unknownAs }) => unknownAs !== undefined)
  return Map.groupBy(unknown, ({ doc, unknownAs }) => `${doc} ${unknownAs}`)
}

/** 1-3, 5: `all` for all of them. */
function ranges(places: readonly number[], count: number): string {
  if (places.length === count) return 'all'
  const runs: [number, number][] = []
  for (const place of places) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === place - 1) last[1] = place
    else runs.push([place, place])
  }
  return runs.length === 0
    ? 'none'
    : runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}
