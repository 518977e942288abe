// Reads what is written about modules out of their source, with TypeScript's own eyes. Only the build and tests call it.
import { createRequire } from 'node:module'
import path from 'node:path'
import type * as morph from 'ts-morph'
import type { ExampleDoc, FieldDoc, ModuleDoc } from './module-doc.ts'

// required, not imported: jiti would translate all ten megabytes of it first
const { Project, ts } = createRequire(import.meta.url)('ts-morph') as typeof morph

/** Every module that modules/index.ts exports, by name. `root` is the project's folder. */
export function extractModuleDocs(root: string): readonly ModuleDoc[] {
  const index = path.join(root, 'modules/index.ts')
  // a project of ts-morph's brings TypeScript's own library with it
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
      strict: true,
      noEmit: true,
      types: [],
    },
  })
  project.addSourceFileAtPath(index)
  const program = project.getProgram().compilerObject
  const checker = program.getTypeChecker()
  const exported = checker.getSymbolAtLocation(program.getSourceFile(index)!)!
  return checker
    .getExportsOfModule(exported)
    .flatMap((symbol) => moduleDoc(checker, symbol.name, meantBy(checker, symbol), root) ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function moduleDoc(
  checker: morph.ts.TypeChecker,
  name: string,
  symbol: morph.ts.Symbol,
  root: string,
): ModuleDoc | undefined {
  const declaration = symbol.valueDeclaration
  if (!declaration) return undefined
  const property = checker.getTypeOfSymbol(symbol).getProperty('module')
  if (!property) return undefined
  const module = checker.getTypeOfSymbol(property) as morph.ts.TypeReference
  const [params, , result] = checker.getTypeArguments(module)
  if (!params || !result) return undefined
  return {
    name,
    file: path.relative(root, declaration.getSourceFile().fileName),
    text: textOf(checker, symbol),
    params: fieldsOf(checker, params),
    paramsText: paramsText(checker, params),
    result: fieldsOf(checker, result),
    examples: examplesOf(declaration),
  }
}

/** `Parameters of x: a port or a path. …` says to a reader of its page what stands behind the name. */
function paramsText(checker: morph.ts.TypeChecker, params: morph.ts.Type): string {
  const symbol = params.aliasSymbol ?? params.getSymbol()
  const text = symbol ? textOf(checker, symbol).replace(/^Parameters of `\w+`(?:\.|: )?\s*/, '') : ''
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Those that a user must give come first, the others as they are written. */
function fieldsOf(checker: morph.ts.TypeChecker, type: morph.ts.Type): readonly FieldDoc[] {
  const variants = type.isUnion() ? type.types : [type]
  const found = new Map<string, { symbol: morph.ts.Symbol; required: number }>()
  for (const variant of variants)
    for (const symbol of checker.getPropertiesOfType(variant)) {
      const before = found.get(symbol.name) ?? { symbol, required: 0 }
      found.set(symbol.name, { ...before, required: before.required + (isOptional(symbol) ? 0 : 1) })
    }
  const fields = [...found.values()].map(({ symbol, required }) =>
    fieldDoc(checker, symbol, required === variants.length),
  )
  return [...fields.filter(({ required }) => required), ...fields.filter(({ required }) => !required)]
}

const isOptional = ({ flags }: morph.ts.Symbol): boolean => (flags & ts.SymbolFlags.Optional) !== 0

function fieldDoc(checker: morph.ts.TypeChecker, symbol: morph.ts.Symbol, required: boolean): FieldDoc {
  const text = textOf(checker, symbol)
  const byDefault = defaultIn(text)
  const declared = symbol.declarations?.find(ts.isPropertySignature)?.type
  return {
    name: symbol.name,
    type: declared
      ? typeText(checker, declared)
      : checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, ts.TypeFormatFlags.NoTruncation),
    required,
    text,
    ...(byDefault !== undefined && { default: byDefault }),
  }
}

/** JSDoc breaks lines where the page ends; what stands apart stays apart. */
const textOf = (checker: morph.ts.TypeChecker, symbol: morph.ts.Symbol): string =>
  ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*(?![-*] )/g, ' ').trim())
    .join('\n')

/** `Default 5: as long as a try takes.` is `5`. */
const defaultIn = (text: string): string | undefined =>
  /\bDefault(?:s to)?:? (.+?)(?:[.;:,](?=\s)|\.?$|\)|(?= \())/m.exec(text)?.[1] ??
  /(\S+) \((?:the )?default\b/i.exec(text)?.[1]

/** The type as it is written, with short names for unions replaced by what they stand for. */
function typeText(
  checker: morph.ts.TypeChecker,
  node: morph.ts.TypeNode,
  inside: readonly morph.ts.Node[] = [],
): string {
  const replaced: { start: number; end: number; text: string }[] = []
  const visit = (at: morph.ts.Node): void => {
    if (ts.isTypeReferenceNode(at) && !at.typeArguments) {
      const text = aliased(checker, at, inside)
      if (text !== undefined) {
        const bare = at === node || ts.isUnionTypeNode(at.parent)
        replaced.push({
          start: at.getStart(),
          end: at.getEnd(),
          text: bare || !text.includes('|') ? text : `(${text})`,
        })
        return
      }
    }
    ts.forEachChild(at, visit)
  }
  visit(node)
  const source = node.getSourceFile().text
  let [text, from] = ['', node.getStart()]
  for (const { start, end, text: meant } of replaced) {
    text += source.slice(from, start) + meant
    from = end
  }
  text += source.slice(from, node.getEnd())
  return text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\breadonly /g, '')
    .replace(/\s+/g, ' ')
    .replace(/^\| /, '')
    .trim()
}

/** What a short name without parameters stands for, where that is a union or a text. */
function aliased(
  checker: morph.ts.TypeChecker,
  reference: morph.ts.TypeReferenceNode,
  inside: readonly morph.ts.Node[],
): string | undefined {
  const symbol = checker.getSymbolAtLocation(reference.typeName)
  const declaration = symbol && meantBy(checker, symbol).declarations?.find(ts.isTypeAliasDeclaration)
  // one that holds itself, such as JSON, keeps its name
  if (!declaration || declaration.typeParameters || inside.includes(declaration)) return undefined
  if (ts.isUnionTypeNode(declaration.type)) {
    const text = typeText(checker, declaration.type, [...inside, declaration])
    return new RegExp(`\\b${declaration.name.text}\\b`).test(text) ? undefined : text
  }
  const type = checker.getTypeAtLocation(declaration.type)
  if (type.flags & ts.TypeFlags.String) return 'string'
  // a computed one: keyof, a lookup
  if (!type.isUnion() || !type.types.every((each) => each.isStringLiteral())) return undefined
  return type.types.map((each) => `'${(each as morph.ts.StringLiteralType).value}'`).join(' | ')
}

const meantBy = (checker: morph.ts.TypeChecker, symbol: morph.ts.Symbol): morph.ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol

/** A title, then a block of code; read from the source, since a tag's text has lost its indentation. */
const examplesOf = (declaration: morph.ts.Node): readonly ExampleDoc[] =>
  ts
    .getJSDocTags(declaration)
    .filter((tag) => tag.tagName.text === 'example')
    .map((tag) => {
      const text = tag.getSourceFile().text.slice(tag.getStart(), tag.getEnd())
      const lines = text
        .replace(/\*\/$/, '')
        .split('\n')
        .map((line) => line.replace(/^\s*\* ?/, ''))
      const [, title = '', code = ''] = /^@example ([^\n]*)\n```ts\n([\s\S]*?)\n```/.exec(lines.join('\n')) ?? []
      return { title: title.trim(), code }
    })
