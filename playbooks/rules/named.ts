// What findings about networks are about, and who takes them. Types only.

/** A value and the variable it stands in. */
export interface Named {
  readonly value: string
  readonly variable: string
}

/** Takes a finding. */
export type Report = (rule: string, variable: string, message: string, hint: string) => void
