// forward-accept: packets of containers pass from host to host, although docker closes the way whenever it starts. Flushes nothing.
import { role, task } from 'tsplay'
import { copy, directory, iptables, lineInFile, systemd } from 'tsplay/modules'

export interface ForwardAcceptParams {
  /** The unit that sets the policy to DROP when it starts. Default `docker`. */
  service?: string
}

/** The policy of FORWARD is ACCEPT, now and behind each start of the service. Rules, those of kube-proxy too, stay. */
export const forwardAccept = role<ForwardAcceptParams | undefined>({
  name: 'forward-accept',
  tasks({ service = 'docker' } = {}) {
    const folder = `/etc/systemd/system/${service}.service.d`
    return [
      // what a script wrote there that meant /etc/rc.local: it runs in every login, and fails for all but root
      task('no such line in /etc/profile', lineInFile({ path: '/etc/profile', regexp: profileLine, state: 'absent' })),
      task('folder of the drop-in', directory({ path: folder, mode: '0755' })),
      task('drop-in', copy({ dest: `${folder}/10-forward-accept.conf`, content: dropIn, mode: '0644' })),
      // read, not restarted: containers run on
      task('the drop-in is read', systemd({ name: service, daemonReload: true, missingOk: true }), {
        changedWhen: false,
      }),
      task('policy of FORWARD', iptables({ chain: 'FORWARD', policy: 'ACCEPT' })),
    ]
  },
})

const profileLine = '^\\s*(/usr)?(/sbin/)?iptables -P FORWARD ACCEPT\\s*$'

// env finds iptables wherever the distribution has it; -w waits while others write rules
const dropIn = `# Managed by tsplay: changes made here are lost.
[Service]
ExecStartPost=/usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin iptables -w -P FORWARD ACCEPT
`
