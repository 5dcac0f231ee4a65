import { describe, expect, test } from 'bun:test'
import { normalizeAccept, normalizeAcceptEncoding, normalizeAcceptLanguage, normalizeGeneric } from './accept.ts'

type Row = [title: string, value: string, normal: string, allow?: readonly string[]]

const ACCEPT: Row[] = [
  ['order by weight', 'text/plain;q=0.5, text/html', 'text/html,text/plain'],
  ['ties by the alphabet', 'b/x, a/x', 'a/x,b/x'],
  ['lower case', 'TEXT/HTML;Q=0.3,Image/PNG', 'image/png,text/html'],
  ['parameters are dropped', 'text/html;level=1;charset="a;q=0", text/plain;q=0.9', 'text/html,text/plain'],
  ['duplicates merge at the highest weight', 'a/a;level=1;q=0.1, b/b;q=0.5, a/a', 'a/a,b/b'],
  ['not acceptable stays written', 'text/html, image/webp;q=0', 'text/html,image/webp;q=0'],
  ['not acceptable in any spelling', 'a/a;q=0.000, b/b;q=0.', 'a/a;q=0,b/b;q=0'],
  ['a listed one wins over its exclusion', 'a/a;q=0, a/a;q=0.1', 'a/a'],
  ['a malformed weight says nothing', 'a/a;q=x, b/b;q=2, c/c;q=-1, d/d;q=, e/e', 'e/e'],
  ['weights of more than three decimals', 'a/a;q=0.3333, b/b;q=0.3334', 'b/b,a/a'],
  ['whitespace around parameters', 'a/a ; q=0.1 ,\tb/b', 'b/b,a/a'],
  ['wildcards are names', '*/*;q=0.8, text/*', 'text/*,*/*'],
  ['only what is allowed', 'text/html, image/webp, */*', 'text/html', ['text/html', 'application/json']],
  ['nothing allowed', 'image/webp', '', ['text/html']],
  ['empty', ' , ,;q=1', ''],
]

const LANGUAGE: Row[] = [
  ['the documented pair, first', 'en-US, fr;q=0.8', 'en,fr'],
  ['the documented pair, second', 'fr;q=0.8, en-GB', 'en,fr'],
  ['regions merge at the highest weight', 'en-US;q=0.2, fr;q=0.5, en-GB;q=0.7', 'en,fr'],
  ['numeric regions', 'es-419', 'es'],
  ['a script stays', 'zh-Hant-TW, zh-Hans', 'zh-hans,zh-hant'],
  ['an extlang stays', 'zh-yue-HK', 'zh-yue'],
  ['a variant stays', 'sl-IT-nedis', 'sl-nedis'],
  ['an extension is no region', 'en-u-hc-h12', 'en-u-hc-h12'],
  ['not acceptable stays written', 'en, de-DE;q=0', 'en,de;q=0'],
  ['only what is allowed', 'en-US, fr, de;q=0.5', 'en,de', ['en', 'de']],
  ['a listed region stays', 'en-GB, en-US, pt-BR', 'en,en-gb', ['en', 'en-gb']],
  ['a listed region without its language', 'en-US, en-GB;q=0.5', 'en-gb', ['en-gb']],
  ['the wildcard', 'en;q=0.5, *;q=0.1', 'en,*'],
]

const ENCODING: Row[] = [
  ['order and case', 'GZIP;q=0.5, br , deflate', 'br,deflate,gzip'],
  ['not acceptable stays written', 'gzip, identity;q=0, *;q=0', 'gzip,*;q=0,identity;q=0'],
]

type Normalize = (value: string, allow?: readonly string[]) => string
const TABLES: [fieldName: string, normalize: Normalize, rows: Row[]][] = [
  ['Accept', normalizeAccept, ACCEPT],
  ['Accept-Language', normalizeAcceptLanguage, LANGUAGE],
  ['Accept-Encoding', normalizeAcceptEncoding, ENCODING],
]

for (const [fieldName, normalize, rows] of TABLES) {
  describe(`the normal form of ${fieldName}`, () => {
    for (const [title, value, normal, allow] of rows) {
      test(title, () => expect(normalize(value, allow)).toBe(normal))
    }
  })
}

describe('the normal form of any other field', () => {
  const table: [title: string, value: string, normal: string][] = [
    ['trims', ' \ta b\t', 'a b'],
    ['joins lines with a comma and no space', 'b, a, B', 'b,a,B'],
    ['keeps order, case and duplicates', 'B,a,B', 'B,a,B'],
    ['keeps further space', 'a,  b ,c', 'a, b ,c'],
    ['keeps quoted text', '"a, b", c', '"a, b",c'],
    ['a stray quote quotes nothing', '"a, b', '"a,b'],
    ['empty', '', ''],
  ]
  test.each(table)('%s', (_, value, normal) => {
    expect(normalizeGeneric(value)).toBe(normal)
  })
})
