// Collects the DEVIATION marks of the source, so that docs/deviations.md cannot say less than the code.  Pure.

/** A source file: path from the repository's root, and text. */
export type SourceText = { readonly path: string; readonly text: string }

export type Deviation = {
  readonly path: string
  /** What is left, and where it is written: `RFC 9111 §5.2.1`, `CF cache/how-to/...`. */
  readonly from: string
  readonly what: string
}

const BEGIN = '<!-- Written by `npm run docs` from the DEVIATION marks of src/. -->'
const END = '<!-- End of what is written by `npm run docs`. -->'

/** The marks of these files, in their order; a mark without a colon is an error in the source, and throws. */
export function findDeviations(sources: readonly SourceText[]): readonly Deviation[] {
  return sources.flatMap(({ path, text }) => marksIn(text).map((mark) => ({ path, ...split(mark, path) })))
}

/** The document with the list between its two marks replaced. */
export function withDeviations(document: string, deviations: readonly Deviation[]): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`the document lacks the line ${begin < 0 ? BEGIN : END}`)
  const rows = deviations.map(({ path, from, what }) => `| ${from} | ${what} | \`${path}\` |`)
  const table = ['| from | what is different | where |', '| --- | --- | --- |', ...rows].join('\n')
  return `${document.slice(0, begin)}${BEGIN}\n\n${table}\n\n${document.slice(end)}`
}

/** Each mark with the comment lines that continue it, as one line. */
function marksIn(text: string): readonly string[] {
  const marks: string[] = []
  let open: string[] | undefined
  for (const line of text.split('\n')) {
    const comment = /^\s*(?:\/\/|\/\*\*|\*(?!\/)) ?(.*?)(?:\s*\*\/)?\s*$/.exec(line)?.[1]
    const begins = comment?.startsWith('DEVIATION ') === true
    if (open !== undefined && (begins || comment === undefined || comment === '')) {
      marks.push(open.join(' '))
      open = undefined
    }
    if (begins) open = [comment.slice('DEVIATION '.length)]
    else if (comment !== undefined) open?.push(comment)
  }
  if (open !== undefined) marks.push(open.join(' '))
  return marks
}

function split(mark: string, path: string): Omit<Deviation, 'path'> {
  const colon = mark.indexOf(': ')
  if (colon < 0) throw new Error(`${path}: "DEVIATION ${mark}" does not say what from and what: "FROM: WHAT"`)
  return { from: mark.slice(0, colon), what: mark.slice(colon + 2) }
}
