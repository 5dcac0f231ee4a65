// Origin servers of the model: what each says to whom, as tables.  Written apart from src/cors, so that a fault there is not
// repeated here.

export const ASKERS = ['A', 'B', 'C', 'none', 'null'] as const
export type Asker = (typeof ASKERS)[number]

/** The Origin field that an asker sends. */
export function originField(asker: Asker): string | null {
  if (asker === 'none') return null
  return asker === 'null' ? 'null' : `https://${asker.toLowerCase()}.example`
}

/** What of an answer the model looks at. */
export type Said = {
  readonly status: number
  readonly allow: string | null
  readonly credentials: string | null
  readonly timing: string | null
  readonly vary: string | null
  readonly body: string
}

/** An answer, or no answer at all. */
export type Says = Said | 'down'

export type Behaviour = {
  readonly name: string
  /** What it says to an asker, by phase: the next one begins when what was stored has expired.  `turn` counts its requests. */
  readonly phases: readonly ((asker: Asker, turn: number) => Says)[]
  /** Whether A, B and C could change places: their histories are searched once. */
  readonly symmetric: boolean
  /** What a 304 carries; absent: it knows no conditions. */
  readonly confirms?: 'with-fields' | 'without-fields'
  /** A Vary that its 304s have, whatever the 200 had. */
  readonly confirmsWithVary?: string
  /** Stale copies go out while they are validated. */
  readonly staleWhileRevalidate?: boolean
}

const PLAIN: Said = { status: 200, allow: null, credentials: null, timing: null, vary: null, body: 'x' }

function said(parts: Partial<Said>): Said {
  return { ...PLAIN, ...parts }
}

const star = () => said({ allow: '*' })
const nothing = () => PLAIN
const reflect = (asker: Asker) => said({ allow: originField(asker) })
const reflectAndVary = (asker: Asker) => said({ allow: originField(asker), vary: 'Origin' })
const to =
  (...askers: readonly Asker[]) =>
  (asker: Asker, parts: Partial<Said>, otherwise: Partial<Said> = {}) =>
    said(askers.includes(asker) ? parts : otherwise)

