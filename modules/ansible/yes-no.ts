// Yes and no as Ansible's users write them.

const yes = new Set(['1', '1.0', 'on', 't', 'true', 'y', 'yes'])
const no = new Set(['0', '0.0', 'f', 'false', 'n', 'no', 'off'])

/** The boolean that a value means, in any case; undefined where it means none. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = String(value).trim().toLowerCase()
  return yes.has(text) ? true : no.has(text) ? false : undefined
}
