// Faulty selectors, each a small mistake that somebody could make.  The model must find every one of them.

import {
  type Copy,
  isForEverybody,
  type Keeping,
  type Known,
  makeSharing,
  type OriginsAnswer,
  SHARING,
  type Sharing,
  type SharingReason,
} from '../../cors/sharing/index.ts'
import { type FieldList, fieldValue, hasField, withoutFields } from '../../http/index.ts'

export type Mutation = { readonly name: string; readonly sharing: Sharing }

const ALLOW = 'access-control-allow-origin'

/** A selector that reads "for everybody" in another way. */
function reading(name: string, read: (fields: FieldList) => boolean): Mutation {
  return { name, sharing: makeSharing(read) }
}

function withoutField(name: string): (fields: FieldList) => boolean {
  return (fields) => isForEverybody(withoutFields(fields, new Set([name])))
}

function allow(fields: FieldList): string | undefined {
  return fieldValue(fields, ALLOW)
}

const READINGS: readonly Mutation[] = [
  reading('* with credentials is for everybody', withoutField('access-control-allow-credentials')),
  reading('* with Vary: Origin is for everybody', withoutField('vary')),
  reading('timing for one is for everybody', withoutField('timing-allow-origin')),
  reading(
    'a grant to one Origin is for everybody',
    (fields) => allow(fields)?.startsWith('https://') === true || isForEverybody(fields),
  ),
  reading('a grant to null is for everybody', (fields) => allow(fields) === 'null' || isForEverybody(fields)),
  reading('no grant is for everybody', (fields) => !hasField(fields, ALLOW) || isForEverybody(fields)),
  reading('two grants are for everybody', (fields) => allow(fields)?.includes('*') === true),
  reading(
    'whatever lacks Vary: Origin is for everybody, as RFC 9111 has it',
    (fields) => !/\borigin\b/i.test(fieldValue(fields, 'vary') ?? ''),
  ),
  reading('only the first member of Vary is read', (fields) => {
    const [first = ''] = (fieldValue(fields, 'vary') ?? '').split(',')
    return isForEverybody([...withoutFields(fields, new Set(['vary'])), ['vary', first]])
  }),
  reading('Vary is compared by its case', (fields) => {
    return withoutField('vary')(fields) && !(fieldValue(fields, 'vary') ?? '').includes('Origin')
  }),
  reading('nothing is for everybody', () => false),
]

type Judge = (answer: OriginsAnswer, known: Known, right: Keeping) => Keeping

function keeping(name: string, judge: Judge): Mutation {
  const decideKeeping: Sharing['decideKeeping'] = (answer, known) =>
    judge(answer, known, SHARING.decideKeeping(answer, known))
  return { name, sharing: { ...SHARING, decideKeeping } }
}

/** Learns nothing where the right selector learns that an answer depended on Origin, for this reason. */
function deaf(name: string, ...reasons: readonly SharingReason[]): Mutation {
  return keeping(name, (_, known, right) => (reasons.includes(right.why) ? { ...right, known } : right))
}

const KEEPINGS: readonly Mutation[] = [
  keeping('nothing is ever learned', (_, known, right) => ({ ...right, known })),
  deaf('a refusal teaches nothing', 'refused-to-origin'),
  deaf('a grant to one teaches nothing', 'granted-to-one'),
  deaf('a grant to null teaches nothing', 'granted-to-null'),
  deaf('a grant to nobody teaches nothing', 'granted-to-nobody'),
  deaf('credentials teach nothing', 'with-credentials'),
  deaf('Vary teaches nothing', 'varies-by-origin'),
  deaf('timing teaches nothing', 'timing-for-some'),
  keeping('what is known does not keep a * from being shared', (answer, _, right) =>
    isForEverybody(answer.fields) ? { ...right, kept: 'shared' } : right,
  ),
  keeping('an error is taken for a refusal', (_, __, right) =>
    right.why === 'error-without-grant' ? { ...right, known: 'contradicted' } : right,
  ),
  keeping('what nobody asked for is taken for a refusal', (_, __, right) =>
    right.why === 'nobody-asked' ? { ...right, known: 'contradicted' } : right,
  ),
  keeping('a * to a request without Origin is not shared', ({ askedBy }, _, right) =>
    askedBy === null ? { ...right, kept: 'own' } : right,
  ),
  keeping('a * to Origin null is not shared', ({ askedBy }, _, right) =>
    askedBy === 'null' ? { ...right, kept: 'own' } : right,
  ),
]

function answering(name: string, may: (copy: Copy, presented: string | null) => boolean): Mutation {
  const mayAnswer: Sharing['mayAnswer'] = (copy, presented) => ({
    may: may(copy, presented) ? 'yes' : 'no',
    why: 'own-copy',
  })
  return { name, sharing: { ...SHARING, mayAnswer } }
}

function right(copy: Copy, presented: string | null): boolean {
  return SHARING.mayAnswer(copy, presented).may === 'yes'
}

