// Names of hosts as people write them, in the letters that DNS and `Host` have.  RFC 5891, by the URL standard's reading

/** In lower case, without the dot at the end, letters beyond ASCII as Punycode; undefined for what is no name at all. */
export function toAsciiName(text: string): string | undefined {
  const name = text.toLowerCase().replace(/\.$/, '')
  if (/^[\x21-\x7e]+$/.test(name)) return name
  const labels = /^[^\s\p{Cc}/\\@:?#%[\]]+$/u.test(name)
    ? URL.parse(`http://${name.replace(/^\*\./, '')}/`)?.hostname
    : undefined
  return labels && name.startsWith('*.') ? `*.${labels}` : labels
}
