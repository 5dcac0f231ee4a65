import { describe, expect, test } from 'bun:test'
import { lastSegment, pathExtension, splitTarget } from './target.ts'

describe('a request URL splits into authority, path and query', () => {
  const table: [url: string, authority: string, path: string, query: string][] = [
    ['http://a.example/', 'a.example', '/', ''],
    ['http://a.example/p/q?x=1&y', 'a.example', '/p/q', '?x=1&y'],
    ['https://a.example:8443/p', 'a.example:8443', '/p', ''],
    ['http://[::1]:80/p', '[::1]:80', '/p', ''],
    ['http://a.example/p#f', 'a.example', '/p', ''],
    ['http://a.example/p?x#f?y/z', 'a.example', '/p', '?x'],
    ['http://a.example/p#f?x', 'a.example', '/p', ''],
    ['http://a.example/p?', 'a.example', '/p', '?'],
    ['http://a.example/?u=http://b/?c', 'a.example', '/', '?u=http://b/?c'],
    ['http://a.example//b//c', 'a.example', '//b//c', ''],
    ['http://a.example', 'a.example', '/', ''],
    ['http://a.example?x=/y', 'a.example', '/', '?x=/y'],
    ['http://a.example#/x', 'a.example', '/', ''],
    ['/p?x#f', '', '/p', '?x'],
    ['//evil.example/p', '', '//evil.example/p', ''],
    ['/p?u=http://b/c', '', '/p', '?u=http://b/c'],
    ['/', '', '/', ''],
    ['', '', '/', ''],
    ['*', '', '/*', ''],
    ['p?u=http://b/c', '', '/p', '?u=http://b/c'],
    ['?x', '', '/', '?x'],
    ['#', '', '/', ''],
    ['h#t://x', '', '/h', ''],
    ['https://', '', '/', ''],
    ['http:/#/x', '', '/http:/', ''],
  ]
  test.each(table)('%s', (url, authority, path, query) => {
    expect(splitTarget(url)).toEqual({ authority, path, query })
  })
})

describe('the extension is what follows the last dot of the last segment', () => {
  const table: [path: string, extension: string][] = [
    ['/app.css', 'css'],
    ['/APP.CSS', 'css'],
    ['/a/b.tar.gz', 'gz'],
    ['/a.b/c', ''],
    ['/a.css/', ''],
    ['/', ''],
    ['', ''],
    ['/.css', ''],
    ['/a/.htaccess', ''],
    ['/..css', 'css'],
    ['/a.', ''],
    ['/robots.txt', 'txt'],
    ['/app.css;v=1', 'css'],
    ['/account;x.css', ''],
    ['/account.php;x.css', 'php'],
    ['/account;x.css/', ''],
    ['/a;v=1/b.css', 'css'],
    ['/;.css', ''],
    ['/a%2Ecss', ''],
    ['/a%3Bx.css', 'css'],
    ['x.css', 'css'],
    ['.css', ''],
  ]
  test.each(table)('%p has %p', (path, extension) => {
    expect(pathExtension(path)).toBe(extension)
  })
})

test('the last segment is what follows the last slash', () => {
  expect(['/a/b', '/a/', '/', 'b', ''].map(lastSegment)).toEqual(['b', '', '', 'b', ''])
})
