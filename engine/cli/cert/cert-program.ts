// The commands of `tsplay cert` and their flags. What they do is loaded when they are called.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { durationParam, parseDuration } from '../../x509/duration.ts'
import { addStoreFlags, named, outputFormats, repeatable } from '../flags.ts'
import { helpExamples } from '../help-examples.ts'

/** Adds `cert list`, `show`, `verify` and `renew`. */
export function certCommands(tsplay: Command): void {
  const cert = tsplay.command('cert').description("the certificates of the control side's store; no host is reached")
  helpExamples(cert, [
    'tsplay cert list -i prod',
    'tsplay cert show kubernetes/etcd-m1 -i prod',
    'tsplay cert verify -i prod --warn 60d',
    'tsplay cert renew --expiring 60d -i prod',
  ])

  const list = withStore(cert.command('list').description('all of them, and when they expire')).addOption(warn())
  helpExamples(list, ['tsplay cert list -i prod', 'tsplay cert list --store .tsplay/prod -o ndjson'])
  list.action(async (flags) => (await import('./list-certificates.ts')).listCertificates(flags))

  const show = withStore(cert.command('show').description('what certificates say'))
    .argument('<names...>', 'such as kubernetes/etcd-m1; a CA is kubernetes/ca')
    .option('--pem', 'print the certificates themselves, with those behind them; never a key')
  helpExamples(show, [
    'tsplay cert show kubernetes/ca kubernetes/etcd-m1 -i prod',
    'tsplay cert show kubernetes/ca -i prod --pem > ca.pem',
  ])
  show.action(async (names, flags) => (await import('./show-certificates.ts')).showCertificates(names, flags))

  const verify = withStore(
    cert.command('verify').description('checks signatures, chains, keys and dates, for monitoring'),
  )
    .argument('[names...]', 'such as kubernetes/etcd-m1; none: all')
    .addOption(warn())
  helpExamples(verify, ['tsplay cert verify -i prod', 'tsplay cert verify kubernetes/ca -i prod --warn 365d'])
  verify.addHelpText(
    'after',
    `
Exit codes:
  0  all is well
  1  wrong input: a name that is not there, a store that cannot be read
  2  something is broken or has expired
  3  something expires within --warn`,
  )
  verify.action(async (names, flags) => (await import('./verify-certificates.ts')).verifyCertificates(names, flags))

  const renew = withStore(cert.command('renew').description('makes certificates anew; replaces a CA in three steps'))
    .argument('[names...]', 'such as kubernetes/etcd-m1; kubernetes/ca takes the next step of replacing that CA')
    .addOption(
      new Option(
        '--expiring [length]',
        'all that expire within this time instead, CAs excepted (30d where none is said)',
      )
        .argParser(lengthOf)
        .preset('30d'),
    )
    .addOption(new Option('--abort', 'give up replacing a CA, after the first step').conflicts('expiring'))
    .addOption(named('-C, --check', 'say what would be done, change nothing'))
  helpExamples(renew, [
    'tsplay cert renew kubernetes/etcd-m1 kubernetes/etcd-m2 -i prod',
    'tsplay cert renew --expiring 60d -i prod --check',
    'tsplay cert renew kubernetes/ca -i prod',
  ])
  renew.addHelpText(
    'after',
    `
A new certificate is what the old one was, with a new key; the old one is kept aside. The next run brings it to hosts.

A CA is replaced in three steps, with a run of the playbook on all hosts after each:
  1  another one is made: hosts come to trust both, the old one signs
  2  the new one signs: the run makes all certificates anew, both are trusted
  3  the old one goes: hosts trust the new one only
Each call takes the step that is next and says so.

Exit codes:
  0  done
  1  wrong input: nothing was done
  2  with --expiring: some cannot be renewed here`,
  )
  renew.action(async (names, flags) => (await import('./renew-certificates.ts')).renewCertificates(names, flags))
}

/** Flags that say which store, and how to print. */
const withStore = (command: Command): Command =>
  addStoreFlags(command)
    .addOption(
      repeatable('-i, --inventory <name>', 'the inventory whose store it is (default: the only one below .tsplay)'),
    )
    .addOption(named('--store <folder>', 'the store itself, whatever the inventory'))
    .addOption(
      named('-o, --output <format>', 'ndjson: a line of JSON for each; json: one document; else for people').choices([
        ...outputFormats,
        'json',
      ]),
    )

const warn = (): Option =>
  named('--warn <length>', 'what expires within this time is marked')
    .argParser(lengthOf)
    .default(lengthOf('30d'), '30d')

/** Milliseconds of `30d`. */
function lengthOf(text: string): number {
  if (!durationParam.safeParse(text).success)
    throw new InvalidArgumentError("A length of time is '30d', '12h' or '1y'.")
  return parseDuration(text)!
}
