// What `tsplay cert renew` has done or would do, for machines and for people. Does nothing itself.
import type { Renewal } from '../../pki/renewal.ts'
import type { RotationStep } from '../../pki/rotation.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { table } from './print.ts'

/** A line of `-o ndjson`, and what people read instead. */
export interface Report {
  readonly record:
    | {
        readonly type: 'renewal'
        readonly name: string
        /** Nothing was written. */
        readonly check: boolean
        /** ISO 8601. */
        readonly notAfter: string
        /** Undefined in a check. */
        readonly fingerprint?: string
      }
    | {
        readonly type: 'rotation'
        readonly name: string
        readonly check: boolean
        readonly steps: readonly (RotationStep | 'abort')[]
        /** Of the CA that comes, or has come; undefined where a check has not made it. */
        readonly notAfter?: string
        readonly fingerprint?: string
      }
    | { readonly type: 'skipped'; readonly name: string; readonly problem: string; readonly hint: string | undefined }
  /** What it says, and what is to be done next. */
  readonly text: string
  readonly next: string
}

const distribute = 'the next run of the playbook brings it to hosts'

/** A leaf that was made anew, or would be. `made`: undefined in a check. */
export function renewalReport(name: string, { notAfter }: Renewal, made: Certificate | undefined): Report {
  const until = (made?.notAfter ?? notAfter).toISOString()
  return {
    record: {
      type: 'renewal',
      name,
      check: made === undefined,
      notAfter: until,
      ...(made && { fingerprint: made.fingerprint }),
    },
    text: `${made ? 'renewed' : 'would be renewed'}, until ${until.slice(0, 10)}`,
    next: distribute,
  }
}

/** What the last of the steps means, and what has to come next. `check`: it was not taken. */
export function rotationReport(
  ca: string,
  {
    steps,
    coming,
    check,
  }: {
    readonly steps: readonly (RotationStep | 'abort')[]
    readonly coming: Certificate | undefined
    readonly check: boolean
  },
): Report {
  const last = steps.at(-1)!
  const { done, would, next } = stepTexts(`${ca}/ca`)[last]
  return {
    record: {
      type: 'rotation',
      name: `${ca}/ca`,
      check,
      steps,
      ...(coming && { notAfter: coming.notAfter.toISOString(), fingerprint: coming.fingerprint }),
    },
    text: `${steps.length > 1 ? 'it has expired, so steps 1 and 2 at once: ' : ''}${check ? would : done}`,
    next,
  }
}

const stepTexts = (
  name: string,
): Readonly<Record<RotationStep | 'abort', Readonly<Record<'done' | 'would' | 'next', string>>>> => ({
  introduce: {
    done: 'step 1 of 3: another CA is made; the old one signs on',
    would: 'step 1 of 3: another CA would be made; the old one would sign on',
    next: `run the playbook on all hosts, so that they trust both; then step 2: tsplay cert renew ${name} (--abort instead gives it up)`,
  },
  switch: {
    done: 'step 2 of 3: the new CA signs from now on; the old one is still trusted',
    would: 'step 2 of 3: the new CA would sign; the old one would still be trusted',
    next: `run the playbook on all hosts: it makes their certificates anew; what hosts have signed with the CA's key, such as kubelets' certificates, has to follow, too; then step 3: tsplay cert renew ${name}`,
  },
  retire: {
    done: 'step 3 of 3: the old CA is put aside',
    would: 'step 3 of 3: the old CA would be put aside',
    next: 'run the playbook on all hosts: from then on they trust the new one only',
  },
  abort: {
    done: 'given up: the CA that was to come is put aside',
    would: 'the CA that was to come would be put aside',
    next: 'run the playbook on all hosts, so that they trust the one that stays only',
  },
})

/** One that was to be renewed and could not be. */
export const skippedReport = (name: string, problem: string, hint: string | undefined): Report => ({
  record: { type: 'skipped', name, problem, hint },
  text: `not renewed: ${problem}`,
  next: hint ?? '',
})

/** A line for each, and below what is to be done next; the same is said once. */
export function reportLines(reports: readonly Report[]): string[] {
  const next = [...new Set(reports.map((report) => report.next))].filter((each) => each !== '')
  return [...table(reports.map(({ record, text }) => [record.name, text])), ...next.map((each) => `next: ${each}`)]
}
