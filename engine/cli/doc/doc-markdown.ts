// Documentation of modules as a page: a table of parameters, results and examples for each.
import { type FieldDoc, firstSentence, type ModuleDoc } from './module-doc.ts'

/** The modules' names with what they do, then each in full. */
export const listMarkdown = (docs: readonly ModuleDoc[]): string =>
  [
    '# Modules',
    '',
    ...docs.map(({ name, text }) => `- [\`${name}\`](#${name.toLowerCase()}): ${firstSentence(text)}`),
    '',
    ...docs.map(moduleMarkdown),
  ].join('\n')

/** One module. */
export const moduleMarkdown = (doc: ModuleDoc): string =>
  [
    `## ${doc.name}`,
    '',
    ...doc.text.split('\n').flatMap((paragraph) => [paragraph, '']),
    ...(doc.paramsText === '' ? [] : [doc.paramsText, '']),
    ...(doc.params.length === 0 ? [] : [table('parameter', doc.params), '']),
    ...(doc.result.length === 0 ? [] : [table('result', doc.result), '']),
    ...doc.examples.flatMap(({ title, code }) => [`${title}:`, '', '```ts', code, '```', '']),
  ].join('\n')

const table = (head: string, fields: readonly FieldDoc[]): string =>
  [
    `| ${head} | type | |`,
    '|---|---|---|',
    ...fields.map(
      ({ name, type, required, text }) =>
        `| ${head === 'parameter' && required ? `**${name}**` : name} | \`${cell(type)}\` | ${cell(text)} |`,
    ),
  ].join('\n')

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', '<br>')
