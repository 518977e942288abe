// Documentation of modules as a person reads it in a terminal. Knows neither files nor flags.
import { type ExampleDoc, type FieldDoc, firstSentence, type ModuleDoc } from './module-doc.ts'

/** How it is shown: at most so many characters a line, and how headings stand out. */
export interface Look {
  readonly width: number
  readonly heading: (text: string) => string
}

/** Every module in a line of its own. */
export function listText(docs: readonly ModuleDoc[], { width, heading }: Look): string {
  const longest = Math.max(...docs.map(({ name }) => name.length))
  const lines = docs.map(({ name, text }) => {
    const [first, ...rest] = wrapped(firstSentence(text), width - longest - 2)
    const after = rest.map((line) => `${' '.repeat(longest + 2)}${line}`)
    return [`${heading(name)}${' '.repeat(longest + 2 - name.length)}${first ?? ''}`.trimEnd(), ...after].join('\n')
  })
  return `${lines.join('\n')}\n`
}

/** One module in full. */
export function moduleText(doc: ModuleDoc, look: Look): string {
  const { heading, width } = look
  return [
    `${heading(doc.name)}  (${doc.file})`,
    paragraphs(doc.text, 2, width),
    '',
    heading('Parameters'),
    ...(doc.paramsText === '' ? [] : [paragraphs(doc.paramsText, 2, width)]),
    ...(doc.params.length === 0 ? ['  none'] : doc.params.map((field) => fieldText(field, look, true))),
    '',
    heading('Result'),
    paragraphs('`changed` and `failed`, as of every task.', 2, width),
    ...doc.result.map((field) => fieldText(field, look, false)),
    ...(doc.examples.length === 0 ? [] : ['', heading('Examples'), doc.examples.map(exampleText).join('\n\n')]),
    '',
  ].join('\n')
}

function fieldText({ name, type, required, text }: FieldDoc, { width, heading }: Look, input: boolean): string {
  const [first, ...rest] = wrapped(`${type}${input && required ? ', needed' : ''}`, width - name.length - 4)
  return [
    `  ${heading(name)}  ${first ?? ''}`,
    ...rest.map((line) => `  ${' '.repeat(name.length)}  ${line}`),
    ...(text === '' ? [] : [paragraphs(text, 6, width)]),
  ].join('\n')
}

const exampleText = ({ title, code }: ExampleDoc): string =>
  [`  // ${title}`, ...code.split('\n').map((line) => `  ${line}`)].join('\n')

const paragraphs = (text: string, indent: number, width: number): string =>
  text
    .split('\n')
    .flatMap((paragraph) => wrapped(paragraph, width - indent))
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join('\n')

/** Lines of no more than `width` characters, as far as words allow. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
