// Jinja expressions in the text of -a: never evaluated, so refused where they would have been.
import { TsplayError } from '../../error.ts'

/** Braces around a variable, with or without filters. Go's `{{.Names}}` and `{{json .}}` are none. */
const expression =
  /\{\{-?\s*(?!end\b|else\b|break\b|continue\b)([A-Za-z_]\w*(?:\.\w+|\[[^\]]*\])*)\s*(?:\|[^{}]*)?-?\}\}/

const statement = /\{%-?\s*(?:if|for|set|raw|include|macro)\b/

/** @throws TsplayError where the text holds what Ansible would have put a variable's value for. */
export function refuseTemplates(module: string, text: string): void {
  const found = expression.exec(text)?.[0] ?? statement.exec(text)?.[0]
  if (found === undefined) return
  throw new TsplayError(`${module}: '${found.slice(0, 60)}' is a template, and an ad-hoc command evaluates none`, {
    hint: 'write the value itself, or a playbook: its task list is a function of the host and its variables',
  })
}
