// What a plain YAML 1.1 scalar means, as Ansible reads it: yes and no are booleans, 0755 is octal, 1e3 is a text.

/** The value of an unquoted scalar. Dates and numbers that JavaScript cannot hold exactly stay texts. */
export function plainScalar(text: string): string | number | boolean | null {
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL') return null
  const first = text.charCodeAt(0)
  // most scalars are names: letters that begin no boolean end here
  const boolean = yamlBoolean(text)
  if (boolean !== undefined) return boolean
  if (first > 57 || (first < 48 && first !== 43 && first !== 45 && first !== 46)) return text
  return integer(text) ?? float(text) ?? text
}

/** `yes`, `on`, `true` and their opposites, in small letters, capitals or capitalised; undefined for everything else. */
export function yamlBoolean(text: string): boolean | undefined {
  if (/^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true
  return /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text) ? false : undefined
}

const integers: readonly (readonly [RegExp, (digits: string) => number])[] = [
  [/^0b[01_]+$/, (digits) => Number.parseInt(digits.slice(2), 2)],
  [/^0x[0-9a-fA-F_]+$/, (digits) => Number.parseInt(digits.slice(2), 16)],
  [/^(?:0|[1-9][0-9_]*)$/, Number],
  [/^0[0-7_]+$/, (digits) => Number.parseInt(digits, 8)],
  [/^[1-9][0-9_]*(?::[0-5]?[0-9])+$/, sexagesimal],
]

function integer(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1
  const unsigned = text.replace(/^[-+]/, '')
  const found = integers.find(([pattern]) => pattern.test(unsigned))
  if (!found) return undefined
  const value = found[1](unsigned.replaceAll('_', ''))
  return Number.isSafeInteger(value) ? sign * value + 0 : undefined
}

function float(text: string): number | undefined {
  const isFloat = /^[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?$|^\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$/.test(text)
  const isSixties = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/.test(text)
  if (!isFloat && !isSixties) return undefined
  const digits = text.replaceAll('_', '')
  const value = isFloat ? Number(digits) : (digits.startsWith('-') ? -1 : 1) * sexagesimal(digits.replace(/^[-+]/, ''))
  return Number.isFinite(value) ? value : undefined
}

/** `1:30` is ninety: times and angles of old. */
function sexagesimal(text: string): number {
  return text.split(':').reduce((total, part) => total * 60 + Number(part), 0)
}