const ANSWERS: readonly Mutation[] = [
  answering('who waited takes what came', () => true),
  answering(
    'a copy without a grant answers whoever waited',
    (copy, presented) => !hasField(copy.fields, ALLOW) || right(copy, presented),
  ),
  answering(
    'a copy with * answers whoever waited',
    (copy, presented) => allow(copy.fields) === '*' || right(copy, presented),
  ),
  answering('Origin null gets no shared copy', (copy, presented) => presented !== 'null' && right(copy, presented)),
  answering(
    'a request without Origin gets no shared copy',
    (copy, presented) => (presented !== null || copy.kept === 'own') && right(copy, presented),
  ),
  answering(
    'a shared copy is for the one who earned it',
    (copy, presented) => copy.askedBy === presented && right(copy, presented),
  ),
]

const CONFIRMATIONS: readonly Mutation[] = [
  {
    name: 'whoever asks validates',
    sharing: { ...SHARING, mayValidate: () => ({ may: 'yes', why: 'confirmed' }) },
  },
  {
    name: 'every 304 confirms',
    sharing: { ...SHARING, decideConfirmation: () => ({ kind: 'confirms', why: 'confirmed' }) },
  },
  {
    name: 'a 304 that says otherwise teaches nothing',
    sharing: {
      ...SHARING,
      decideConfirmation: (copy, presented, notModified, grants) => ({
        ...SHARING.decideConfirmation(copy, presented, notModified, grants),
        known: undefined,
      }),
    },
  },
  {
    name: 'a 304 confirms as it did before the epoch',
    sharing: {
      ...SHARING,
      decideConfirmation: (copy, presented, notModified) =>
        SHARING.decideConfirmation(copy, presented, notModified, 'stand'),
    },
  },
  {
    name: 'no 304 confirms',
    sharing: {
      ...SHARING,
      decideConfirmation: () => ({ kind: 'ask-again', why: 'confirmed-otherwise', known: undefined }),
    },
  },
  {
    name: 'a 304 without a grant confirms nothing',
    sharing: {
      ...SHARING,
      decideConfirmation: (copy, presented, notModified, grants) =>
        hasField(notModified, ALLOW)
          ? SHARING.decideConfirmation(copy, presented, notModified, grants)
          : { kind: 'ask-again', why: 'confirmed-otherwise', known: undefined },
    },
  },
]

export const MUTATIONS: readonly Mutation[] = [...READINGS, ...KEEPINGS, ...ANSWERS, ...CONFIRMATIONS]

/** An origin server of the model with which each fault shows. */
export const SHOWN_BY: Readonly<Record<string, string>> = {
  'a 304 confirms as it did before the epoch': 'constant *, not on 304',
  '* with credentials is for everybody': '* with credentials to A, * to others',
  '* with Vary: Origin is for everybody': '* with Vary: Origin to A only',
  'timing for one is for everybody': '* and timing for the asker',
  'a grant to one Origin is for everybody': 'reflects, no Vary',
  'a grant to null is for everybody': 'reflects, no Vary',
  'no grant is for everybody': 'reflects, no Vary',
  'two grants are for everybody': 'two values to A, * to others',
  'whatever lacks Vary: Origin is for everybody, as RFC 9111 has it': 'reflects, no Vary',
  'only the first member of Vary is read': '* with Vary: Origin to A, * to others',
  'Vary is compared by its case': '* with vary: origin to A, * to others',
  'nothing is for everybody': 'constant *',
  'nothing is ever learned': '* with credentials to A, * to others',
  'a refusal teaches nothing': '* to A only',
  'a grant to one teaches nothing': 'names A to A, * to others',
  'a grant to null teaches nothing': 'grants null to null, * to others',
  'a grant to nobody teaches nothing': 'two values to A, * to others',
  'credentials teach nothing': '* with credentials to A, * to others',
  'Vary teaches nothing': '* with Vary: Origin to A, * to others',
  'timing teaches nothing': '* and timing for A only, plain * to others',
  'what is known does not keep a * from being shared': '* with credentials to A, * to others',
  'an error is taken for a refusal': '404 without a grant to B, * to others',
  'what nobody asked for is taken for a refusal': '* to requests with Origin only',
  'a * to a request without Origin is not shared': 'constant *',
  'a * to Origin null is not shared': 'constant *',
  'who waited takes what came': 'reflects, no Vary',
  'a copy without a grant answers whoever waited': 'allows A, no Vary on the refusal',
  'a copy with * answers whoever waited': '* with credentials to A, * to others',
  'Origin null gets no shared copy': 'constant *',
  'a request without Origin gets no shared copy': 'constant *',
  'a shared copy is for the one who earned it': 'constant *',
  'whoever asks validates': 'constant *, not on 304',
  'every 304 confirms': 'constant *, not on 304',
  'a 304 that says otherwise teaches nothing': 'constant *, Vary: Origin on 304 only',
  'no 304 confirms': 'constant *, not on 304',
  'a 304 without a grant confirms nothing': 'constant *, not on 304',
}
