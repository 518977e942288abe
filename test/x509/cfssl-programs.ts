// cfssl as its documents use it, and certificates as openssl shows them, without what is another in each.
import { output } from './programs.ts'

/** What cfssl prints is read by cfssljson; the files are `<name>.pem`, `<name>-key.pem` and `<name>.csr` in `cwd`. */
export function bareCfssl(args: readonly string[], cwd: string, name: string): void {
  output('cfssljson', ['-bare', name], { cwd, input: output('cfssl', args, { cwd }) })
}

/** `openssl x509 -text` without number, dates and signature. */
export const certificateText = (pem: string): string =>
  output('openssl', ['x509', '-noout', '-text'], { input: pem })
    .replace(/Serial Number:\s*(\S|\n {12})+/, 'Serial Number: …')
    .replace(/Not (Before|After ?) ?: .*/g, '')
    .replace(/Signature Value:[\s\S]*/, '')

/** Field, string type and text of each part of issuer and subject, in the order in which they stand. */
export const stringsOfNames = (pem: string): string[] =>
  [...output('openssl', ['asn1parse'], { input: pem }).matchAll(/OBJECT +:(\w+)\n.*prim: (\w*STRING) *:(.*)/g)].map(
    ([, field, type, text]) => `${field} ${type} ${text}`,
  )
