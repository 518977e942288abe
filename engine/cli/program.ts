// The commands and their flags. What a command does is loaded when it is called.
import { Command, Option } from 'commander'
import { certCommands } from './cert/cert-program.ts'
import {
  addApplyFlags,
  addFactsFlags,
  addInventoryFlags,
  addPlaybookFlags,
  addRunFlags,
  addStoreFlags,
  addTagFlags,
} from './flags.ts'
import { helpExamples } from './help-examples.ts'
import { version } from './version.ts'

/** The program, ready to parse an argument list. */
export function program(): Command {
  const tsplay = new Command('tsplay')
    .description('Brings hosts over SSH to the state that typed playbooks describe.')
    .version(version(), '-V, --version', 'print the version')
    .showHelpAfterError('(tsplay --help shows the commands)')
    .exitOverride()
  helpExamples(tsplay, [
    'tsplay run playbooks/site.ts -i prod',
    'tsplay run playbooks/site.ts -i prod --check --diff',
    'tsplay role etcd -i prod',
    'tsplay exec masters -i prod -- uptime',
  ])

  const run = addPlaybookFlags(
    tsplay.command('run').description('run playbooks, one after the other').argument('<playbooks...>', '.ts files'),
  )
  helpExamples(run, [
    'tsplay run playbooks/site.ts -i lab',
    'tsplay run playbooks/prepare.ts playbooks/site.ts -i prod',
    "tsplay run playbooks/site.ts -i prod --limit 'masters:!m3' --tags etcd --check --diff",
    "tsplay run playbooks/site.ts -i prod --start-at-task 'etcd : running' --step",
  ])
  run.action(async (playbooks, flags) => (await import('./run-command.ts')).runCommand(playbooks, flags))

  const role = addPlaybookFlags(
    tsplay.command('role').description('run only these roles of a playbook').argument('<roles...>', 'names of roles'),
  )
  role.option('--playbook <file>', 'the playbook that says where the roles run and with what', 'playbooks/site.ts')
  helpExamples(role, ['tsplay role etcd -i prod', 'tsplay role sysctl limits -i prod --check --diff'])
  role.action(async (roles, flags) => (await import('./run-command.ts')).runCommand([flags.playbook], flags, roles))

  const apply = addApplyFlags(
    tsplay
      .command('apply')
      .description('apply a saved plan, and nothing else')
      .argument('<plan>', 'what --check --save-plan has written'),
  )
  helpExamples(apply, ['tsplay run playbooks/site.ts -i prod --check --save-plan plan.json', 'tsplay apply plan.json'])
  apply.action(async (plan, flags) => (await import('./apply-command.ts')).applyCommand(plan, flags))

  const exec = addRunFlags(
    tsplay
      .command('exec')
      .description('run one module or command on hosts')
      .argument('<pattern>', 'hosts')
      .argument('[command...]', 'what to run, after --'),
  )
  exec
    .option('-m, --module <name>', "a module by its name, or by Ansible's: copy, lineinfile, yum, …", 'command')
    .option('-a, --args <text>', "its arguments: 'name=value …', a JSON object, or the command as one text")
  helpExamples(exec, [
    'tsplay exec all -i prod -- date',
    "tsplay exec 'masters:!m3' -i prod -m shell -a 'ss -lnt | grep 2379'",
    "tsplay exec k8s -i prod -m copy -a 'src=./ca.pem dest=/opt/etcd/ssl/' --check --diff",
  ])
  exec.action(async (pattern, command, flags) =>
    (await import('./exec-command.ts')).execCommand(pattern, command, flags),
  )

  const facts = addFactsFlags(
    tsplay.command('facts').description('what hosts say of themselves, as JSON').argument('<pattern>', 'hosts'),
  )
  helpExamples(facts, ['tsplay facts masters -i prod', 'tsplay facts all -i prod --filter os,mounts -o ndjson'])
  facts.action(async (pattern, flags) => (await import('./facts-command.ts')).factsCommand(pattern, flags))

  const list = addTagFlags(
    addInventoryFlags(
      tsplay
        .command('list')
        .description('what a playbook would run where, without connecting')
        .argument('<what>', 'hosts, tasks, tags or roles')
        .argument('<playbook>', 'a .ts file; for hosts also a pattern'),
    ),
  )
  helpExamples(list, [
    'tsplay list tasks playbooks/site.ts -i prod --tags etcd',
    'tsplay list hosts playbooks/site.ts -i prod --limit masters',
    "tsplay list hosts 'web*:&prod:!db' -i prod",
  ])
  list.action(async (what, playbook, flags) => (await import('./list-command.ts')).listCommand(what, playbook, flags))

  const inventory = addInventoryFlags(
    tsplay
      .command('inventory')
      .description('the inventory as it is resolved, without connecting')
      .argument('<view>', 'list (JSON, as a dynamic inventory prints it), graph or host')
      .argument('[name]', 'the host to show'),
  )
    .option('--origin', 'with where each value came from, and what it overruled')
    .option('--playbook <file>', 'check and complete it by the site of this playbook')
  helpExamples(inventory, [
    'tsplay inventory graph -i prod',
    'tsplay inventory host m1 -i prod --origin',
    'tsplay inventory list -i hosts.ini > hosts.json',
  ])
  inventory.action(async (view, name, flags) =>
    (await import('./inventory-command.ts')).inventoryCommand(view, name, flags),
  )

  const lint = addStoreFlags(
    addInventoryFlags(
      tsplay
        .command('lint')
        .description('what is wrong with playbooks and an inventory, without touching a host; exit 1 on errors')
        .argument('<playbooks...>', '.ts files'),
    ),
  ).addOption(
    new Option('-o, --output <format>', 'ndjson: a line of JSON for each finding').choices(['plain', 'ndjson']),
  )
  helpExamples(lint, ['tsplay lint playbooks/site.ts -i prod', 'tsplay lint playbooks/*.ts -i prod -o ndjson'])
  lint.action(async (playbooks, flags) => (await import('./lint-command.ts')).lintCommand(playbooks, flags))

  const doc = tsplay
    .command('doc')
    .description('what modules do: parameters, results and examples')
    .argument('[modules...]', "by their names, or Ansible's; none: a list of all")
    .option('--all', 'all modules in full')
    .addOption(
      new Option('--format <format>', 'how it is written').choices(['text', 'json', 'markdown']).default('text'),
    )
  helpExamples(doc, [
    'tsplay doc',
    'tsplay doc copy',
    'tsplay doc lineinfile wait_for',
    'tsplay doc --all --format markdown > modules.md',
  ])
  doc.action(async (modules, flags) => (await import('./doc-command.ts')).docCommand(modules, flags))

  certCommands(tsplay)
  labCommands(tsplay)
  tsplay.hook('preAction', async (_program, command) => {
    await (await import('./config.ts')).applyConfig(command)
    ;(await import('./store-passphrase.ts')).takeStorePassphrase(command)
  })
  for (const command of [tsplay, ...tsplay.commands, ...tsplay.commands.flatMap((each) => [...each.commands])])
    command.exitOverride()
  return tsplay
}

function labCommands(tsplay: Command): void {
  const lab = tsplay
    .command('lab')
    .description('real throw-away hosts on this machine, one for each of an inventory (Linux, root)')
  helpExamples(lab, ['tsplay lab up', 'tsplay lab ssh m1', 'tsplay lab down'])
  const inventory = (command: Command): Command =>
    command.option('-i, --inventory <name>', 'an inventory with lab settings', 'lab')
  const load = async () => import('./lab-command.ts')
  inventory(lab.command('up').description('boot what is missing'))
    .option('--no-install', 'do not install missing Debian packages')
    .action(async (flags) => (await load()).labUpCommand(flags))
  inventory(lab.command('down').description('end the hosts and remove all that belongs to them')).action(
    async (flags) => (await load()).labDownCommand(flags),
  )
  inventory(lab.command('status').description('which hosts run')).action(async (flags) =>
    (await load()).labStatusCommand(flags),
  )
  inventory(
    lab.command('ssh').description('a shell on a host, or a command').argument('<host>').argument('[command...]'),
  ).action(async (host, command, flags) => (await load()).labSshCommand(host, command, flags))
}
