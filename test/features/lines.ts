// What users of Ansible and pyinfra know, line by line, and how each line ends here. Data; which tests show a line is found by id.

/** One line of the table. Without a mark, a test has to name its id. */
export interface Line {
  readonly id: string
  /** What of it there is. */
  readonly says: string
  /** TypeScript itself does it: how. */
  readonly typescript?: string
  /** It is otherwise on purpose: why. */
  readonly different?: string
  /** Not yet there: what is missing. */
  readonly later?: string
  /** It has to end and does not yet: what is missing. Without meaning once a test names the id. */
  readonly open?: string
}

export interface Section {
  readonly title: string
  readonly lines: readonly Line[]
}

export const sections: readonly Section[] = [
  {
    title: 'Plays',
    lines: [
      {
        id: 'A001',
        says: 'A playbook is a list of plays that run in order. Where one ends because a batch was lost as a whole, or too much of it, later ones do not begin',
      },
      {
        id: 'A002',
        says: 'A play names hosts by patterns. One that is left without hosts is told and passed over; a name that nobody has is refused',
      },
      {
        id: 'A003',
        says: '`preTasks`, then `tasks` (roles among them), then `postTasks`; notified handlers run behind each part',
      },
      {
        id: 'A004',
        says: 'When facts are gathered',
        different:
          'there is no gathering to switch on or off: a fact is asked when a list reads it, all that a play reads in one round trip; `--fact-cache` is the smart way',
      },
      {
        id: 'A005',
        says: 'Which facts: those that are read, or `facts({ gather })`; custom facts from further folders (`factPath`); a program that does not end is ended',
      },
      {
        id: 'A006',
        says: 'Variables of a play, from files, from questions',
        typescript:
          'constants, imports and functions; a file of values is imported or given with `-e @file`. A run asks nothing but passwords (`-k`, `-K`), so that it also works unattended',
      },
      {
        id: 'A007',
        says: '`serial`: a number, a share of the hosts, or a list whose last entry repeats; each batch goes through the whole play',
      },
      { id: 'A008', says: 'A batch of which every host is lost ends the playbook' },
      {
        id: 'A009',
        says: '`maxFailPercentage`: the play ends once strictly more than that share of a batch has failed; hosts that cannot be reached do not count. With every strategy',
      },
      {
        id: 'A010',
        says: '`anyErrorsFatal` on play, block or task: the others finish the task they are at, then stop; what stands in `always` still runs, a rescue takes the error up, later plays do not begin',
      },
      { id: 'A011', says: '`order`: as in the inventory, sorted, either of them reversed, or shuffled' },
      {
        id: 'A012',
        says: '`strategy`: `linear` and `pinned` are those of Ansible',
        different:
          'the default is `independent`, which is `free` with `runOnce` and handlers that work: a slow host holds nobody up where no barrier (`sync`) says so. There is no strategy for debugging',
      },
      { id: 'A013', says: '`throttle` on task, block or play: no more hosts than that do it at the same time' },
      { id: 'A014', says: '`forceHandlers` of a play beats `--force-handlers`' },
      {
        id: 'A015',
        says: 'Defaults of modules',
        typescript: "a function around the module: `const conf = (p) => template({ mode: '0640', ...p })`",
      },
      { id: 'A016', says: '`environment`, merged from the play inwards, for commands on hosts only' },
      {
        id: 'A017',
        says: 'Port, user and kind of connection in a play; collections; a debugger',
        different:
          'how a host is reached is the inventory’s business and the command line’s. Modules are imported. Instead of a debugger: `--step`, `-vvv`, a `rescue` that is given the failure, and `--resume`',
      },
      {
        id: 'A018',
        says: 'Plays of another playbook',
        typescript: 'an import: `[...other.plays, play({ … })]`; several files on one command line are one run',
      },
      {
        id: 'A019',
        says: 'Checking the variables of a play',
        typescript:
          '`site({ vars, groups })`: one schema types the playbook and checks every inventory when it is loaded',
      },
    ],
  },
  {
    title: 'Tasks',
    lines: [
      {
        id: 'A020',
        says: 'A task has one action. An option or parameter that does not exist does not compile, and is refused before the run where types were passed over',
      },
      {
        id: 'A021',
        says: '`when` on play, role, block and task: all must hold. What is skipped is told with its reason. Conditions are JavaScript’s own',
      },
      {
        id: 'A022',
        says: '`.register((result) => [ … ])`: the typed result, also of a failure that was ignored; behind a skipped task nothing follows. A result of many items is many results',
      },
      { id: 'A023', says: 'A loop over nothing', typescript: 'an empty list makes no task' },
      {
        id: 'A024',
        says: 'Loops of every kind',
        typescript:
          '`map`, `flatMap`, `Object.entries`, `filter`; each item is a task with a name, status and diff of its own',
      },
      {
        id: 'A025',
        says: 'Loop variables, index, label, neighbours',
        typescript: 'arguments of the function; the label is the task’s name, a template string',
      },
      {
        id: 'A026',
        says: '`until`, `retries` (3 where only `until` is given), `delay` (5 s); `retries` alone repeats until it does not fail. A host that waits leaves its fork to others',
      },
      {
        id: 'A027',
        says: '`changedWhen` and `failedWhen`: a fixed answer or a function of the result, which replaces the module’s own verdict',
      },
      {
        id: 'A028',
        says: '`ignoreErrors` shows a failure, counts it as ignored and goes on; `ignoreUnreachable` does so for a host that cannot be reached',
      },
      {
        id: 'A029',
        says: '`notify` counts where a task has changed something, not where it failed, each item of a loop for itself',
      },
      {
        id: 'A030',
        says: '`delegateTo` another host, `localhost` or one outside of the inventory (`outsider`), with the connection of that host; result and facts stay with the first, the output says `web1 -> lb1`. Several hosts that delegate to one take turns. Facts are not handed to the delegate',
      },
      {
        id: 'A031',
        says: '`runOnce`: once a batch, its result is every host’s, its failure too unless errors are ignored. The host is the first whose `when` holds (see X17)',
      },
      {
        id: 'A032',
        says: '`become` on play, block, task, in the inventory and on the command line, by sudo, su or doas. Other methods and free flags are not there',
      },
      { id: 'A033', says: '`check: false` runs also in a check, `check: true` never applies; lists see `check`' },
      { id: 'A034', says: '`diff: true` or `false` on task, block or play beats `--diff`' },
      {
        id: 'A035',
        says: '`noLog` hides parameters, output and diff everywhere. What is secret is masked without it (X10)',
      },
      {
        id: 'A036',
        says: '`async` and `poll`: the task runs apart from the connection and is killed with all it has started when its time is over. `poll: 0` is a module, `background`, with `jobStatus` and `endJob`',
      },
      { id: 'A037', says: '`timeout` ends the processes of a task, which has failed then' },
      { id: 'A038', says: 'Tags reach everything within, also what follows from a result' },
      {
        id: 'A039',
        says: 'Variables of a task or block',
        typescript: 'a `const` before it; options are objects and can be spread',
      },
      { id: 'A040', says: 'A host may be this machine, without a network; nothing ever needs Python there' },
    ],
  },
  {
    title: 'Blocks',
    lines: [
      {
        id: 'A041',
        says: '`block`, `rescue`, `always`, within each other. A rescue is given the failed task, its message and its result; a rescued host has not failed and counts as rescued; a failure in the rescue fails the host behind `always`',
      },
      {
        id: 'A042',
        says: 'A block takes the options of its tasks, and may stand in a loop (X09). `async` is a task’s',
      },
      {
        id: 'A043',
        says: 'A host that cannot be reached any more is not rescued: it leaves the play. Neither is an error in the playbook’s own functions',
      },
    ],
  },
  {
    title: 'Handlers',
    lines: [
      {
        id: 'A044',
        says: 'Run at flush points in the order of their definition, once a flush, on the hosts that notified them',
      },
      {
        id: 'A045',
        says: 'Handlers of one name',
        different:
          'a handler is a value, and a task names the value: nothing is looked up. Two of one name that do different things are refused, where Ansible quietly runs the last',
      },
      { id: 'A046', says: '`listen`: topics are values, too; every handler that listens runs, each once' },
      {
        id: 'A047',
        says: 'A handler that does not exist does not compile; a topic that nobody listens to is refused before the run',
      },
      {
        id: 'A048',
        says: 'Handlers notify handlers, and hold several tasks, blocks and roles. `--tags` does not leave them out',
      },
      {
        id: 'A049',
        says: 'Handlers of a host that failed before the flush',
        different:
          'they do not run on it, as in Ansible, but are not forgotten either: the next run runs them and says why (X05)',
      },
      { id: 'A050', says: '`flushHandlers()` in the middle of a list' },
    ],
  },
  {
    title: 'Words to the run',
    lines: [
      {
        id: 'A051',
        says: '`flushHandlers`, `clearFacts`, `clearHostErrors`, `endHost`, `endRole`, `endBatch`, `endPlay`, `resetConnection`, with `if` and `&&` as conditions. What was notified runs though a host ends early. The inventory is not read again during a run (A126)',
      },
    ],
  },
  {
    title: 'Roles and includes',
    lines: [
      {
        id: 'A052',
        says: 'The parts of a role',
        typescript:
          'a function from parameters to tasks, with handlers and a folder for files and templates; another entry is another function',
      },
      {
        id: 'A053',
        says: 'Dependencies of a role',
        typescript: 'a role calls the other, or a constant holds the tasks that are to be there once',
      },
      {
        id: 'A054',
        says: 'A role called with `when`, `tags` and other options (`.with({ … })`); its handlers serve the whole play',
      },
      {
        id: 'A055',
        says: 'Imports and includes',
        typescript:
          'lists are made before the run, so that all is static and listed; what depends on a result is made by `register`, and inherits the tags',
      },
      {
        id: 'A056',
        says: 'Checking the arguments of a role',
        typescript: 'the type of its parameters; a schema where they come from outside',
      },
      {
        id: 'A057',
        says: 'Sources are looked up in the role’s `files/` or `templates/`, the role’s folder, then beside the playbook',
      },
    ],
  },
  {
    title: 'Variables',
    lines: [
      {
        id: 'A058',
        says: 'Which value holds where several are given',
        different:
          'nine levels instead of twenty-two, as in Ansible where both have them; what plays, roles and tasks define are constants and arguments, which cannot overrule one another from afar. `tsplay inventory host --origin` tells who gave a value',
      },
      {
        id: 'A059',
        says: 'Replacing or merging mappings',
        typescript: 'values of inventories are replaced; what is to be merged is: `{ ...a, ...b }`',
      },
      {
        id: 'A060',
        says: 'A variable that does not exist does not compile; in a template it is an error with its line, before the run',
      },
      {
        id: 'A061',
        says: 'Magic variables',
        typescript: 'the context of a list: `host`, `hosts`, `groups`, `vars`, `facts`, `check`',
      },
      { id: 'A062', says: 'Filters, tests, lookups', typescript: 'functions, of the language or from any package' },
      {
        id: 'A063',
        says: '`setFact` and `fact` with typed keys, also from host to host and across plays, kept for `--resume`. Files of variables are imports; groups and hosts are not made during a run (A126)',
      },
    ],
  },
  {
    title: 'Facts',
    lines: [
      {
        id: 'A064',
        says: 'System, kernel, names, addresses, interfaces, memory, processors, mounts, disks, SELinux, virtualization, the login user and its environment, ssh host keys, package and service manager, custom facts from Ansible’s folder and our own; by POSIX means on Debian, Ubuntu, the RHEL family, SUSE and Alpine',
      },
      {
        id: 'A065',
        says: 'Facts kept on disk for as long as `--fact-cache` says, forgotten with `--flush-cache` and by whatever a run changes beneath them',
      },
    ],
  },
  {
    title: 'Strategies',
    lines: [
      {
        id: 'A080',
        says: '`linear`: no host begins a task before all have done the one before; still one round trip for a converged host',
      },
      {
        id: 'A081',
        says: '`independent`, the default: each host goes on as fast as it can; `runOnce`, `anyErrorsFatal` and `maxFailPercentage` hold all the same',
      },
      { id: 'A082', says: '`pinned`: no more hosts are begun than there are forks' },
      { id: 'A083', says: '`--step` and `--start-at-task`, by name, role or pattern. There is no debugger' },
    ],
  },
  {
    title: 'Failures',
    lines: [
      {
        id: 'A084',
        says: 'A host that has failed or cannot be reached is out of the run, later plays included, until `clearHostErrors()`. Connections that break are made anew first',
      },
      {
        id: 'A085',
        says: 'Exit codes 0, 2, 4 and 6 as Ansible’s flags; 1 for what the user has to mend, 3 with `--detailed-exitcode`, 70 for a bug, 130 when interrupted',
      },
      { id: 'A086', says: 'The counters of the recap, and round trips beside them' },
      {
        id: 'A087',
        says: 'A file of hosts to try again',
        different:
          '`--resume` goes on where each host stopped, which a list of names cannot; `--limit @file` takes a list all the same',
      },
    ],
  },
  {
    title: 'Connections',
    lines: [
      {
        id: 'A100',
        says: 'Connections by OpenSSH’s programs',
        different:
          'one connection a host by a library, for the whole run: no process and no login for each task, no socket files, no transfer of files beside it',
      },
      {
        id: 'A101',
        says: 'Jump hosts, proxy commands, known hosts and the agent, set in the inventory or on the command line. `~/.ssh/config` is not read',
      },
      {
        id: 'A102',
        says: 'Host keys are checked by default, unknown ones recorded on first use or refused (`strict`); a changed one is refused. Passwords need no further program',
      },
      { id: 'A103', says: 'Ansible’s connection variables are understood; what cannot be done is told before the run' },
      {
        id: 'A104',
        says: 'Pipelining',
        different:
          'there is nothing to switch on: scripts and contents always travel through one shell’s standard input, and no folder is made on the host for them',
      },
      {
        id: 'A105',
        says: 'Passwords for sudo and su are given at the prompt and stand in no list of processes; a wrong, missing or needless one is told apart',
      },
      {
        id: 'A106',
        says: 'Becoming a user without rights needs no ACLs and no readable temporary files: contents go through that user’s own shell',
      },
      {
        id: 'A107',
        says: 'Kinds of connections',
        different:
          'ssh and this machine, and whatever a proxy command reaches. Hosts without a POSIX shell are not what this is for',
      },
      {
        id: 'A108',
        says: '`resetConnection()`, `waitForConnection`, `reboot`: another boot, told by its id, within a time; what is tested before the host counts as back',
      },
    ],
  },
  {
    title: 'Inventories and patterns',
    lines: [
      { id: 'A120', says: 'INI with groups, children, variables, ranges, aliases and ports' },
      {
        id: 'A121',
        says: 'YAML, JSON, typed TypeScript, executables, literal lists, folders, several `-i` in order. TOML and inventory plugins are not read: what a plugin finds can be saved as JSON',
      },
      {
        id: 'A122',
        says: '`all`, `ungrouped` and an implicit `localhost`; groups within groups, cycles refused; `ansible_group_priority`',
      },
      { id: 'A123', says: '`group_vars` and `host_vars` as files or folders, beside inventory and playbook' },
      {
        id: 'A124',
        says: 'Patterns: names, globs, expressions, unions, intersections, exclusions, positions and ranges, evaluated in Ansible’s order',
      },
      { id: 'A125', says: '`--limit` as a further pattern or `@file`; where it leaves no host, that is an error' },
      {
        id: 'A126',
        says: 'Changing the inventory during a run',
        different:
          'the inventory is data from which every list is made before the first host is touched. Hosts are picked by `if` and `filter`; a host that stands nowhere is reached by `delegateTo: outsider(…)`; one that a program finds is found by an executable inventory',
      },
    ],
  },
  {
    title: 'Tags',
    lines: [
      { id: 'A130', says: 'A task has its own tags and those of all it stands in; one without any is `untagged`' },
      {
        id: 'A131',
        says: '`--tags`: `always`, `never`, `all`, `tagged` and `untagged` mean what they mean in Ansible',
      },
      { id: 'A132', says: '`--skip-tags` after that, `always` included where it is named' },
      { id: 'A133', says: '`tsplay list tags` and `tsplay list tasks` show what is known before the run' },
    ],
  },
  {
    title: 'Command line',
    lines: [
      {
        id: 'A140',
        says: 'Flags of `ansible-playbook` by their names. Not there: the vault’s, `-c`, `-M`, arguments for OpenSSH’s programs (they are settings of the inventory), `--syntax-check` (every run checks before it begins)',
      },
      {
        id: 'A141',
        says: '`tsplay exec` with Ansible’s names of modules and parameters, `tsplay inventory list`, `graph` and `host`. Not there: a console, pulling, a package index of its own (npm is one)',
      },
      {
        id: 'A142',
        says: 'Settings of a project in a typed `tsplay.config.ts`, in `TSPLAY_*`, and by flags, which win',
      },
    ],
  },
  {
    title: 'Checks, diffs, output, secrets',
    lines: [
      {
        id: 'A150',
        says: '`--check` of every module by one engine; what earlier tasks would leave is laid over later questions (X04). Commands are not run, and what follows from their result is said to be unknown instead of failing',
      },
      {
        id: 'A151',
        says: '`--diff`: unified, three lines of context or as many as asked for, up to Ansible’s limit of bytes; large and binary files by digest, with the reason; content, mode and owner together',
      },
      {
        id: 'A152',
        says: 'Reporters: `pretty`, `plain`, `ndjson`, `junit`; every event is a documented line of JSON. Other formats are made from those lines; callbacks in Python are not run',
      },
      {
        id: 'A153',
        says: 'Quiet by default; `-v` shows what is as it should be and what was skipped. Results as JSON are `-o ndjson`',
      },
      {
        id: 'A154',
        says: 'Files and values that ansible-vault has encrypted',
        different:
          'they are refused with their place, not read as if they were texts. Secrets come from outside of the repository: `-e @file`, an executable inventory, the environment; what a run makes itself stays in the control side’s store',
      },
      { id: 'A155', says: 'Other programs follow a run by its JSON lines, whose recap is the last' },
      {
        id: 'A156',
        says: 'Colours on a terminal unless `NO_COLOR` or `--no-color` say otherwise; three levels of `-v`; the log of a run is its `ndjson`',
      },
    ],
  },
  {
    title: 'Modules',
    lines: [
      {
        id: 'M01',
        says: '`copy`: a file, a text or a folder, of the control side or of the host, by digest; modes, owners, backup, `validate`, `force`, `follow`, a checksum; a file is replaced at once or not at all',
      },
      {
        id: 'M02',
        says: '`template`: EJS, rendered on the control side; nothing undefined passes; newlines and `$` survive; other ends of lines and encodings',
      },
      {
        id: 'M03',
        says: '`directory`, `file`, `link`: kinds, modes symbolic or octal, owners, recursion, absence, touch with times given or kept',
      },
      {
        id: 'M04',
        says: '`lineInFile`: the last match, insertion before and after, back references, creation, `validate`',
      },
      { id: 'M05', says: '`blockInFile`: markers and their words, place, blank lines around it, absence' },
      {
        id: 'M06',
        says: '`replace`: expressions over lines, between marks; a pattern that would match again is refused',
      },
      {
        id: 'M07',
        says: '`stat`, `find`, `slurp`, `fetch`, `assemble`, `tempfile`, `getUrl`, `unarchive`, `uri`: what is on hosts, brought from them, put together, downloaded and unpacked',
      },
      {
        id: 'M08',
        says: '`apt`: versions and patterns, whole upgrades as apt itself foretells them, files, build dependencies, age of the lists, purge, autoremove, the lock waited for; `aptRepository`, `aptKey`',
      },
      {
        id: 'M09',
        says: '`dnf` and `yum`: versions, groups, files, repositories for one task, what is left out; `yumRepository`, `rpmKey`, `packageLock`',
      },
      { id: 'M10', says: '`package`: whichever manager the host has' },
      { id: 'M11', says: '`systemd`: states, enabled, masked, daemon reload, a user’s own units, why a unit failed' },
      { id: 'M12', says: '`service`: systemd, init scripts, OpenRC' },
      {
        id: 'M13',
        says: '`sysctl`: one key or a whole file, the live value and the next boot’s, compared without regard to spaces',
      },
      {
        id: 'M14',
        says: '`user`, `group`, `authorizedKey`: ids, groups, shell, home, password’s hash, expiry, an ssh key; whose keys may log in',
      },
      {
        id: 'M15',
        says: '`cron`, `hostname`, `mount`, `kernelModule`, `timezone`, `selinux`, `seboolean`, `firewalld`, `iptables`, `knownHosts`, `git`, `pip`',
      },
      {
        id: 'M16',
        says: '`command`, `shell`, `raw`, `script`, `expect`: word for word, `chdir`, `stdin`, `creates`, `removes`; what only a shell would understand is refused',
      },
      {
        id: 'M17',
        says: '`waitFor` for ports, paths and what they say, `waitForConnection`, `reboot`, `pause`, `assert`, `fail`, `debug`, `facts`',
      },
      {
        id: 'M18',
        says: '`ca` and `cert`, by parameters or cfssl’s own files: made once on the control side, renewed when subject, names, usages, kind of key, issuer or remaining time ask for it; `certRequest` where the key stays on the host; `tsplay cert`',
      },
    ],
  },
  {
    title: 'What neither has',
    lines: [
      {
        id: 'X01',
        says: 'Types for variables, inventories, parameters and results: what is misspelt does not compile',
      },
      {
        id: 'X02',
        says: 'A plan is saved, reviewed and applied as it is, or refused where a host has drifted',
      },
      { id: 'X03', says: 'Whatever a converged host is asked travels in one round trip a play' },
      {
        id: 'X04',
        says: 'A check in which earlier tasks count as done: it names the tasks that the run changes, with their diffs',
      },
      { id: 'X05', says: 'Handlers that are due survive a failed, killed or lost run' },
      { id: 'X06', says: '`--resume`: each host goes on at its first task not done' },
      { id: 'X07', says: 'Output line by line while a task runs' },
      {
        id: 'X08',
        says: 'Tasks of one host at the same time',
        different:
          'tasks run as they stand, and the outcome is that of reading them from above; what would be won by overlapping is mostly waiting, which one round trip for many tasks takes away without it. Long work runs in the `background`',
      },
      { id: 'X09', says: 'Loops over blocks' },
      { id: 'X10', says: 'Secrets are values that print as `***` in output, diffs, events, errors and argument lists' },
      { id: 'X11', says: 'Hosts need a POSIX shell and nothing else' },
      { id: 'X12', says: 'Many hosts connect at once and each new key is recorded once, with no prompt in between' },
      { id: 'X13', says: 'What is cancelled is ended on the host, with all it has started' },
      { id: 'X14', says: 'The record of a run is its JSON lines; `--profile` names the slowest tasks and hosts' },
      { id: 'X15', says: 'Facts are asked when they are read, and no others' },
      { id: 'X16', says: '`--limit` leaves the other hosts’ variables and addresses at hand' },
      { id: 'X17', says: '`runOnce` takes the first host whose `when` holds, and the next where that one is lost' },
    ],
  },
]

/** Lines that must have ended: supported, done by TypeScript, or different on purpose. */
export const mustEnd = (id: string): boolean => {
  const number = Number(id.slice(1))
  if (id.startsWith('X') || id.startsWith('M')) return true
  return id.startsWith('A') && (number <= 65 || (number >= 80 && number <= 87) || (number >= 150 && number <= 156))
}