export const BEHAVIOURS: readonly Behaviour[] = [
  { name: 'constant *', phases: [star], symmetric: true },
  { name: 'reflects, no Vary', phases: [reflect], symmetric: true },
  { name: 'reflects, Vary on all', phases: [reflectAndVary], symmetric: true },
  {
    name: 'reflects, Vary only with the grant',
    phases: [(asker) => (asker === 'none' ? PLAIN : reflectAndVary(asker))],
    symmetric: true,
  },
  {
    name: 'allows A, no Vary on the refusal',
    phases: [(asker) => to('A')(asker, { allow: originField('A'), vary: 'Accept-Encoding, origin' })],
    symmetric: false,
  },
  { name: 'names A to everybody', phases: [() => said({ allow: originField('A') })], symmetric: false },
  {
    name: 'reflects with credentials',
    phases: [(asker) => said({ allow: originField(asker), credentials: 'true', body: `for ${asker}` })],
    symmetric: true,
  },
  {
    name: '* with credentials to A, * to others',
    phases: [(asker) => to('A')(asker, { allow: '*', credentials: 'true', body: 'for A' }, { allow: '*' })],
    symmetric: false,
  },
  {
    name: '* with credentials to A, nothing to others',
    phases: [(asker) => to('A')(asker, { allow: '*', credentials: 'true' })],
    symmetric: false,
  },
  {
    name: 'grants null to null, * to others',
    phases: [(asker) => to('null')(asker, { allow: 'null' }, { allow: '*', body: 'y' })],
    symmetric: true,
  },
  { name: 'grants null to all', phases: [() => said({ allow: 'null' })], symmetric: true },
  { name: 'grants nothing', phases: [nothing], symmetric: true },
  {
    name: '* to requests with Origin only',
    phases: [(asker) => to('none')(asker, {}, { allow: '*' })],
    symmetric: true,
  },
  { name: '* to A only', phases: [(asker) => to('A')(asker, { allow: '*' })], symmetric: false },
  {
    name: '* with Vary: Origin to A only',
    phases: [(asker) => to('A')(asker, { allow: '*', vary: 'Origin' })],
    symmetric: false,
  },
  {
    name: '* with Vary: Origin to A, * to others',
    phases: [(asker) => to('A')(asker, { allow: '*', vary: 'Accept, Origin', body: 'for A' }, { allow: '*' })],
    symmetric: false,
  },
  {
    name: '* with vary: origin to A, * to others',
    phases: [(asker) => to('A')(asker, { allow: '*', vary: 'origin', body: 'for A' }, { allow: '*' })],
    symmetric: false,
  },
  { name: 'constant * with Vary: origin', phases: [() => said({ allow: '*', vary: 'origin' })], symmetric: true },
  {
    name: '* and timing for the asker',
    phases: [(asker) => said({ allow: '*', timing: originField(asker) })],
    symmetric: true,
  },
  {
    name: '* and timing for A only, plain * to others',
    phases: [(asker) => to('A')(asker, { allow: '*', timing: originField('A'), body: 'for A' }, { allow: '*' })],
    symmetric: false,
  },
  {
    name: 'two values to A, * to others',
    phases: [(asker) => to('A')(asker, { allow: '*, *', body: 'for A' }, { allow: '*' })],
    symmetric: false,
  },
  {
    name: 'names A to A, * to others',
    phases: [(asker) => to('A')(asker, { allow: originField('A'), body: 'for A' }, { allow: '*' })],
    symmetric: false,
  },
  {
    name: '404 without a grant to B, * to others',
    phases: [(asker) => to('B')(asker, { status: 404, body: 'no' }, { allow: '*' })],
    symmetric: false,
  },
  { name: '* in turns', phases: [(_, turn) => (turn % 2 === 0 ? star() : PLAIN)], symmetric: true },
  { name: 'flips from * to reflecting', phases: [star, reflect], symmetric: true },
  { name: 'flips from reflecting to *', phases: [reflect, star], symmetric: true },
  { name: 'flips from * to nothing, and back', phases: [star, nothing, star], symmetric: true },
  {
    name: 'flips from * to nothing, 304 says nothing',
    phases: [star, nothing],
    confirms: 'without-fields',
    symmetric: true,
  },
  { name: 'constant *, not on 304', phases: [star], confirms: 'without-fields', symmetric: true },
  { name: 'constant *, on 304 too', phases: [star], confirms: 'with-fields', symmetric: true },
  { name: 'reflects, not on 304', phases: [reflect], confirms: 'without-fields', symmetric: true },
  {
    name: '* to requests with Origin only, not on 304',
    phases: [(asker) => to('none')(asker, {}, { allow: '*' })],
    confirms: 'without-fields',
    symmetric: true,
  },
  {
    name: 'flips from * to reflecting, on 304 too',
    phases: [() => said({ allow: '*', timing: '*' }), reflect],
    confirms: 'with-fields',
    symmetric: true,
  },
  {
    name: 'constant *, Vary: Origin on 304 only',
    phases: [
      () => said({ allow: '*', timing: '*' }),
      (asker) => to('A')(asker, { allow: '*', timing: '*' }, { body: 'x' }),
    ],
    confirms: 'with-fields',
    confirmsWithVary: 'Origin',
    symmetric: false,
  },
  { name: '* and stale while revalidated', phases: [star, reflect], staleWhileRevalidate: true, symmetric: true },
  { name: 'reflects, stale while revalidated', phases: [reflect], staleWhileRevalidate: true, symmetric: true },
  { name: 'flips from * to silence', phases: [star, () => 'down'], symmetric: true },
  { name: 'flips from reflecting to silence', phases: [reflect, () => 'down'], symmetric: true },
]
