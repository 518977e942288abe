// sysctl: kernel parameters of a Kubernetes host, in a file of tsplay's own.
import { role, task } from 'tsplay'
import { sysctl as setSysctl } from 'tsplay/modules'

/** Kernel parameters have these values; those that the kernel does not know wait in the file. */
export const sysctl = role<{ values: Record<string, string | number> }>({
  name: 'sysctl',
  tasks: ({ values }) => [
    task('kernel parameters', setSysctl({ values, file: '/etc/sysctl.d/99-k8s.conf', ignoreMissing: true })),
  ],
})
