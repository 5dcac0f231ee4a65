// Cache Deception Armor, by table.

import { describe, expect, test } from 'bun:test'
import { agreesWithExtension } from './deception-armor.ts'
import { DEFAULT_EXTENSIONS } from './eligibility.ts'

const AGREE: readonly (readonly [path: string, contentType: string | undefined])[] = [
  ['/a.jpg', 'image/jpeg'],
  ['/a.jpg', 'image/webp'],
  ['/A.JPG', 'IMAGE/JPEG; q=1'],
  ['/a.svg', 'image/svg+xml'],
  ['/a.gif', 'video/webm'],
  ['/a.eps', 'application/postscript'],
  ['/a.webm', 'audio/webm'],
  ['/a.ogg', 'application/ogg'],
  ['/a.pls', 'application/pls+xml'],
  ['/a.css', 'text/css; charset=utf-8'],
  ['/a.js', 'text/javascript'],
  ['/a.js', 'application/x-javascript'],
  ['/a.ejs', 'text/plain'],
  ['/a.woff2', 'font/woff2'],
  ['/a.eot', 'application/vnd.ms-fontobject'],
  ['/a.pdf', 'application/pdf'],
  ['/a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['/a.csv', 'text/csv'],
  ['/a.zip', 'application/zip'],
  ['/a.apk', 'application/vnd.android.package-archive'],
  ['/a.zip', 'application/octet-stream'],
  ['/a.css', 'application/octet-stream'],
  ['/page', 'text/html'],
  ['/page.html', 'text/html'],
  ['/data.json', 'application/json'],
  ['/page', undefined],
]

const DISAGREE: readonly (readonly [path: string, contentType: string | undefined])[] = [
  ['/a.jpg', 'text/html'],
  ['/a.jpg', 'video/webm'],
  ['/a.gif', 'video/x-flv'],
  ['/a.css', 'text/plain'],
  ['/a.js', 'application/json'],
  ['/a.js', 'text/plain'],
  ['/a.zip', 'application/json'],
  ['/a.zip', 'application/vnd.api+json'],
  ['/a.zip', 'application/atom+xml'],
  ['/a.zip', 'text/plain'],
  ['/a.pdf', 'application/zip'],
  ['/a.woff', 'application/javascript'],
  ['/a.svg', 'application/xml'],
  ['/a.png', undefined],
  ['/a.png', ''],
  ['/a.png', 'nonsense'],
]

describe('a response agrees with the extension of its path, or not', () => {
  test.each(AGREE)('%s may be %s', (path, contentType) => {
    expect(agreesWithExtension(path, contentType)).toBe(true)
  })
  test.each(DISAGREE)('%s is hardly %s', (path, contentType) => {
    expect(agreesWithExtension(path, contentType)).toBe(false)
  })
})

test('no extension that is cached by default may be a page or data, and each may be opaque', () => {
  for (const extension of DEFAULT_EXTENSIONS) {
    for (const type of ['text/html', 'application/xhtml+xml', 'application/json', undefined]) {
      expect([extension, type, agreesWithExtension(`/a.${extension}`, type)]).toEqual([extension, type, false])
    }
    expect([extension, agreesWithExtension(`/a.${extension}`, 'application/octet-stream')]).toEqual([extension, true])
  }
})
